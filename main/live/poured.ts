import { bucketUnit, directionsOf, leastUnits, mostUnits } from '#shared/throttle/counting.ts'
import { BUCKETS, type Limits, limitOf } from '#shared/throttle/limits.ts'
import type { Used } from './fullness.ts'

/** What passed the group between two looks, one direction. */
export interface Passed {
  /** As the throttle counts them: without those merged into others, with those that failed. */
  readonly requests: number
  readonly bytes: number
}

export interface Interval {
  readonly fromNs: number
  readonly toNs: number
  /** The later look happened this much before or after `toNs`. */
  readonly slackNs: number
  readonly read: Passed
  readonly write: Passed
  /** Requests that may have passed already and are not counted yet, since they wait at levels further in. Left out: none. */
  readonly beyond?: number
}

/** Units that went into a bucket. */
export interface Poured extends Used {
  readonly likely: number
}

/** By the bucket's position in `BUCKETS`. */
const COUNTS = BUCKETS.map((bucket) => ({
  bytes: bucketUnit(bucket) === 'bps',
  read: directionsOf(bucket).includes('read'),
  write: directionsOf(bucket).includes('write'),
}))

/** Units of both or one direction. With iops-size the sum depends on how the bytes are spread, which counters do not tell. */
export function pouredInto(bucket: number, limits: Limits, { read, write }: Interval): Poured {
  const counts = COUNTS[bucket]!
  const requests = (counts.read ? read.requests : 0) + (counts.write ? write.requests : 0)
  if (counts.bytes) {
    const bytes = (counts.read ? read.bytes : 0) + (counts.write ? write.bytes : 0)
    return { least: bytes, likely: bytes, most: bytes, each: requests === 0 ? 0 : bytes / requests }
  }
  const size = limitOf(limits, 'iops-size')
  const least = (counts.read ? leastUnits(read, size) : 0) + (counts.write ? leastUnits(write, size) : 0)
  const most = (counts.read ? mostUnits(read, size) : 0) + (counts.write ? mostUnits(write, size) : 0)
  return { least, likely: least, most, each: requests === 0 ? 0 : least / requests }
}
