import type { Interval } from '#shared/formats/loads/recording-rows.ts'
import type { DiskLook, HostLook, VmLook } from '#shared/host-look.ts'
import { NS_PER_S } from '#shared/units.ts'
import { Series } from './series.ts'

// What each disk of the VMs of a host did, look by look, so that a limit can be chosen for a VM by what the table showed of
// it: no board of it was open then. Counts are differences of QEMU's own counters.

/** 512 looks each: nine to seventeen minutes. */
const CHUNKS = 2
/** Over a longer time nobody looked: what was done in it is not known. */
const LONGEST_INTERVAL_NS = 10 * NS_PER_S

// Seconds apart from their fraction: a Float32 has no room for both of a day. NaN: not known.
const COLUMNS = 9
const [TO_S, TO_FRACTION, LENGTH_S, READS, READ_BYTES, WRITES, WRITE_BYTES, LIMIT_SHARE, OUTSTANDING] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8,
]

interface Counters {
  readonly seenNs: number
  readonly reads: number
  readonly readBytes: number
  readonly writes: number
  readonly writeBytes: number
}

interface DiskLoad {
  readonly series: Series
  latest: Counters
}

export interface DiskInterval {
  readonly device: string
  readonly interval: Interval
}

/** Id of a VM → id of a disk → what it did. */
const vms = new Map<string, Map<string, DiskLoad>>()

export function forgetLoads(): void {
  vms.clear()
}

export function seeLoads({ vms: looks }: HostLook): void {
  const known = new Set(looks.map(({ id }) => id))
  for (const id of vms.keys()) if (!known.has(id)) vms.delete(id)
  for (const vm of looks) if (vm.up && vm.seenNs !== null) seeVm(vm, vm.seenNs)
}

/** Intervals of these disks as they came, seconds since the first. [] of a VM that is not known. */
export function hostIntervals(vm: string, disks: readonly string[]): readonly DiskInterval[] {
  const all = disks.flatMap((device) => {
    const series = vms.get(vm)?.get(device)?.series
    return series === undefined ? [] : intervalsOf(series).map((interval) => ({ device, interval }))
  })
  const beginS = Math.min(...all.map(({ interval }) => interval.fromS))
  return all
    .map(({ device, interval: { fromS, toS, ...counts } }) => ({
      device,
      interval: { fromS: Math.max(0, fromS - beginS), toS: toS - beginS, ...counts },
    }))
    .sort((a, b) => a.interval.toS - b.interval.toS)
}

function seeVm(vm: VmLook, seenNs: number): void {
  const disks = vms.get(vm.id) ?? new Map<string, DiskLoad>()
  vms.set(vm.id, disks)
  for (const disk of vm.disks) {
    const { read, write } = disk
    if (read === null || write === null) continue
    const now: Counters = {
      seenNs,
      reads: read.requests,
      readBytes: read.bytes,
      writes: write.requests,
      writeBytes: write.bytes,
    }
    const load = disks.get(disk.id)
    if (load === undefined) {
      disks.set(disk.id, { series: new Series(COLUMNS, 0), latest: now })
      continue
    }
    const before = load.latest
    load.latest = now
    const lengthNs = seenNs - before.seenNs
    const counts = [
      now.reads - before.reads,
      now.readBytes - before.readBytes,
      now.writes - before.writes,
      now.writeBytes - before.writeBytes,
    ]
    // The same look again, a gap, or a VM that was restarted.
    if (lengthNs <= 0 || lengthNs > LONGEST_INTERVAL_NS || counts.some((count) => count < 0)) continue
    const wholeS = Math.floor(seenNs / NS_PER_S)
    const share = limitShareOf(vm, disk)
    const times = [wholeS, seenNs / NS_PER_S - wholeS, lengthNs / NS_PER_S]
    load.series.push([...times, ...counts, share ?? Number.NaN, disk.inFlight ?? Number.NaN], CHUNKS)
  }
}

/** The largest share of any limit over the disk that was used; null: it has none, or it is not known. */
function limitShareOf({ groups }: VmLook, disk: DiskLook): number | null {
  const shares = groups
    .filter(({ name }) => disk.groups.includes(name))
    .flatMap(({ buckets }) => buckets.flatMap(({ share }) => share ?? []))
  return shares.length === 0 ? null : Math.max(...shares)
}

function intervalsOf(series: Series): readonly Interval[] {
  const intervals: Interval[] = []
  let beforeS = Number.NEGATIVE_INFINITY
  for (let sample = series.first; sample < series.end; sample += 1) {
    const value = (column: number) => series.value(column, sample)
    const count = (column: number) => Math.round(value(column))
    const known = (column: number) => (Number.isNaN(value(column)) ? null : value(column))
    const toS = value(TO_S) + value(TO_FRACTION)
    const fromS = Math.max(beforeS, toS - value(LENGTH_S))
    beforeS = toS
    const [reads, writes] = [count(READS), count(WRITES)]
    if (reads + writes === 0 || fromS >= toS) continue
    intervals.push({
      fromS,
      toS,
      reads,
      readBytes: count(READ_BYTES),
      writes,
      writeBytes: count(WRITE_BYTES),
      limitShare: known(LIMIT_SHARE),
      outstanding: known(OUTSTANDING),
    })
  }
  return intervals
}
