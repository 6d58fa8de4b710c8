import type { GroupSnapshot, Snapshot } from '#shared/snapshot.ts'
import { type Bucket, type Direction, limitOf } from '#shared/throttle/limits.ts'
import type { Rates } from './rate-window.ts'

// What a group uses of its limits, in the unit each limit counts in.

/** One direction of a device: as measured, or as people are shown it. */
export type FlowOf = (id: string, direction: Direction) => Rates

const NOTHING: Rates = { iops: 0, bps: 0 }

/** Since the previous snapshot. */
export function measuredFlows(snapshot: Snapshot): FlowOf {
  return (id, direction) => snapshot.devices[id]?.[direction] ?? NOTHING
}

/** Directions that `bucket` counts. */
export function directionsOf(bucket: Bucket): readonly Direction[] {
  if (bucket.endsWith('-read')) return ['read']
  return bucket.endsWith('-write') ? ['write'] : ['read', 'write']
}

/** What one flow uses of a bucket, per second, as QEMU counts it: with `iops-size`, a request of n sizes counts as n.
    Reckoned from the mean request. */
export function flowUse(flow: Rates, bucket: Bucket, iopsSize: number): number {
  if (bucket.startsWith('bps')) return flow.bps
  return iopsSize === 0 || flow.iops === 0 ? flow.iops : Math.max(flow.iops, flow.bps / iopsSize)
}

/** What the group uses of one of its buckets, per second, in the limit's unit: the sum of its members. */
export function groupUse(group: GroupSnapshot, bucket: Bucket, flowOf: FlowOf): number {
  const iopsSize = limitOf(group.limits, 'iops-size')
  const directions = directionsOf(bucket)
  let sum = 0
  for (const id of group.members) {
    for (const direction of directions) sum += flowUse(flowOf(id, direction), bucket, iopsSize)
  }
  return sum
}
