import type { BucketLevel, BucketLook } from '#shared/host-look.ts'
import type { BucketSnapshot, GroupSnapshot } from '#shared/snapshot.ts'
import { bucketUnit, directionsOf, leastUnits } from '#shared/throttle/counting.ts'
import { BUCKETS, type Bucket, type Direction, type Limits, limitOf } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import type { DiskDelta } from './disk-delta.ts'

/** Bucket → time it held requests back, ns. */
export type BucketTimes = Map<Bucket, number>

export interface BucketsSeen {
  readonly limits: Limits | null
  readonly snapshot: GroupSnapshot | undefined
  /** Of each disk it holds. */
  readonly flows: readonly Record<Direction, DiskDelta>[]
  readonly elapsedNs: number
  readonly times: ReadonlyMap<Bucket, number>
}

/** The buckets that have a limit. */
export function bucketLooks({ limits, snapshot, flows, elapsedNs, times }: BucketsSeen): readonly BucketLook[] {
  if (limits === null) return []
  return BUCKETS.filter((bucket) => limitOf(limits, bucket) > 0).map((bucket) => {
    const avg = limitOf(limits, bucket)
    const rate = rateOf(bucket, limits, { flows, elapsedNs })
    const reckoned = snapshot?.buckets[bucket]
    const isKnown = reckoned !== undefined && rate !== null
    const level = isKnown ? levelOf(reckoned) : null
    const atLimit = isKnown ? reckoned.atLimit === true : null
    return {
      bucket,
      avg,
      rate,
      share: rate === null ? null : rate / avg,
      level,
      atLimit,
      atLimitNs: times.get(bucket) ?? null,
    }
  })
}

/** Units per second; with iops-size a request counts by its size, here that of the mean request. */
function rateOf(
  bucket: Bucket,
  limits: Limits,
  { flows, elapsedNs }: Pick<BucketsSeen, 'flows' | 'elapsedNs'>,
): number | null {
  if (elapsedNs === 0) return null
  const size = limitOf(limits, 'iops-size')
  const units = flows.flatMap((flow) =>
    directionsOf(bucket).map((direction) =>
      bucketUnit(bucket) === 'bps' ? flow[direction].bytes : leastUnits(flow[direction], size),
    ),
  )
  return (units.reduce((sum, each) => sum + each, 0) / elapsedNs) * NS_PER_S
}

function levelOf({ level, size, errorUnits, throttleInNs }: BucketSnapshot): BucketLevel {
  return {
    likely: level,
    low: Math.max(0, level - errorUnits),
    high: level + errorUnits,
    size,
    headroomNs: throttleInNs ?? null,
  }
}
