import { bucketWaitNs, chargeBucket, FIRST_IOPS_BUCKET, leakBucket } from './bucket.ts'
import { bucketAt } from './group-table.ts'
import type { ThrottleMemory } from './throttle-memory.ts'

// What bucket.ts does with the buckets of a group, for who asks of the same group again and again while its limits do not
// change: where they are is looked up once.

/** Where the numbers of the buckets of one of a group's lists are in `memory.groupNumbers`. */
export function bucketsAt(memory: ThrottleMemory, group: number, list: number): Int32Array {
  const words = memory.groupWords
  return words.slice(list + 1, list + 1 + words[list]!).map((bucket) => bucketAt(group, bucket))
}

/** Where the numbers of the first bucket that counts requests are: those before it count bytes. */
export function firstIopsAt(group: number): number {
  return bucketAt(group, FIRST_IOPS_BUCKET)
}

/** As `leakGroup`, but for the stamp. */
export function leakBuckets(numbers: Float64Array, buckets: Int32Array, deltaNs: number): void {
  for (let i = 0; i < buckets.length; i += 1) leakBucket(numbers, buckets[i]!, deltaNs)
}

/** As `groupWaitNs`. */
export function longestWaitNs(numbers: Float64Array, buckets: Int32Array): number {
  let longestNs = 0
  for (let i = 0; i < buckets.length; i += 1) {
    const waitNs = bucketWaitNs(numbers, buckets[i]!)
    if (waitNs > longestNs) longestNs = waitNs
  }
  return longestNs
}

/** As `accountGroup`: `bytes` to the buckets before `iopsAt`, `operations` to the others. */
export function chargeBuckets(
  numbers: Float64Array,
  buckets: Int32Array,
  iopsAt: number,
  bytes: number,
  operations: number,
): void {
  for (let i = 0; i < buckets.length; i += 1) {
    const at = buckets[i]!
    chargeBucket(numbers, at, at < iopsAt ? bytes : operations)
  }
}
