import type { Alarm } from './alarms/alarm.ts'
import { type HostLook, nearestLimit, type VmLook } from './host-look.ts'
import type { LatencyBounds } from './snapshot.ts'
import { formatLimit } from './throttle/words.ts'
import { type ByteUnits, formatShort } from './units.ts'

// A host as a table: the figures by which its VMs are told apart and put in order, for the window and `weir top` alike.

export const SORT_KEYS = ['share', 'iops', 'bps', 'limit', 'wait', 'throttled', 'name'] as const
/** The window's: alarms, of which a look alone says nothing, and what is measured of some VMs only. */
export type SortKey = (typeof SORT_KEYS)[number] | 'alarms' | 'p99'

export type AlarmsOfVms = ReadonlyMap<string, readonly Alarm[]>

/** One VM's figures; null: not known. */
export interface HostRow {
  readonly vm: VmLook
  /** Of the host's IOPS or bandwidth, whichever is more, 0…1. */
  readonly share: number | null
  /** Of the host's IOPS alone. */
  readonly iopsShare: number | null
  /** Of the limit that is nearest, 0…; null: no limit, or no rate yet. */
  readonly limitShare: number | null
  /** `98 % of 250 MiB/s`, `no limit`, `–`. */
  readonly limit: string
  readonly readMeanNs: number | null
  readonly writeMeanNs: number | null
  /** Of its slowest disk, where that has a latency histogram. */
  readonly readP99: LatencyBounds | null
  readonly writeP99: LatencyBounds | null
  readonly throttledShare: number | null
  /** Until the first bucket is full; null: none fills. */
  readonly headroomNs: number | null
  readonly alarms: readonly Alarm[]
}

/** The largest on top, by name where they are equal. */
export function hostRows(
  { vms }: HostLook,
  key: SortKey,
  { units = 'binary', alarms }: { readonly units?: ByteUnits; readonly alarms?: AlarmsOfVms } = {},
): readonly HostRow[] {
  const total = (of: (vm: VmLook) => number | null) => vms.reduce((sum, vm) => sum + (of(vm) ?? 0), 0)
  const [iops, bps] = [total((vm) => vm.iops), total((vm) => vm.bps)]
  const rows = vms.map((vm) => rowOf(vm, { iops, bps, units, alarms: alarms?.get(vm.id) ?? [] }))
  const by = SORTERS[key]
  return [...rows].sort((a, b) => by(b) - by(a) || (a.vm.name < b.vm.name ? -1 : 1))
}

const SORTERS: Readonly<Record<SortKey, (row: HostRow) => number>> = {
  share: (row) => row.share ?? -1,
  iops: (row) => row.vm.iops ?? -1,
  bps: (row) => row.vm.bps ?? -1,
  limit: (row) => row.limitShare ?? -1,
  wait: (row) => Math.max(row.readMeanNs ?? -1, row.writeMeanNs ?? -1),
  throttled: (row) => row.throttledShare ?? -1,
  name: () => 0,
  alarms: (row) => row.alarms.length,
  p99: (row) => Math.max(row.readP99?.fromNs ?? -1, row.writeP99?.fromNs ?? -1),
}

interface Around {
  readonly iops: number
  readonly bps: number
  readonly units: ByteUnits
  readonly alarms: readonly Alarm[]
}

function rowOf(vm: VmLook, total: Around): HostRow {
  const nearest = nearestLimit(vm)
  const of = (value: number | null, sum: number) => (value === null ? null : sum === 0 ? 0 : value / sum)
  const mean = (direction: 'read' | 'write') => {
    const flows = vm.disks.flatMap((disk) => disk[direction] ?? [])
    const weights = flows.map((flow) => (flow.latencyMeanNs === null ? 0 : (flow.iops ?? 0)))
    const sum = weights.reduce((all, weight) => all + weight, 0)
    if (sum === 0) return null
    return flows.reduce((all, flow, index) => all + (flow.latencyMeanNs ?? 0) * (weights[index] ?? 0), 0) / sum
  }
  const fills = vm.groups.flatMap((group) => group.buckets.flatMap((bucket) => bucket.level?.headroomNs ?? []))
  return {
    vm,
    iopsShare: of(vm.iops, total.iops),
    share: greatest([of(vm.iops, total.iops), of(vm.bps, total.bps)]),
    limitShare: nearest?.bucket.share ?? null,
    limit: limitText(vm, nearest, total.units),
    readMeanNs: mean('read'),
    writeMeanNs: mean('write'),
    readP99: slowest(vm, 'read'),
    writeP99: slowest(vm, 'write'),
    throttledShare: greatest(vm.groups.map((group) => group.throttledShare)),
    headroomNs: fills.length === 0 ? null : Math.min(...fills),
    alarms: total.alarms,
  }
}

function slowest({ disks }: VmLook, direction: 'read' | 'write'): LatencyBounds | null {
  const found = disks.flatMap((disk) => disk[direction]?.latency?.p99 ?? [])
  return found.reduce<LatencyBounds | null>(
    (most, each) => (most === null || each.fromNs > most.fromNs ? each : most),
    null,
  )
}

function limitText(vm: VmLook, nearest: ReturnType<typeof nearestLimit>, units: ByteUnits): string {
  if (nearest !== null) {
    const { bucket, avg, share } = nearest.bucket
    return `${percent(share)} of ${formatLimit(bucket, avg, units)}`
  }
  return vm.up && vm.groups.every((group) => group.limits !== null && group.buckets.length === 0) ? 'no limit' : '–'
}

function greatest(values: readonly (number | null)[]): number | null {
  const known = values.flatMap((value) => value ?? [])
  return known.length === 0 ? null : Math.max(...known)
}

/** Whole percents; null is –. */
export function percent(share: number | null): string {
  return share === null ? '–' : `${formatShort(Math.round(share * 100))} %`
}
