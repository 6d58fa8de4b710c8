import {
  type Bucket,
  canonicalLimits,
  type LimitKey,
  type Limits,
  lengthKey,
  limitOf,
  maxKey,
} from '#shared/throttle/limits.ts'

// From the history of a limit to a verdict: too small, too large, or right. A history comes from samples at a step (minutes,
// usually), so what happened between two samples is an interval, never a number:
//
// - the use in one second is seen once a step. Its percentile has the bounds of the order statistics that hold with 95 %.
// - while a limit holds requests back, what the load would have done is hidden. At least it wanted the limit. Where as many
//   requests stay under way (a closed loop), it would have done rate · latency / (latency − wait), by Little's law.

/** One bucket of a group over the period. Arrays have one entry a step; NaN: not known. */
export interface BucketHistory {
  readonly bucket: Bucket
  /** Rate of one second in the step over the limit. */
  readonly use: ArrayLike<number>
  /** The highest such rate that any scrape of the step saw. */
  readonly peak: ArrayLike<number>
  /** Share of the step in which the limit held requests back. */
  readonly atLimit: ArrayLike<number>
  /** Latency of the members' requests over the part of it that was no wait, 1 and more; NaN: not known. */
  readonly stretch: ArrayLike<number>
}

export interface Interval {
  readonly low: number
  /** null: nothing bounds it. */
  readonly high: number | null
}

export type Verdict = 'under' | 'over' | 'well' | 'unknown'

export interface BucketAdvice {
  readonly bucket: Bucket
  /** Today's, per second. */
  readonly limit: number
  readonly verdict: Verdict
  /** Share of the steps of which anything is known. */
  readonly known: number
  /** Use in a second that 99 % of the seconds stay below, over the limit. */
  readonly useP99: Interval
  /** The highest use that was seen, over the limit; short peaks between two scrapes are not seen. */
  readonly usePeak: number
  /** Share of the time in which the limit held requests back. */
  readonly atLimitShare: number
  /** The longest time in a row of steps that were held most of the time, in seconds. */
  readonly longestHeldS: number
  /** What the load asks for, per second. */
  readonly demand: Interval
  /** What to set; equal to `limit` where nothing is to be done. */
  readonly proposed: number
  /** Of the limit, what the proposal would give back; negative: what it takes more. */
  readonly slack: number
}

/** Held for this share of the time, or for HELD_IN_A_ROW_S at once, a limit is too small. */
export const UNDER_SHARE = 0.01
export const HELD_IN_A_ROW_S = 15 * 60
/** Never above this part of its limit, a load would do with less. */
export const OVER_USE = 0.5
/** Of steps, below which nothing is said. */
const LEAST_KNOWN = 0.5
const LEAST_STEPS = 20
/** A step counts as held when the limit held requests back for more than half of it. */
const HELD_STEP = 0.5
/** A smaller limit leaves room for what the samples have not seen. */
const ROOM = 1.5
/** A load that shows no more than its limit is not raised further at once than this. */
const MOST_RAISE = 2
/** Two-sided normal quantile for 95 %. */
const Z = 1.96

export function adviseBucket(history: BucketHistory, limits: Limits, stepS: number): BucketAdvice {
  const limit = limitOf(limits, history.bucket)
  const use = sorted(history.use)
  const known = history.use.length === 0 ? 0 : use.length / history.use.length
  const useP99 = percentileInterval(use, 0.99)
  const usePeak = Math.max(0, use.at(-1) ?? 0, sorted(history.peak).at(-1) ?? 0)
  const atLimitShare = meanOf(history.atLimit)
  const longestHeldS = longestRun(history.atLimit) * stepS
  const about = { bucket: history.bucket, limit, known, useP99, usePeak, atLimitShare, longestHeldS }
  const isUnder = atLimitShare >= UNDER_SHARE || longestHeldS >= HELD_IN_A_ROW_S
  const demand = isUnder ? hiddenDemand(history, limit) : seenDemand(useP99, usePeak, limit)
  if (known < LEAST_KNOWN || use.length < LEAST_STEPS) {
    return { ...about, verdict: 'unknown', demand, proposed: limit, slack: 0 }
  }
  if (isUnder) return settled({ ...about, demand }, 'under', raised(limit, demand))
  const isOver = atLimitShare < UNDER_SHARE / 10 && usePeak <= OVER_USE
  if (!isOver) return settled({ ...about, demand }, 'well', limit)
  return settled({ ...about, demand }, 'over', Math.min(limit, roundUp(Math.max(1, usePeak * limit * ROOM))))
}

function settled(
  about: Omit<BucketAdvice, 'verdict' | 'proposed' | 'slack'>,
  verdict: Verdict,
  proposed: number,
): BucketAdvice {
  if (proposed === about.limit) return { ...about, verdict: verdict === 'over' ? 'well' : verdict, proposed, slack: 0 }
  return { ...about, verdict, proposed, slack: 1 - proposed / about.limit }
}

/** The limits with every proposal in them; a burst that would be below its limit goes, as QEMU would refuse it. */
export function proposedLimits(limits: Limits, advices: readonly BucketAdvice[]): Limits {
  const next: Partial<Record<LimitKey, number>> = { ...limits }
  for (const { bucket, proposed } of advices) {
    next[bucket] = proposed
    const burst = limitOf(limits, maxKey(bucket))
    if (burst === 0 || burst > proposed) continue
    delete next[maxKey(bucket)]
    delete next[lengthKey(bucket)]
  }
  return canonicalLimits(next)
}

function raised(limit: number, { high }: Interval): number {
  return roundUp(Math.min(limit * MOST_RAISE, Math.max(limit * 1.1, high ?? Number.POSITIVE_INFINITY)))
}

function seenDemand(useP99: Interval, usePeak: number, limit: number): Interval {
  const high = Math.max(usePeak, useP99.high ?? usePeak)
  return { low: useP99.low * limit, high: high * limit }
}

/** Over the steps that were held: at least the limit, at most what as many requests under way would do without waiting. */
function hiddenDemand({ atLimit, stretch, use }: BucketHistory, limit: number): Interval {
  const most: number[] = []
  for (let step = 0; step < atLimit.length; step += 1) {
    if (!(atLimit[step]! > HELD_STEP)) continue
    const factor = stretch[step]!
    if (Number.isNaN(factor)) return { low: limit, high: null }
    most.push(Math.max(1, use[step]! || 0) * factor)
  }
  most.sort((a, b) => a - b)
  if (most.length === 0) return { low: limit, high: null }
  return { low: limit, high: limit * most[Math.ceil(most.length * 0.95) - 1]! }
}

function sorted(values: ArrayLike<number>): readonly number[] {
  return Array.from(values)
    .filter((value) => !Number.isNaN(value))
    .sort((a, b) => a - b)
}

function meanOf(values: ArrayLike<number>): number {
  const there = sorted(values)
  return there.length === 0 ? 0 : there.reduce((sum, value) => sum + value, 0) / there.length
}

/** Held steps in a row; a step of which nothing is known ends a row. */
function longestRun(atLimit: ArrayLike<number>): number {
  let longest = 0
  let run = 0
  for (let step = 0; step < atLimit.length; step += 1) {
    run = atLimit[step]! > HELD_STEP ? run + 1 : 0
    longest = Math.max(longest, run)
  }
  return longest
}

/** The bounds between which the percentile lies with 95 %, by the binomial distribution of how many samples are below it. */
export function percentileInterval(ordered: readonly number[], share: number): Interval {
  const count = ordered.length
  if (count === 0) return { low: 0, high: null }
  const spread = Z * Math.sqrt(count * share * (1 - share))
  const low = Math.max(0, Math.floor(count * share - spread) - 1)
  const high = Math.ceil(count * share + spread)
  return { low: ordered[low]!, high: ordered[high] ?? null }
}

/** Up, to two digits. */
function roundUp(value: number): number {
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) - 1)
  return Math.ceil(value / unit) * unit
}
