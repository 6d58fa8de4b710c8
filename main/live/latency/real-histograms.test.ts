import { afterEach, describe, expect, test } from 'vitest'
import { missingQemu, type RealQemu } from '#main/qmp/testing/real-qemu.ts'
import type { DiskLook, HostLook } from '#shared/host-look.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { onLink } from '../apply-workspace.ts'
import { Host } from '../host/host.ts'
import { OneVmPort } from '../host/one-vm-port.ts'
import { attach, boot, cleanUp, closeAll, PATIENCE_MS, snapshotWhere, stateWhere } from '../testing/session.ts'
import { WEIR_BOUNDARIES } from './boundaries.ts'

afterEach(closeAll)

/** qdev → first boundary of its read histogram; null: none. As somebody else sees it. */
async function seen(qemu: RealQemu): Promise<Readonly<Record<string, number | null>>> {
  interface Row {
    readonly qdev?: string
    readonly stats: { readonly rd_latency_histogram?: { readonly boundaries: readonly number[] } }
  }
  const rows = (await qemu.outside('query-blockstats')) as readonly Row[] // what QEMU documents
  return Object.fromEntries(
    rows.map(({ qdev = 'none', stats }) => [
      qdev.split('/')[3] ?? qdev,
      stats.rd_latency_histogram?.boundaries[0] ?? null,
    ]),
  )
}

const NONE = { vd0: null, sd1: null, fd0: null }
const owners = ({ devices }: Snapshot) => Object.values(devices).map(({ histograms }) => histograms ?? null)
const set = (qemu: RealQemu, id: string, boundaries: readonly number[], which = '') =>
  qemu.outside('block-latency-histogram-set', { id, [`boundaries${which}`]: boundaries })

const absent = missingQemu()
describe.skipIf(absent !== null)(`a real QEMU ${absent ?? ''}`, { timeout: PATIENCE_MS }, () => {
  test('asked for they are set on every disk, tell percentiles of what waited, and are taken out again', async () => {
    const qemu = await boot()
    const session = await attach({ address: qemu.address })
    expect(await seen(qemu)).toEqual(NONE)
    session.histograms.begin()
    await snapshotWhere(session, (snapshot) => owners(snapshot).every((owner) => owner === 'weir'))
    expect(await seen(qemu)).toEqual({ vd0: 10_000, sd1: 10_000, fd0: 10_000 })
    const five = { iops: 5, iops_rd: 0, iops_wr: 0, bps: 0, bps_rd: 0, bps_wr: 0 }
    await qemu.outside('block_set_io_throttle', { id: 'sd1', ...five, group: 'five' })
    await qemu.io('d1', 'write', { count: 4 })
    const { devices } = await snapshotWhere(session, (snapshot) => snapshot.devices.d1?.write.requests === 4)
    // The k-th waits (k - 2) / 5 s, so the slowest of the four took about 400 ms.
    const { latency } = devices.d1?.write ?? {}
    expect(latency?.requests).toBe(4)
    expect(latency?.p99.fromNs).toBeGreaterThan(250e6)
    expect(latency?.p50.fromNs).toBeLessThan(latency?.p99.fromNs ?? 0)
    expect((latency?.p99.toNs ?? 0) / (latency?.p99.fromNs ?? 1)).toBeCloseTo(1.259, 2)
    expect(devices.d1?.read.latency).toBeNull()
    const left = await session.work(({ link, picture }) => session.histograms.end(link, picture))
    expect(left).toEqual([])
    expect(await seen(qemu)).toEqual(NONE)
    await snapshotWhere(session, (snapshot) => owners(snapshot).every((owner) => owner === null))
  })

  test("another tool's are read, neither replaced nor removed; those of a Weir that was killed are removed", async () => {
    const qemu = await boot()
    await set(qemu, 'sd1', [1_000_000])
    await set(qemu, 'fd0', WEIR_BOUNDARIES, '-read')
    await set(qemu, 'fd0', WEIR_BOUNDARIES, '-write')
    const session = await attach({ address: qemu.address })
    await snapshotWhere(session, ({ devices }) => devices.d1?.histograms === 'other')
    session.histograms.begin()
    await snapshotWhere(session, ({ devices }) => devices.d0?.histograms === 'weir')
    await qemu.io('d1', 'read', { count: 2 })
    const { devices } = await snapshotWhere(session, (snapshot) => snapshot.devices.d1?.read.latency?.requests === 2)
    expect([0, 1_000_000]).toContain(devices.d1?.read.latency?.p50.fromNs)
    expect(await seen(qemu)).toEqual({ vd0: 10_000, sd1: 1_000_000, fd0: 10_000 })
    expect(await session.work(({ link, picture }) => session.histograms.end(link, picture))).toEqual([])
    expect(await seen(qemu)).toEqual({ vd0: null, sd1: 1_000_000, fd0: null })
    // One of flushes beside Weir's: QEMU would remove both.
    session.histograms.begin()
    await snapshotWhere(session, ({ devices }) => devices.d0?.histograms === 'weir')
    await set(qemu, 'fd0', [7], '-flush')
    const left = await session.work(({ link, picture }) => session.histograms.end(link, picture))
    expect(left).toEqual([
      expect.stringMatching(/^fd0 keeps Weir's latency histogram: another tool has set one of flushes/),
    ])
    expect(await seen(qemu)).toEqual({ vd0: null, sd1: 1_000_000, fd0: 10_000 })
  })

  test('a VM that is started again gets them again; of one that has ended nothing stays', async () => {
    const qemu = await boot()
    const session = await attach({ address: qemu.address })
    session.histograms.begin()
    await snapshotWhere(session, ({ devices }) => devices.d0?.histograms === 'weir')
    await qemu.kill()
    await stateWhere(session, ({ status }) => status === 'lost')
    await qemu.boot()
    await stateWhere(session, ({ status }) => status === 'attached')
    await snapshotWhere(session, (snapshot) => owners(snapshot).every((owner) => owner === 'weir'))
    await qemu.kill()
    // The connection ends first, which may be anything; then the socket says that nobody listens any more.
    await stateWhere(session, ({ status, message }) => status === 'lost' && /ended\.$/.test(message ?? ''))
    await expect(onLink(null, async () => undefined)).rejects.toThrow('not attached')
    expect(await session.histograms.end(null, null)).toEqual([])
  })

  test('a host sets them in its VMs and takes them out when it ends; a disk without a device is told of', async () => {
    const qemu = await boot()
    await qemu.outside('human-monitor-command', { 'command-line': 'drive_add dummy if=none,id=spare,driver=null-co' })
    const host = new Host({ ports: [new OneVmPort(qemu.address)], periodMs: 50, histograms: true })
    cleanUp(async () => host.close())
    await host.start()
    const disk = ({ vms }: HostLook): DiskLook | undefined => vms[0]?.disks.find(({ id }) => id === 'd1')
    const until = (is: (look: HostLook) => boolean) =>
      new Promise<HostLook>((resolve) => {
        const stop = host.onLook((look) => {
          if (!is(look)) return
          stop()
          resolve(look)
        })
      })
    await until((look) => disk(look)?.histograms === 'weir')
    await qemu.io('d1', 'write', { count: 3 })
    await until((look) => disk(look)?.write?.latency?.requests === 3)
    expect(host.histogramProblems()).toEqual([
      'web01: spare has no percentiles: it is plugged into no device, and QEMU sets histograms by device.',
    ])
    expect(await host.finish()).toEqual([])
    expect(Object.values(await seen(qemu)).every((boundary) => boundary === null)).toBe(true)
  })
})
