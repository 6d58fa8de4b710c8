import type { RecordedLatency } from './result.ts'
import { type BucketLimits, poolUnits } from './throttle/burst.ts'
import { shortBurstUnits } from './throttle/counting.ts'
import { type Bucket, type Limits, lengthKey, maxKey } from './throttle/limits.ts'

// The trade-off between rate, burst and wait of one recorded load, as data: one pass over the load gives it, and every
// curve for every wait follows by a subtraction.

/** Percentiles of the wait that are known along the frontier. */
export const FRONTIER_PERCENTILES = [95, 99, 99.9] as const
export type FrontierPercentile = (typeof FRONTIER_PERCENTILES)[number]

/** At one rate, units a second (requests or bytes). */
export interface FrontierLevels {
  readonly rate: number
  /** Units: the smallest bucket in which no request waits. */
  readonly noWait: number
  /** Units: the level of an endless bucket that so many percent of the requests find, or less. */
  readonly p95: number
  readonly p99: number
  readonly p999: number
}

/** What one load asks of one bucket: everything that there is to draw. */
export interface FrontierChart {
  readonly bucket: Bucket
  /** Devices whose requests are looked at as one load. */
  readonly devices: readonly string[]
  readonly requests: number
  /** From the first request to the last. */
  readonly spanS: number
  /** Units a second over the whole recording. */
  readonly meanRate: number
  /** Rates rise. */
  readonly frontier: readonly FrontierLevels[]
  /** Devices whose load takes what it gets: their demand is hidden. */
  readonly closedLoops: readonly string[]
  /** Recorded devices with as many requests under way all the time: closed loops, or as steady as one. */
  readonly steady: readonly string[]
  /** What was held by limits while it was recorded; null: nothing, as far as is known. */
  readonly limited: LimitedLoad | null
  /** How long their requests took while they were recorded, of those of which that is known. */
  readonly measured: readonly RecordedLatency[]
  /** Whether recorded loads that are looked at together are as far apart in time as they were; null: there are not two. */
  readonly isAligned: boolean | null
  /** However the requests came within the intervals of a recording: at the same rates, what no order exceeds; null: each is timed. */
  readonly most: readonly FrontierLevels[] | null
  /** Units a second over time, from the first request on. */
  readonly overTime: OverTime
}

/** A recorded load that was itself held back. */
export interface LimitedLoad {
  readonly devices: readonly string[]
  /** Of the recorded time, 0…1: of the device that was held longest. */
  readonly timeShare: number
  /** Units a second: what they were given then, at least. From here on their demand is not known. */
  readonly fromRate: number
}

export interface OverTime {
  readonly binS: number
  readonly values: readonly number[]
}

/** Limits without a burst that keep one promise, apart and shared. Units a second. */
export interface SplitComparison {
  /** What each device needs for itself. */
  readonly apart: readonly { readonly id: string; readonly rate: number }[]
  readonly apartSum: number
  /** One group, the percentile taken over all requests together. */
  readonly sharedByAll: number
  /** One group, the percentile kept by each device. */
  readonly sharedByEach: number
  /** The same however requests came within the intervals of a recording; null: each is timed. */
  readonly most: { readonly apartSum: number; readonly sharedByAll: number; readonly sharedByEach: number } | null
}

/** What given limits do to a load. */
export interface LimitFacts {
  readonly requests: number
  /** Share of the requests that wait at all, 0…1. */
  readonly delayedShare: number
  readonly waitS: { readonly p95: number; readonly p99: number; readonly p999: number; readonly max: number }
  /** Share of the time in which at least one request waits, 0…1, and the longest such time in seconds. */
  readonly atLimitShare: number
  readonly longestAtLimitS: number
  /** The longest wait of the requests that came in each bin, in seconds; bins as in the chart. */
  readonly waitsOverTime: OverTime
  readonly queue: QueueOverTime
}

/** From the first request until the last one has gone. */
export interface QueueOverTime {
  /** Seconds until the last request has gone. */
  readonly spanS: number
  /** Requests that wait at one time, at most in each bin. */
  readonly waiting: OverTime
  /** Requests that have gone by the end of each bin. */
  readonly gone: OverTime
}

/** Units: the smallest bucket in which `percentile` of 100 requests wait no longer than `waitS` seconds; 100: none does. */
export function bucketFor(levels: FrontierLevels, percentile: FrontierPercentile | 100, waitS: number): number {
  return Math.max(0, levelAt(levels, percentile) - levels.rate * waitS)
}

/** Seconds that `percentile` of 100 requests wait at most in a bucket of `bucket` units. */
export function waitFor(levels: FrontierLevels, percentile: FrontierPercentile | 100, bucket: number): number {
  return Math.max(0, levelAt(levels, percentile) - bucket) / levels.rate
}

function levelAt({ noWait, p95, p99, p999 }: FrontierLevels, percentile: FrontierPercentile | 100): number {
  if (percentile === 100) return noWait
  if (percentile === 99.9) return p999
  return percentile === 99 ? p99 : p95
}

/** Whether the load was free to ask for so much when it was recorded. */
export function isKnownAt({ limited }: FrontierChart, rate: number): boolean {
  return limited === null || rate < limited.fromRate
}

/** Limits of `bucket` whose burst holds `units` at `rate`, as QEMU takes them: without a burst where a tenth of the rate is enough. */
export function limitsHolding(bucket: Bucket, { rate, bucket: units, lengthS = 1 }: RateAndBucket): Limits {
  if (units <= shortBurstUnits(rate)) return { [bucket]: rate }
  const burst = { [bucket]: rate, [maxKey(bucket)]: Math.max(rate, Math.ceil(units / lengthS)) }
  return lengthS > 1 ? { ...burst, [lengthKey(bucket)]: lengthS } : burst
}

/** The point of the chart where limits of one bucket stand. */
export function pointOf(limits: BucketLimits): RateAndBucket {
  return { rate: limits.avg, bucket: poolUnits(limits), lengthS: limits.lengthS }
}

/** The same burst spread over `lengthS`, in whole seconds: over as many at most as leave it no slower than the rate. */
export function withLength({ rate, bucket }: RateAndBucket, lengthS: number): RateAndBucket {
  const most = Math.max(1, Math.floor(bucket / rate))
  return { rate, bucket, lengthS: Math.min(most, Math.max(1, Math.round(lengthS))) }
}

/** What is promised: so many percent of the requests wait no longer than this. Seconds. */
export interface WaitPromise {
  readonly percentile: FrontierPercentile | 100
  readonly waitS: number
}

/** A point of the chart. */
export interface RateAndBucket {
  readonly rate: number
  /** Units of the whole burst; they may go at once unless it is spread. */
  readonly bucket: number
  /** Seconds over which it is spread, which holds it at bucket / lengthS a second; left out: 1, at once. */
  readonly lengthS?: number
}

/** A load that comes again is never quite the same: just above its mean rate a little more of it and the queue only grows. */
const HEAD_ROOM = 1.1

/**
 * The corner of the curve: the cheapest limits that keep the promise, where giving up a share of the rate costs as large
 * a share of burst. Rates below `HEAD_ROOM` times `meanRate` are left out, if there are others; at or below the mean the
 * queue only grows. Null: no rate is above it.
 */
export function cornerOf(
  frontier: readonly FrontierLevels[],
  { percentile, waitS }: WaitPromise,
  meanRate: number,
): RateAndBucket | null {
  const above = (leastRate: number) => frontier.filter(({ rate }) => rate > leastRate)
  const roomy = above(meanRate * HEAD_ROOM)
  let best: RateAndBucket | null = null
  for (const levels of roomy.length > 0 ? roomy : above(meanRate)) {
    const point = { rate: levels.rate, bucket: settableBucket(levels.rate, bucketFor(levels, percentile, waitS)) }
    if (best === null || point.rate * point.bucket < best.rate * best.bucket) best = point
  }
  return best
}

/** The smallest bucket of at least `units` that can be set at `rate`: a tenth of it, or the rate itself and more. */
export function settableBucket(rate: number, units: number): number {
  const least = shortBurstUnits(rate)
  return units <= least ? least : Math.max(rate, Math.ceil(units))
}
