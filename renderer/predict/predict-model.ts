import type { Snapshot } from '#shared/snapshot.ts'
import { limitOf } from '#shared/throttle/limits.ts'
import { NS_PER_S, parseDurationS } from '#shared/units.ts'
import { groupUse, measuredFlows } from '../store/group-use.ts'
import type { SliderScale } from '../ui/slider-scale.ts'

// What the predict view shows beyond the result's table, as plain values.

export const DURATIONS_S = [10, 60, 600, 3600, 86_400] as const
const MAX_DURATION_S = 30 * 86_400

const DURATION_UNITS = [
  [86_400, 'day'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const

/** `10`, `min`: a duration as number and unit, the largest unit that leaves no fraction. */
export function durationText(durationS: number): { readonly value: string; readonly unit: string } {
  const [scale, name] = DURATION_UNITS.find(([unitS]) => durationS % unitS === 0) ?? [1, 's']
  const value = durationS / scale
  return { value: String(value), unit: name === 'day' && value !== 1 ? 'days' : name }
}

export function parseRunDuration(text: string): number | { readonly problem: string } {
  const durationS = parseDurationS(text.replace(/\s*days?$/, 'd'))
  if (durationS === null) return { problem: `“${text.trim()}” is not a time: use 30 s, 10 min or 1 h` }
  if (typeof durationS !== 'number') return durationS
  if (durationS <= 0) return { problem: 'A run takes more than 0 s: use 30 s, 10 min or 1 h' }
  if (durationS > MAX_DURATION_S) return { problem: 'A run takes at most 30 days' }
  return durationS
}

/** The next usual duration above or below. */
export function stepDuration(durationS: number, towards: 'up' | 'down'): number {
  const next =
    towards === 'up' ? DURATIONS_S.find((each) => each > durationS) : DURATIONS_S.findLast((each) => each < durationS)
  return next ?? durationS
}

/** A slider over the moments of a run; PageUp and PageDown go by a tenth of it. */
export function momentScale(count: number): SliderScale {
  const last = Math.max(1, count - 1)
  const clamp = (moment: number) => Math.min(last, Math.max(0, Math.round(moment)))
  return {
    toPosition: (moment) => moment / last,
    toValue: (position) => clamp(position * last),
    step: (moment, towards, stride) => {
      const by = stride === 'large' ? Math.max(1, Math.round(last / 10)) : 1
      return clamp(moment + (towards === 'up' ? by : -by))
    },
    ticks: [],
  }
}

export type CurveName = 'iops' | 'bps' | 'fill'

export interface CurvePoint {
  readonly atS: number
  readonly now: number | null
  readonly before: number | null
  /** The limit in force, where there is one. */
  readonly limit: number | null
}

const MAX_POINTS = 300

/**
 * One figure of a group over a run, beside the same figure of the run it is compared with. The two are joined by index:
 * runs that are compared over the same time are sampled alike, others end where they end.
 */
export function curveOf(
  group: string,
  name: CurveName,
  snapshots: readonly Snapshot[],
  against: readonly Snapshot[],
): readonly CurvePoint[] {
  const stride = Math.max(1, Math.ceil(snapshots.length / MAX_POINTS))
  let at = 0
  return snapshots
    .filter((_, index) => index % stride === stride - 1 || index === snapshots.length - 1)
    .map((snapshot) => {
      while (at < against.length - 1 && (against[at + 1]?.nowNs ?? 0) <= snapshot.nowNs) at += 1
      const before = against[at]
      const isCovered = before !== undefined && snapshot.nowNs <= (against.at(-1)?.nowNs ?? 0) * 1.001
      return {
        atS: snapshot.nowNs / NS_PER_S,
        now: figureAt(snapshot, group, name),
        before: isCovered ? figureAt(before, group, name) : null,
        limit: limitLine(snapshot, group, name),
      }
    })
}

function figureAt(snapshot: Snapshot, group: string, name: CurveName): number | null {
  const found = snapshot.groups[group]
  if (!found) return null
  // Where large requests count as several, the limit is one on what is counted.
  if (name !== 'fill') return groupUse(found, `${name}-total`, measuredFlows(snapshot))
  const fills = Object.values(found.buckets).map((bucket) => (bucket.size > 0 ? bucket.level / bucket.size : 0))
  return fills.length === 0 ? null : Math.max(...fills)
}

function limitLine(snapshot: Snapshot, group: string, name: CurveName): number | null {
  const limits = snapshot.groups[group]?.limits
  if (!limits || name === 'fill') return null
  const total = limitOf(limits, `${name}-total`)
  return total === 0 ? null : total
}

const TICK_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 43_200, 86_400, 432_000]
const MAX_TICKS = 8

/** Moments on the axis of a run that people would write there. */
export function ticksOf(endS: number): readonly number[] {
  const stepS = TICK_STEPS_S.find((each) => endS / each <= MAX_TICKS) ?? 432_000
  return Array.from({ length: Math.floor(endS / stepS) + 1 }, (_, index) => index * stepS)
}

/** `42 s`, `2 min 5 s`, `3 h 20 min`: a moment on a run's axis. */
export function momentText(atS: number): string {
  const whole = Math.round(atS)
  const parts = [
    [Math.floor(whole / 3600), 'h'],
    [Math.floor(whole / 60) % 60, 'min'],
    [whole % 60, 's'],
  ] as const
  const told = parts.filter(([value]) => value > 0).slice(0, 2)
  return told.length === 0 ? '0 s' : told.map(([value, unit]) => `${value} ${unit}`).join(' ')
}
