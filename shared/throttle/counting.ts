import { BUCKETS, type Bucket, DIRECTIONS, type Direction } from './limits.ts'

// How QEMU counts requests against limits: which of them a bucket counts, each as how many units, and how many it holds. Whoever
// reckons with limits outside the throttle asks here; `main/throttle/bucket.ts` has the same in its loops, held to this by its test.

const DIRECTIONS_OF = Object.fromEntries(
  BUCKETS.map((bucket) => {
    const counted = DIRECTIONS.filter((direction) => bucket.endsWith('-total') || bucket.endsWith(`-${direction}`))
    return [bucket, counted]
  }),
) as unknown as Readonly<Record<Bucket, readonly Direction[]>> // every bucket is there

/** The directions whose requests the bucket counts. */
export function directionsOf(bucket: Bucket): readonly Direction[] {
  return DIRECTIONS_OF[bucket]
}

/** What it counts: requests (`iops`) or bytes (`bps`). */
export function bucketUnit(bucket: Bucket): 'iops' | 'bps' {
  return bucket.startsWith('iops') ? 'iops' : 'bps'
}

/** Units of a request in a bucket of requests: one above `iops-size` counts as bytes / iops-size, as a real number. 0: no size is set. */
export function requestUnits(bytes: number, iopsSize: number): number {
  return iopsSize > 0 && bytes > iopsSize ? bytes / iopsSize : 1
}

/** Requests, and the bytes of all of them together, as counters have them. */
export interface Counted {
  readonly requests: number
  readonly bytes: number
}

/** The fewest units that the requests can come to: all are of one size. */
export function leastUnits({ requests, bytes }: Counted, iopsSize: number): number {
  return iopsSize === 0 || requests === 0 ? requests : Math.max(requests, bytes / iopsSize)
}

/** The most: one of them has nearly all bytes. */
export function mostUnits({ requests, bytes }: Counted, iopsSize: number): number {
  return iopsSize === 0 || requests === 0 ? requests : requests - 1 + Math.max(1, bytes / iopsSize)
}

/** Units of a bucket that has no burst, and of any burst bucket: a tenth of a second at its rate goes at once. */
export function shortBurstUnits(rate: number): number {
  return rate / 10
}
