import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { NotRunningError } from '#main/engine-error.ts'
import { Host } from '#main/live/host/host.ts'
import { QemuSession } from '#main/live/qemu-session.ts'
import { cleanUp, closeAll, snapshotWhere, stateWhere } from '#main/live/testing/session.ts'
import type { TaintLeave } from '#main/live/vm-link.ts'
import type { DiskLook, HostLook } from '#shared/host-look.ts'
import { LibvirtLink } from './libvirt-link.ts'
import { LibvirtPort } from './libvirt-port.ts'
import { disk, missingLibvirt, RealLibvirt } from './testing/real-libvirt.ts'

// QEMU's own monitor through a real libvirtd: never unless allowed, and then for all that libvirt leaves out.

const PATIENCE_MS = 120_000
const DISKS = disk('vda') + disk('sda', { bus: 'scsi' })
const VDA = '/machine/peripheral/virtio-disk0/virtio-backend'

const absent = missingLibvirt()
describe.skipIf(absent !== null)(`a real libvirt ${absent ?? ''}`, { timeout: PATIENCE_MS }, () => {
  let libvirt: RealLibvirt
  beforeAll(async () => {
    libvirt = await RealLibvirt.start()
  }, PATIENCE_MS)
  afterEach(closeAll)
  afterAll(() => libvirt.close(), PATIENCE_MS)

  /** By what libvirt says of the domain, and by its log. */
  const taint = (domain: string) => [
    /custom monitor/.test(libvirt.virsh('dominfo', domain)),
    /tainted: custom-monitor/.test(readFileSync(path.join(libvirt.folder, `log/qemu/${domain}.log`), 'utf8')),
  ]
  const monitor = (domain: string, ...words: readonly string[]) =>
    libvirt.virsh('qemu-monitor-command', domain, ...words)
  const histograms = (domain: string) =>
    monitor(domain, '{"execute": "query-blockstats"}').match(/rd_latency_histogram/g)?.length ?? 0
  const write = (domain: string) => monitor(domain, '--hmp', `qemu-io -d ${VDA} "aio_write 0 4k"`)
  const hostOf = (isAllowed: boolean): Host => {
    const port = new LibvirtPort(libvirt.uri, { mayTaint: () => (isAllowed ? 'always' : 'never') })
    const host = new Host({ ports: [port], periodMs: 100, histograms: true })
    cleanUp(async () => host.close())
    return host
  }
  const until = (host: Host, is: (look: HostLook) => boolean) =>
    new Promise<HostLook>((resolve) => {
      const stop = host.onLook((look) => {
        if (!is(look)) return
        stop()
        resolve(look)
      })
    })
  const disksOf = ({ vms }: HostLook, name: string): readonly DiskLook[] =>
    vms.find((vm) => vm.name === name)?.disks ?? []

  test('a host taints no domain unless that is allowed; then p99 is known, and its histograms are removed', async () => {
    await libvirt.boot('web01', DISKS)
    const careful = hostOf(false)
    await careful.start()
    await until(careful, ({ vms }) => vms.some(({ up, looks }) => up && looks.answered >= 3))
    expect(careful.histogramProblems()).toEqual([expect.stringMatching(/^web01: .*--monitor-command.*custom-monitor/)])
    expect(await careful.finish()).toEqual([])
    expect(taint('web01')).toEqual([false, false])

    const allowed = hostOf(true)
    await allowed.start()
    await until(allowed, (look) => disksOf(look, 'web01').some(({ histograms }) => histograms === 'weir'))
    expect(taint('web01')).toEqual([true, true])
    expect(histograms('web01')).toBe(2)
    write('web01')
    const look = await until(allowed, (each) => disksOf(each, 'web01').some(({ write }) => write?.latency != null))
    expect(disksOf(look, 'web01').map(({ id, write }) => [id, write?.latency?.requests ?? null])).toEqual([
      ['vda', 1],
      ['sda', null],
    ])
    expect(allowed.histogramProblems()).toEqual([])
    expect(await allowed.finish()).toEqual([])
    expect(histograms('web01')).toBe(0)
  })

  test('a session asks QEMU itself only once it may, and says so in its state', async () => {
    await libvirt.boot('4711', DISKS)
    const session = new QemuSession({ address: { kind: 'libvirt', uri: libvirt.uri, domain: '4711' }, pollMs: 100 })
    cleanUp(() => session.close())
    await session.connect()
    session.histograms.begin()
    await snapshotWhere(session, () => session.state.histograms.problems.length > 0)
    expect(session.state.histograms).toMatchObject({ isOn: true, taints: true })
    expect(taint('4711')).toEqual([false, false])
    session.mayTaint = true
    const { devices } = await snapshotWhere(session, (each) => each.devices.vda?.histograms === 'weir')
    expect(devices.sda?.histograms).toBe('weir')
    expect(session.state.histograms).toEqual({ isOn: true, problems: [], taints: false })
    expect(taint('4711')).toEqual([true, true])
    expect(await session.work(({ link, picture }) => session.histograms.end(link, picture))).toEqual([])
    expect(histograms('4711')).toBe(0)
    // The domain that is started again has no taint, and what was allowed is not allowed for it.
    libvirt.virsh('destroy', '4711')
    await stateWhere(session, ({ status }) => status === 'lost')
    libvirt.virsh('start', '4711')
    await stateWhere(session, ({ status }) => status === 'attached')
    session.histograms.begin()
    await snapshotWhere(session, () => session.state.histograms.problems.length > 0)
    expect(session.state.histograms.taints).toBe(true)
    await session.close()
    // Nor where it is started again between two looks, unless the leave is for every run.
    const address = { kind: 'libvirt', uri: libvirt.uri, domain: '4711' } as const
    let leave: TaintLeave = 'this-run'
    const link = await LibvirtLink.open(address, { mayTaint: () => leave })
    cleanUp(async () => link.close())
    libvirt.virsh('destroy', '4711')
    libvirt.virsh('start', '4711')
    await expect(link.look(() => 0)).rejects.toThrow('4711 has ended, or was started again.')
    const query = { execute: 'query-blockstats', arguments: {} } as const
    await expect(link.execute?.(query, 5000)).rejects.toThrow(NotRunningError)
    expect(/custom monitor/.test(libvirt.virsh('dominfo', '4711'))).toBe(false)
    leave = 'always'
    await link.look(() => 0)
    expect(/custom monitor/.test(libvirt.virsh('dominfo', '4711'))).toBe(true)
  })
})
