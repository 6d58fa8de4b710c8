import type { FlowSnapshot, GroupSnapshot, Snapshot } from '#shared/snapshot.ts'
import { type Bucket, limitOf } from '#shared/throttle/limits.ts'

// What a group uses of its limits, in the unit each limit counts in.

/** Flows that bucket counts. */
export function flowsOf<T>(bucket: Bucket, both: { readonly read: T; readonly write: T }): readonly T[] {
  if (bucket.endsWith('-read')) return [both.read]
  return bucket.endsWith('-write') ? [both.write] : [both.read, both.write]
}

/** As QEMU counts it against an IOPS limit: with `iops-size`, a request of n sizes counts as n. Reckoned from the mean request. */
export function countedIops(flow: FlowSnapshot, iopsSize: number): number {
  if (iopsSize === 0 || flow.iops === 0) return flow.iops
  return Math.max(flow.iops, flow.bps / iopsSize)
}

/** What the group uses of one of its buckets, per second, in the limit's unit. */
export function groupUse(snapshot: Snapshot, group: GroupSnapshot, bucket: Bucket): number {
  if (bucket.startsWith('bps')) return flowsOf(bucket, group).reduce((sum, flow) => sum + flow.bps, 0)
  const iopsSize = limitOf(group.limits, 'iops-size')
  if (iopsSize === 0) return flowsOf(bucket, group).reduce((sum, flow) => sum + flow.iops, 0)
  let sum = 0
  for (const id of group.members) {
    const device = snapshot.devices[id]
    if (device) for (const flow of flowsOf(bucket, device)) sum += countedIops(flow, iopsSize)
  }
  return sum
}
