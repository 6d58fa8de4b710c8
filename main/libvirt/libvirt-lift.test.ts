import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { withVm } from '#main/live/apply-workspace.ts'
import { LiftJournal } from '#main/live/lift/lift-journal.ts'
import { beginLift, putBack } from '#main/live/lift/lift-work.ts'
import { cleanUp, closeAll } from '#main/live/testing/session.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import { formatVmAddress, type LibvirtAddress } from '#shared/qemu/vm-address.ts'
import { disk, missingLibvirt, RealLibvirt } from './testing/real-libvirt.ts'

const PATIENCE_MS = 120_000
const GOLD = '<iotune><total_iops_sec>300</total_iops_sec><group_name>gold</group_name></iotune>'

const absent = missingLibvirt()
describe.skipIf(absent !== null)(`a real libvirt ${absent ?? ''}`, { timeout: PATIENCE_MS }, () => {
  let libvirt: RealLibvirt
  beforeAll(async () => {
    libvirt = await RealLibvirt.start()
  }, PATIENCE_MS)
  afterEach(closeAll)
  afterAll(() => libvirt.close(), PATIENCE_MS)

  async function lift(domain: string) {
    const folder = await makeTempFolder()
    cleanUp(folder.remove)
    const journal = new LiftJournal(folder.path)
    const address: LibvirtAddress = { kind: 'libvirt', uri: libvirt.uri, domain }
    const order = { address: formatVmAddress(address), nowMs: 0, untilMs: null, job: null }
    const begun = await withVm(address, (vm) =>
      beginLift(vm, { ...order, choice: { groups: [], devices: [] } }, journal),
    )
    const { record } = begun
    if (record === null) throw new Error(JSON.stringify(begun))
    return { begun, journal, back: () => withVm(address, (vm) => putBack(vm, record, journal)) }
  }

  const tune = (domain: string, target: string, when: '--live' | '--config') => {
    const text = libvirt.virsh('blkdeviotune', domain, target, when)
    const [, iops] = /total_iops_sec : (\d+)/.exec(text) ?? []
    const [, group] = /group_name *: (\S*)/.exec(text) ?? []
    return [iops, group || null]
  }

  test('an iotune group of two disks goes and comes back live; the next start is never touched', async () => {
    await libvirt.boot('lift', disk('vda', { inside: GOLD }) + disk('vdb', { inside: GOLD }))
    libvirt.virsh('blkdeviotune', 'lift', 'vda', '--total-iops-sec', '111', '--group-name', 'gold', '--config')
    const stored = () => libvirt.virsh('dumpxml', '--inactive', 'lift')
    const before = stored()
    const { begun, journal, back } = await lift('lift')
    expect(begun).toMatchObject({ lifted: ['vda not throttled', 'vdb not throttled'], left: [], undone: null })
    expect([tune('lift', 'vda', '--live')[0], tune('lift', 'vdb', '--live')[0], stored()]).toEqual(['0', '0', before])
    expect(await back()).toMatchObject({ restored: ['gold: IOPS 300', 'vda in gold', 'vdb in gold'], failed: [] })
    expect([tune('lift', 'vda', '--live'), tune('lift', 'vdb', '--live'), stored()]).toEqual([
      ['300', 'gold'],
      ['300', 'gold'],
      before,
    ])
    expect([await journal.list(), libvirt.virsh('dominfo', 'lift')]).toEqual([[], expect.not.stringContaining('Taint')])
  })

  test('a domain that is started again during a lift has its limits', async () => {
    await libvirt.boot('again', disk('vda', { inside: GOLD }))
    const { back } = await lift('again')
    libvirt.virsh('destroy', 'again')
    libvirt.virsh('start', 'again', '--paused')
    expect(await back()).toMatchObject({ restored: [], back: ['vda'], kept: [], failed: [] })
  })

  test('a transient domain is lifted and put back', async () => {
    await libvirt.boot('passing', disk('vda', { inside: GOLD }))
    libvirt.virsh('undefine', 'passing')
    const { back } = await lift('passing')
    expect(tune('passing', 'vda', '--live')[0]).toBe('0')
    expect(await back()).toMatchObject({ failed: [] })
    expect(tune('passing', 'vda', '--live')).toEqual(['300', 'gold'])
  })

  test('a throttlegroup is lifted and put back', async (context) => {
    if (Number(libvirt.version.split('.')[0]) < 12) return context.skip('libvirt before 11.2 knows no throttle groups')
    const groups =
      '<throttlegroups><throttlegroup><total_iops_sec>300</total_iops_sec><group_name>vm</group_name></throttlegroup></throttlegroups>'
    await libvirt.boot(
      'filters',
      disk('vda', { inside: '<throttlefilters><throttlefilter group="vm"/></throttlefilters>' }),
      groups,
    )
    const iops = () => /total_iops_sec : (\d+)/.exec(libvirt.virsh('domthrottlegroupinfo', 'filters', 'vm'))?.[1] ?? '0'
    const { begun, back } = await lift('filters')
    expect([begun.lifted, iops()]).toEqual([['vm: no limits'], '0'])
    expect(await back()).toMatchObject({ restored: ['vm: IOPS 300'], failed: [] })
    expect(iops()).toBe('300')
  })
})
