import { type Limits, limitOf, maxKey } from '../throttle/limits.ts'
import { formatBps, formatClock, formatIops, NS_PER_S } from '../units.ts'
import {
  backlogEnd,
  backlogSentence,
  backlogWords,
  burstWords,
  type LimitedCurve,
  longestBurst,
} from './curve-facts.ts'
import type { GroupCurves } from './group-curves.ts'
import { escaped } from './html.ts'

const WIDTH = 354
const HEIGHT = 200
const PLOT = { left: 52, right: 348, top: 30, bottom: 170 }

export interface ChartInput {
  readonly group: string
  readonly before: GroupCurves | null
  readonly after: GroupCurves | null
  readonly limitsBefore: Limits
  /** After the change. */
  readonly limits: Limits
}

/** Both curves of a group in the unit of its limit after the change. */
function curvesIn({ group, before, after, limitsBefore, limits }: ChartInput) {
  const isBytes = limitOf(limits, 'iops-total') === 0 && limitOf(limits, 'bps-total') > 0
  const bucket = isBytes ? 'bps-total' : 'iops-total'
  const limited = (curves: GroupCurves | null, under: Limits): LimitedCurve => ({
    values: curveOf(curves, group, isBytes),
    stepS: curves?.stepS ?? 0,
    limit: limitOf(under, bucket),
    max: limitOf(under, maxKey(bucket)),
  })
  return { isBytes, was: limited(before, limitsBefore), is: limited(after, limits) }
}

/** When the group's backlog ends, where the change moved that; else `''`. */
export function backlogChange(input: ChartInput): string {
  const { was, is } = curvesIn(input)
  return backlogSentence(input.group, was, is)
}

/** One group before and after on one axis, in the unit that its limit has. `''` where neither run has a curve. */
export function groupChart(input: ChartInput): string {
  const { group, before, after } = input
  const curves = curvesIn(input)
  const { isBytes } = curves
  const { limit } = curves.is
  const [was, is] = [curves.was.values, curves.is.values]
  if (was.length === 0 && is.length === 0) return ''
  const top = niceTop(Math.max(1, limit, ...was, ...is))
  const lengthS = Math.max(was.length * (before?.stepS ?? 0), is.length * (after?.stepS ?? 0))
  const x = (seconds: number) => PLOT.left + ((PLOT.right - PLOT.left) * seconds) / lengthS
  const y = (value: number) => PLOT.bottom - ((PLOT.bottom - PLOT.top) * value) / top
  const words = (value: number) => (isBytes ? formatBps(value) : formatIops(value))
  const path = (values: readonly number[], stepS: number) =>
    values
      .map((value, index) => `${index === 0 ? 'M' : 'L'}${x((index + 1) * stepS).toFixed(1)} ${y(value).toFixed(1)}`)
      .join('')
  const grid = [0, 0.25, 0.5, 0.75, 1].map(
    (share) =>
      `<path d="M${PLOT.left} ${y(top * share)}H${PLOT.right}" class="grid"/><text x="${PLOT.left - 6}" y="${y(top * share) + 3.5}" class="tick" text-anchor="end">${escaped(words(top * share))}</text>`,
  )
  const times = [0, 0.5, 1].map(
    (share) =>
      `<text x="${x(lengthS * share)}" y="${PLOT.bottom + 16}" class="tick" text-anchor="${share === 0 ? 'start' : share === 1 ? 'end' : 'middle'}">${formatClock(lengthS * share * NS_PER_S)}</text>`,
  )
  const label = `${group}: ${isBytes ? 'bandwidth' : 'IOPS'} before and after`
  return [
    `<svg width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escaped(label)}">`,
    `<text x="0" y="13" class="name">${escaped(group)}</text><text x="${PLOT.right}" y="13" class="unit" text-anchor="end">${isBytes ? 'bandwidth' : 'IOPS'}</text>`,
    ...grid,
    ...times,
    is.length < 2
      ? ''
      : `<path class="area" d="${path(is, after?.stepS ?? 0)}V${PLOT.bottom}H${x(after?.stepS ?? 0).toFixed(1)}Z"/>`,
    `<path class="before" d="${path(was, before?.stepS ?? 0)}"/>`,
    `<path class="after" d="${path(is, after?.stepS ?? 0)}"/>`,
    limit === 0
      ? ''
      : `<path class="limit" d="M${PLOT.left} ${y(limit)}H${PLOT.right}"/><text x="${PLOT.right}" y="${y(limit) - 5}" class="mark" text-anchor="end">limit ${escaped(words(limit))}</text>`,
    ...markTexts(curves.was, curves.is, x, y),
    '</svg>',
  ].join('')
}

/** How long the burst lasted, beside its end, and when the backlog ended, below the curve's fall. */
function markTexts(
  was: LimitedCurve,
  is: LimitedCurve,
  x: (seconds: number) => number,
  y: (value: number) => number,
): readonly string[] {
  const text = (atX: number, atY: number, words: string) => {
    const isLeft = atX > (PLOT.left + PLOT.right) / 2
    const place = isLeft ? atX - 6 : atX + 6
    return `<text x="${place.toFixed(1)}" y="${atY.toFixed(1)}" class="mark fact" text-anchor="${isLeft ? 'end' : 'start'}">${escaped(words)}</text>`
  }
  const burst = longestBurst(is)
  const [burstSays, backlogSays] = [burstWords(was, is), backlogWords(was, is)]
  const ends = backlogEnd(is)
  return [
    burst === null || burstSays === ''
      ? ''
      : text(x(burst.to * is.stepS), y(Math.max(...is.values.slice(burst.from, burst.to))) + 12, burstSays),
    backlogSays === '' ? '' : text(typeof ends === 'number' ? x(ends) : PLOT.right, PLOT.bottom - 7, backlogSays),
  ]
}

function curveOf(curves: GroupCurves | null, group: string, isBytes: boolean): readonly number[] {
  if (curves === null || !Object.hasOwn(curves.groups, group)) return []
  return curves.groups[group]?.[isBytes ? 'bps' : 'iops'] ?? []
}

function niceTop(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value))
  return power * ([1, 2, 4, 5, 8, 10].find((step) => step * power >= value * 1.02) ?? 20)
}
