import type { GroupSnapshot, Snapshot } from '#shared/snapshot.ts'
import { bucketUnit, directionsOf, leastUnits } from '#shared/throttle/counting.ts'
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

/** What one flow uses of a bucket, per second, reckoned from the mean request. */
export function flowUse(flow: Rates, bucket: Bucket, iopsSize: number): number {
  return bucketUnit(bucket) === 'bps' ? flow.bps : leastUnits({ requests: flow.iops, bytes: flow.bps }, iopsSize)
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
