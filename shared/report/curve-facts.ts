import { formatClock, formatDurationNs, NS_PER_S } from '../units.ts'

// What a group's curve says of its limit: how long it burst past it, and when a backlog ended. Steps are means, so both are
// known to a step.

/** A group's curve in the unit of its limit. */
export interface LimitedCurve {
  readonly values: readonly number[]
  readonly stepS: number
  /** 0: none. */
  readonly limit: number
  /** What a burst may reach; 0: no burst. */
  readonly max: number
}

/** Step by step from `from` up to `to`. */
interface Run {
  readonly from: number
  readonly to: number
}

/** This near to the limit it is what holds. */
const NEAR = 0.05
/** Below this share of it the limit holds nothing back. */
const FREE = 0.9
const LEAST_STEPS = 3

/** The longest time past the limit; null: there is none, or no burst is allowed. */
export function longestBurst({ values, limit, max }: LimitedCurve): Run | null {
  if (limit === 0 || max <= limit) return null
  const runs = runsOf(values, (value) => value > limit * (1 + NEAR))
  return runs.reduce<Run | null>((most, run) => (most !== null && lengthOf(most) >= lengthOf(run) ? most : run), null)
}

/** `burst 12.5 s, was 10 s`; `''` where none after. */
export function burstWords(was: LimitedCurve, is: LimitedCurve): string {
  const now = longestBurst(is)
  if (now === null) return ''
  const before = longestBurst(was)
  const words = (run: Run, { stepS }: LimitedCurve) => formatDurationNs(lengthOf(run) * stepS * NS_PER_S)
  const [first, second] = [words(now, is), before === null ? 'none' : words(before, was)]
  return first === second ? `burst ${first}` : `burst ${first}, was ${second}`
}

/**
 * Where the one time at the limit ends, in seconds, after which the group has what it asks for; `open`: it lasts to the end;
 * null: none, or more than one.
 */
export function backlogEnd({ values, stepS, limit }: LimitedCurve): number | 'open' | null {
  if (limit === 0) return null
  const isNear = (value: number) => Math.abs(value - limit) <= limit * NEAR
  const [run, ...others] = runsOf(values, isNear).filter((each) => lengthOf(each) >= LEAST_STEPS)
  if (run === undefined || others.length > 0) return null
  const rest = values.slice(run.to)
  if (rest.length === 0) return 'open'
  // The first step after it may have both.
  const isOver = rest.length > LEAST_STEPS && rest.slice(1).every((value) => value < limit * FREE)
  return isOver ? run.to * stepS : null
}

/** `backlog ends 03:07, was 03:46`; `''` where neither is known. */
export function backlogWords(was: LimitedCurve, is: LimitedCurve): string {
  const [before, after] = [backlogEnd(was), backlogEnd(is)]
  if (typeof after === 'number') return `backlog ends ${clock(after)}${wasWords(before, after)}`
  return after === 'open' && typeof before === 'number' ? `backlog does not end, before it did at ${clock(before)}` : ''
}

/** The same as a sentence: `The backlog of gold ends at 03:07 instead of 03:46.`; `''` where nothing changed. */
export function backlogSentence(group: string, was: LimitedCurve, is: LimitedCurve): string {
  const [before, after] = [backlogEnd(was), backlogEnd(is)]
  const now = typeof after === 'number' ? clock(after) : null
  if (typeof before === 'number') {
    if (after === 'open') return `The backlog of ${group} no longer ends; it did at ${clock(before)}.`
    return now === null || now === clock(before)
      ? ''
      : `The backlog of ${group} ends at ${now} instead of ${clock(before)}.`
  }
  return before === 'open' && now !== null ? `The backlog of ${group} ends at ${now}; before, it did not.` : ''
}

function wasWords(before: number | 'open' | null, after: number): string {
  if (before === 'open') return ', before it did not'
  return before === null || clock(before) === clock(after) ? '' : `, was ${clock(before)}`
}

function clock(seconds: number): string {
  return formatClock(seconds * NS_PER_S)
}

function lengthOf({ from, to }: Run): number {
  return to - from
}

function runsOf(values: readonly number[], isIn: (value: number) => boolean): readonly Run[] {
  const runs: Run[] = []
  let from: number | null = null
  for (const [index, value] of values.entries()) {
    if (isIn(value)) from ??= index
    else if (from !== null) {
      runs.push({ from, to: index })
      from = null
    }
  }
  if (from !== null) runs.push({ from, to: values.length })
  return runs
}
