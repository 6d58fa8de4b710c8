import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { withVm } from '#main/live/apply-workspace.ts'
import { Host } from '#main/live/host/host.ts'
import { setJobSpeed } from '#main/live/jobs/job-speeds.ts'
import { LiftJournal } from '#main/live/lift/lift-journal.ts'
import { beginLift, putBack } from '#main/live/lift/lift-work.ts'
import { cleanUp, closeAll } from '#main/live/testing/session.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import { formatVmAddress, type LibvirtAddress } from '#shared/qemu/vm-address.ts'
import { LibvirtPort } from './libvirt-port.ts'
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

  async function watched(uri: string, domain: string) {
    const host = new Host({ ports: [new LibvirtPort(uri)], periodMs: 200 })
    cleanUp(async () => host.close())
    await host.start()
    return { host, id: formatVmAddress({ kind: 'libvirt', uri, domain }) }
  }

  const order = (address: string) => ({
    ...{ address, nowMs: 0, untilMs: null, job: null },
    choice: { groups: [], devices: [] },
  })

  test('the table of the host lifts, puts back and holds a block job, without a taint', async () => {
    await libvirt.boot('row', disk('vda', { inside: GOLD }))
    const folder = await makeTempFolder()
    cleanUp(folder.remove)
    const journal = new LiftJournal(folder.path)
    const { host, id } = await watched(libvirt.uri, 'row')
    const { record } = await host.work(id, (vm) => beginLift(vm, order(id), journal))
    if (record === null) throw new Error('nothing was lifted')
    expect([tune('row', 'vda', '--live')[0], tune('row', 'vda', '--config')[0]]).toEqual(['0', '300'])
    expect(await host.work(id, (vm) => putBack(vm, record, journal))).toMatchObject({ failed: [] })
    expect(tune('row', 'vda', '--live')).toEqual(['300', 'gold'])

    const copy = ['--dest', `${folder.path}/copy.img`, '--format', 'raw', '--bytes', '--bandwidth', '65536']
    libvirt.virsh('blockcopy', 'row', 'vda', '--transient-job', ...copy)
    host.attend(new Set([id]))
    await vi.waitUntil(() => host.hasJob(id, 'vda') === true, { timeout: PATIENCE_MS })
    expect(await host.work(id, (vm) => setJobSpeed(vm, 'vda', 131_072))).toBeNull()
    expect(libvirt.virsh('blockjob', 'row', 'vda', '--raw', '--bytes')).toContain('bandwidth=131072')
    expect(libvirt.virsh('dominfo', 'row')).not.toContain('Taint')
    libvirt.virsh('blockjob', 'row', 'vda', '--abort')
  })

  test('a connection that may only read says so, and nothing stays written down', async () => {
    await libvirt.boot('readonly', disk('vda', { inside: GOLD }))
    const folder = await makeTempFolder()
    cleanUp(folder.remove)
    const journal = new LiftJournal(folder.path)
    const { host, id } = await watched(libvirt.uri.replace('libvirt-sock', 'libvirt-sock-ro'), 'readonly')
    const begun = await host.work(id, (vm) => beginLift(vm, order(id), journal))
    expect(begun).toMatchObject({ record: null, lifted: [], undone: { back: ['vda'], failed: [] } })
    expect(begun.left).toEqual([expect.stringMatching(/^libvirt says: .*read only access prevents/)])
    expect([await journal.list(), tune('readonly', 'vda', '--live')]).toEqual([[], ['300', 'gold']])
  })
})
