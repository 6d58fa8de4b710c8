import type { ByteUnits } from '#shared/units.ts'
import { NS_PER_S } from '#shared/units.ts'
import { roundUp, type ValueKind } from './axis.ts'
import { binLast, binMax, binMean, makeBins } from './bins.ts'
import type { Plan, PlannedSeries, Tone } from './series-plan.ts'
import { type Summary, summarise } from './summary.ts'

// A plan and a span of samples as what recharts draws: few points, an axis that ends at a round number, and what is
// left off because it lies far above.

export interface ChartPoint {
  /** Seconds on the source's clock. */
  readonly t: number
  /** The same as a share of the span: it stays put where the span moves on. */
  readonly x: number
  readonly [key: string]: number | null
}

export interface ChartSeries extends Omit<PlannedSeries, 'value' | 'combine'> {
  /** null for a limit: it is what it is. */
  readonly summary: Summary | null
  readonly last: number | null
}

export interface ChartModel {
  readonly kind: ValueKind
  readonly series: readonly ChartSeries[]
  readonly points: readonly ChartPoint[]
  readonly fromS: number
  readonly toS: number
  readonly top: number
  /** Limits far above everything measured: told in words, or nothing else could be seen. */
  readonly above: readonly { readonly label: string; readonly value: number; readonly tone: Tone }[]
}

export interface SampleSpan {
  readonly first: number
  readonly end: number
  readonly fromNs: number
  readonly toNs: number
  readonly timeNs: (sample: number) => number
}

export const MAX_POINTS = 180
/** A limit up to so many times the largest measurement is drawn. */
const IN_SIGHT = 5

const COMBINE = { mean: binMean, last: binLast, max: binMax }

export function buildModel(plan: Plan, span: SampleSpan, bytes: ByteUnits): ChartModel {
  const { size, starts } = makeBins(span.first, span.end, MAX_POINTS)
  const columns = plan.series.map(({ combine, value }) => starts.map((start) => COMBINE[combine](value, start, size)))
  const drawn = plan.series
    .map((series, index) => ({ series, column: columns[index] ?? [] }))
    .filter(({ column }) => column.some((value) => value !== null))
  const peak = measuredPeak(drawn)
  const isFar = (column: Column) => Math.max(...column.map((value) => value ?? 0)) > peak * IN_SIGHT
  const far = drawn.filter(({ series, column }) => series.isBound && peak > 0 && isFar(column))
  const inSight = drawn.filter((each) => !far.includes(each))
  return {
    kind: plan.kind,
    series: inSight.map(({ series: { value, combine: _combine, ...series }, column }) => ({
      ...series,
      last: column.findLast((each) => each !== null) ?? null,
      summary: series.isBound ? null : summarise(value, span.first, span.end),
    })),
    points: starts.map((start, index) => {
      const t = binTimeS(span, start, size)
      const x = (t * NS_PER_S - span.fromNs) / Math.max(1, span.toNs - span.fromNs)
      return { t, x, ...Object.fromEntries(inSight.map(({ series, column }) => [series.key, column[index] ?? null])) }
    }),
    fromS: span.fromNs / NS_PER_S,
    toS: span.toNs / NS_PER_S,
    top: roundUp(topOf(inSight, peak), plan.kind, bytes),
    above: far.map(({ series, column }) => ({
      label: series.label,
      tone: series.tone,
      value: column.findLast((value) => value !== null) ?? 0,
    })),
  }
}

type Column = readonly (number | null)[]
interface Drawn {
  readonly series: PlannedSeries
  readonly column: Column
}

/** The highest point of what was measured, stacked as it will be drawn. */
function measuredPeak(drawn: readonly Drawn[]): number {
  const measured = drawn.filter(({ series }) => !series.isBound && !series.onShare)
  const length = drawn[0]?.column.length ?? 0
  let peak = 0
  for (let index = 0; index < length; index += 1) {
    let stack = 0
    for (const { series, column } of measured) {
      const value = column[index] ?? 0
      if (series.stacked) stack += value
      else peak = Math.max(peak, value)
    }
    peak = Math.max(peak, stack)
  }
  return peak
}

function topOf(drawn: readonly Drawn[], peak: number): number {
  const bounds = drawn.filter(({ series }) => series.isBound).flatMap(({ column }) => column)
  // A little air, so that a load held at its limit does not run along the frame.
  return Math.max(peak * 1.04, ...bounds.map((value) => (value ?? 0) * 1.02))
}

function binTimeS({ timeNs, first, end }: SampleSpan, start: number, size: number): number {
  const from = timeNs(Math.max(first, start))
  const to = timeNs(Math.min(end, start + size) - 1)
  return (from + to) / 2 / NS_PER_S
}
