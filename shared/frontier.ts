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
