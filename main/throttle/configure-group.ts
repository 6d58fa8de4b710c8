import { directionsOf } from '#shared/throttle/counting.ts'
import { BUCKETS, type Bucket, DIRECTIONS, type Limits, lengthKey, limitOf, maxKey } from '#shared/throttle/limits.ts'
import { configureBucket } from './bucket.ts'
import {
  armedOf,
  checkedAt,
  configuredCount,
  leakingAt,
  setConfiguredCount,
  setIopsSizeBytes,
  setStampNs,
} from './group-table.ts'
import { restartMember, type Throttle } from './throttle-group.ts'
import { BOTH_DIRECTIONS, type ThrottleMemory } from './throttle-memory.ts'

function writeList(words: Int32Array, at: number, buckets: readonly Bucket[]): void {
  words.set([buckets.length, ...buckets.map((bucket) => BUCKETS.indexOf(bucket))], at)
}

/**
 * Replaces the limits of the group, empties all its buckets and makes them as of `nowNs` (throttle_config). Timers that
 * run keep their deadline. The limits must be valid, and the group's lock held unless it has no members.
 * Never call this with limits equal by value to those in force: each call hands the group a fresh allowance.
 */
export function configureGroup(memory: ThrottleMemory, group: number, limits: Limits, nowNs: number): void {
  BUCKETS.forEach((bucket, index) => {
    configureBucket(memory, group, index, {
      avg: limitOf(limits, bucket),
      max: limitOf(limits, maxKey(bucket)),
      lengthS: limitOf(limits, lengthKey(bucket)),
    })
  })
  const limited = BUCKETS.filter((bucket) => limitOf(limits, bucket) !== 0)
  writeList(memory.groupWords, leakingAt(group), limited)
  for (const direction of BOTH_DIRECTIONS) {
    writeList(
      memory.groupWords,
      checkedAt(group, direction),
      limited.filter((bucket) => directionsOf(bucket).includes(DIRECTIONS[direction])),
    )
  }
  setIopsSizeBytes(memory, group, limitOf(limits, 'iops-size'))
  setStampNs(memory, group, nowNs)
  setConfiguredCount(memory, group, (configuredCount(memory, group) + 1) | 0)
}

/**
 * Changed limits of a group that runs, as QEMU's block_set_io_throttle given to the member whose timer runs: it gets its
 * turn at once, so that a raised limit acts now and not when the old limit's deadline has passed. True if somebody got one.
 */
export function reconfigureGroup(throttle: Throttle, group: number, limits: Limits, nowNs: number): boolean {
  configureGroup(throttle.memory, group, limits, nowNs)
  let isGiven = false
  for (const direction of BOTH_DIRECTIONS) {
    const member = armedOf(throttle.memory, group, direction)
    if (member === -1) continue
    restartMember(throttle, member, nowNs)
    isGiven = true
  }
  return isGiven
}
