import type { DeviceSnapshot, GroupSnapshot, Snapshot } from '#shared/snapshot.ts'
import { BUCKETS, type Bucket, limitOf, maxKey } from '#shared/throttle/limits.ts'
import { groupUse, measuredFlows } from './group-use.ts'

// Which numbers of a snapshot are kept over time, and how they are taken from it. Null and missing become NaN.

export const FLOW_COLUMNS = [
  'read-iops',
  'write-iops',
  'read-bps',
  'write-bps',
  'wait-p50-ns',
  'wait-p99-ns',
  'queued',
] as const
/** `group` is the number of the group it was in then (see telemetry.ts), NaN for none. `under-way` is since the sample before. */
export const DEVICE_COLUMNS = [...FLOW_COLUMNS, 'throttled-share', 'demand-iops', 'group', 'under-way'] as const
/** `counted-iops` is what counts against an IOPS limit: with `iops-size` a large request is several. `fill` is level / size of the main bucket, `burst-fill` of the burst bucket; `avg` and `max` are the limits in force. */
export const GROUP_COLUMNS = [
  ...FLOW_COLUMNS,
  'counted-iops',
  ...BUCKETS.flatMap((bucket) => [`fill:${bucket}`, `burst-fill:${bucket}`, `avg:${bucket}`, `max:${bucket}`] as const),
] as const

export type DeviceColumn = (typeof DEVICE_COLUMNS)[number]
export type GroupColumn = (typeof GROUP_COLUMNS)[number]

export function deviceColumn(column: DeviceColumn): number {
  return DEVICE_COLUMNS.indexOf(column)
}

export function groupColumn(column: GroupColumn): number {
  return GROUP_COLUMNS.indexOf(column)
}

/** Waits of both directions: the slower direction's, since percentiles of two flows cannot be merged. */
export function deviceWaitNs(device: DeviceSnapshot, percentile: 'p50' | 'p99'): number | null {
  const [read, write] =
    percentile === 'p50'
      ? [device.read.waitP50Ns, device.write.waitP50Ns]
      : [device.read.waitP99Ns, device.write.waitP99Ns]
  if (read === null) return write
  return write === null ? read : Math.max(read, write)
}

/** Requests of both directions that wait; null: not known. */
export function deviceQueued(device: DeviceSnapshot): number | null {
  if (device.read.queued === null && device.write.queued === null) return null
  return (device.read.queued ?? 0) + (device.write.queued ?? 0)
}

export function groupQueued(group: GroupSnapshot): number | null {
  if (group.read.queued === null && group.write.queued === null) return null
  return (group.read.queued ?? 0) + (group.write.queued ?? 0)
}

export function readDeviceSample(device: DeviceSnapshot, groupNumber: number, out: Float32Array): void {
  out[0] = device.read.iops
  out[1] = device.write.iops
  out[2] = device.read.bps
  out[3] = device.write.bps
  out[4] = deviceWaitNs(device, 'p50') ?? Number.NaN
  out[5] = deviceWaitNs(device, 'p99') ?? Number.NaN
  out[6] = deviceQueued(device) ?? Number.NaN
  out[7] = device.throttledShare ?? Number.NaN
  out[8] = device.demandIops ?? Number.NaN
  out[9] = groupNumber
  out[10] = device.underWay ?? Number.NaN
}

export function readGroupSample(snapshot: Snapshot, group: GroupSnapshot, out: Float32Array): void {
  const wait = groupWaits(snapshot, group)
  out[0] = group.read.iops
  out[1] = group.write.iops
  out[2] = group.read.bps
  out[3] = group.write.bps
  out[4] = wait.p50Ns
  out[5] = wait.p99Ns
  out[6] = groupQueued(group) ?? Number.NaN
  let at = FLOW_COLUMNS.length
  out[at] = groupUse(group, 'iops-total', measuredFlows(snapshot))
  at += 1
  for (const bucket of BUCKETS) {
    readBucketSample(group, bucket, out, at)
    at += 4
  }
}

/** The limits of a bucket that has none are NaN, so that no line is drawn at 0. */
function readBucketSample(group: GroupSnapshot, bucket: Bucket, out: Float32Array, at: number): void {
  const level = group.buckets[bucket]
  out[at] = level && level.size > 0 ? level.level / level.size : Number.NaN
  out[at + 1] = level?.burstLevel != null && level.burstSize ? level.burstLevel / level.burstSize : Number.NaN
  out[at + 2] = limitOf(group.limits, bucket) || Number.NaN
  out[at + 3] = limitOf(group.limits, maxKey(bucket)) || Number.NaN
}

/** p50: the members' medians, weighted by their rates. p99: the worst member's. */
function groupWaits(snapshot: Snapshot, group: GroupSnapshot): { readonly p50Ns: number; readonly p99Ns: number } {
  let weighted = 0
  let weight = 0
  let worst = Number.NaN
  for (const id of group.members) {
    const device = snapshot.devices[id]
    if (!device) continue
    const p50Ns = deviceWaitNs(device, 'p50')
    const p99Ns = deviceWaitNs(device, 'p99')
    const iops = device.read.iops + device.write.iops
    if (p50Ns !== null && iops > 0) {
      weighted += p50Ns * iops
      weight += iops
    }
    if (p99Ns !== null && !(worst >= p99Ns)) worst = p99Ns
  }
  return { p50Ns: weight > 0 ? weighted / weight : Number.NaN, p99Ns: worst }
}
