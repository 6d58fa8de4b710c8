import { shortBurstUnits } from './counting.ts'
import { type Bucket, type Limits, lengthKey, limitOf, maxKey } from './limits.ts'

// What one bucket does to a load that never lets up: how long its burst lasts, what it falls to, how long it needs to
// fill again. Seen from afar a bucket is the lower one of straight lines, units admitted over time from empty:
//
//   units   demand · t ───────────╱                       what the load asks for
//     │            ╱   __________╱  size + avg · t         the bucket: size = max · length, or avg / 10 without max
//     │        ╱ ──╱
//     │    ╱─── ╱  max / 10 + max · t                      its burst bucket, for length > 1 only
//     └──────────────────────────── t
//
// So `max` means two things: with length 1 a POOL of max units served as fast as the disk can, with length > 1 also an
// ENFORCED rate. Requests are grains of these lines: one more goes than fits, since a request passes a bucket that is
// exactly full.

/** `steady`: no burst worth the name, a tenth of a second's worth at most. */
export type BurstKind = 'none' | 'steady' | 'pool' | 'enforced'

/** One bucket's limits; units per second, seconds. */
export interface BucketLimits {
  readonly avg: number
  readonly max: number
  readonly lengthS: number
}

export interface BurstPhase {
  readonly fromS: number
  /** Infinity in the last one. */
  readonly toS: number
  /** Units per second; Infinity for a load that asks without end of a bucket that lets it. */
  readonly rate: number
}

export function bucketLimits(limits: Limits, bucket: Bucket): BucketLimits {
  return {
    avg: limitOf(limits, bucket),
    max: limitOf(limits, maxKey(bucket)),
    lengthS: limitOf(limits, lengthKey(bucket)),
  }
}

export function burstKind({ avg, max, lengthS }: BucketLimits): BurstKind {
  if (avg === 0) return 'none'
  if (max === 0) return 'steady'
  if (lengthS <= 1) return 'pool'
  return max > avg ? 'enforced' : 'steady'
}

/** Units it holds before requests wait. */
export function poolUnits({ avg, max, lengthS }: BucketLimits): number {
  return max > 0 ? max * lengthS : shortBurstUnits(avg)
}

/** Units that an idle bucket lets go at once, whatever the demand. */
export function atOnceUnits(bucket: BucketLimits): number {
  return bucket.max > 0 && bucket.lengthS > 1 ? shortBurstUnits(bucket.max) : poolUnits(bucket)
}

/** Seconds of idleness in which a full bucket empties, which gives the whole burst back. */
export function refillS(bucket: BucketLimits): number {
  return bucket.avg === 0 ? 0 : poolUnits(bucket) / bucket.avg
}

/**
 * Seconds from the first request of an idle bucket until the load is held at `avg`. `demand` is what the load asks for, in
 * units per second, Infinity for all it can get. Infinity: it never is held.
 */
export function burstDurationS(bucket: BucketLimits, demand: number): number {
  const phases = burstPhases(bucket, demand)
  const last = phases[phases.length - 1]
  return last !== undefined && bucket.avg > 0 && last.rate === bucket.avg && demand > bucket.avg ? last.fromS : Infinity
}

/** The rates a load of `demand` units per second sees, one after the other, from an idle bucket on. */
export function burstPhases(bucket: BucketLimits, demand: number): readonly BurstPhase[] {
  const { avg, max, lengthS } = bucket
  if (avg === 0) return [{ fromS: 0, toS: Infinity, rate: demand }]
  const lines = [
    { units: 0, rate: demand },
    ...(max > 0 && lengthS > 1 ? [{ units: shortBurstUnits(max), rate: max }] : []),
    { units: poolUnits(bucket), rate: avg },
  ]
  // From each line to the one that cuts it first: the lines come in order of rising units, so later ones cut with lower rates.
  const phases: BurstPhase[] = []
  let atS = 0
  let current = lines[0]
  while (current !== undefined) {
    const { units, rate } = current
    let nextS = Infinity
    let next: typeof current | undefined
    for (const line of lines) {
      if (line.rate >= rate) continue
      const cutS = rate === Infinity ? 0 : (line.units - units) / (rate - line.rate)
      const sooner = cutS < nextS || (cutS === nextS && next !== undefined && line.units < next.units)
      if (sooner) {
        nextS = cutS
        next = line
      }
    }
    if (nextS > atS) phases.push({ fromS: atS, toS: nextS, rate })
    atS = Math.max(atS, nextS)
    current = next
  }
  return phases
}

/** Units a load of `demand` units per second has got `atS` seconds after it met an idle bucket. */
export function admittedUnits(bucket: BucketLimits, demand: number, atS: number): number {
  const { avg, max, lengthS } = bucket
  const asked = demand === Infinity ? Infinity : demand * atS
  if (avg === 0) return asked
  const enforced = max > 0 && lengthS > 1 ? shortBurstUnits(max) + max * atS : Infinity
  return Math.min(asked, enforced, poolUnits(bucket) + avg * atS)
}
