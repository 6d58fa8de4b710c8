import type { GroupSnapshot } from '#shared/snapshot.ts'
import { BUCKETS } from '#shared/throttle/limits.ts'
import { limitWords } from '#shared/throttle/words.ts'
import { formatDurationNs } from '#shared/units.ts'

/** What a live group's rate and estimated levels say is coming. The rate is measured: no estimate speaks against it. */
export function forecast(group: GroupSnapshot): string {
  const levels = BUCKETS.flatMap((bucket) => group.buckets[bucket] ?? [])
  if (levels.length === 0) return 'No limit is in force.'
  if (group.heldAt) {
    const { bucket, at, share } = group.heldAt
    const rate = at === 'max' ? 'burst rate' : 'limit'
    return `Throttling now: at ${Math.round(share * 100)} % of its ${limitWords(bucket)} ${rate}.`
  }
  const throttleIn = levels.map((level) => level.throttleInNs ?? Number.POSITIVE_INFINITY)
  const soonestNs = Math.min(...throttleIn)
  if (soonestNs <= 0) return 'A bucket is full: the next requests wait.'
  if (Number.isFinite(soonestNs)) return `Throttles in ${formatDurationNs(soonestNs)} at this rate.`
  const refillNs = Math.max(...levels.map((level) => level.refillInNs ?? 0))
  return refillNs > 0
    ? `Not throttling. The bucket is empty again after ${formatDurationNs(refillNs)} without requests.`
    : 'Not throttling.'
}
