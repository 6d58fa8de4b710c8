import type { ByteUnits } from '#shared/units.ts'
import { NS_PER_S } from '#shared/units.ts'
import { momentsAfterPause } from '../store/pauses.ts'
import { roundUp, type ValueKind } from '../ui/axis.ts'
import { binLast, binMax, binMean, makeBins } from './bins.ts'
import { type Summary, summarise } from './summary.ts'
import type { TimelineLines, TimelineSeries, Tone } from './timeline-series.ts'

// Lines and a span of samples as a chart: few points, axes that end at round numbers, and what is left off because it
// lies far above. The figures of the legend are those of the points, so that they say what the lines show.

export interface ChartSeries extends Omit<TimelineSeries, 'value' | 'combine'> {
  /** A value for each of the model's moments; null: not measured. */
  readonly column: Column
  /** null for a limit: it is what it is. */
  readonly summary: Summary | null
  readonly last: number | null
}

export interface ChartModel {
  readonly kind: ValueKind
  readonly series: readonly ChartSeries[]
  /** Of the points, ascending, in seconds on the source's clock. */
  readonly momentsS: readonly number[]
  readonly fromS: number
  readonly toS: number
  readonly top: number
  /** Where the axis in % ends, as a share; null: nothing stands on it. Above 1 is overdraft: a request is let go while there
      is room, and may take more than the room. */
  readonly shareTop: number | null
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

export function buildModel(lines: TimelineLines, span: SampleSpan, bytes: ByteUnits): ChartModel {
  const { size, starts } = makeBins(span.first, span.end, MAX_POINTS)
  const { momentsS, points } = withPauses(starts.map((start) => binTimeS(span, start, size)))
  const columns = lines.series.map(({ combine, value }) =>
    points.map((point) => (point === null ? null : COMBINE[combine](value, starts[point] ?? 0, size))),
  )
  const drawn = lines.series
    .map((series, index) => ({ series, column: columns[index] ?? [] }))
    .filter(({ column }) => column.some((value) => value !== null))
  const peak = measuredPeak(drawn)
  const isFar = (column: Column) => Math.max(...column.map((value) => value ?? 0)) > peak * IN_SIGHT
  const far = drawn.filter(({ series, column }) => series.isBound && peak > 0 && isFar(column))
  const inSight = drawn.filter((each) => !far.includes(each))
  return {
    kind: lines.kind,
    series: inSight.map(({ series: { value: _value, combine: _combine, ...series }, column }) => ({
      ...series,
      column,
      last: column.findLast((each) => each !== null) ?? null,
      summary: series.isBound ? null : summarise((index) => column[index] ?? Number.NaN, 0, column.length),
    })),
    momentsS,
    fromS: span.fromNs / NS_PER_S,
    toS: span.toNs / NS_PER_S,
    top: lines.kind === 'share' ? shareTopOf(inSight) : roundUp(topOf(inSight, peak), lines.kind, bytes),
    shareTop: inSight.some(({ series }) => series.onShare)
      ? shareTopOf(inSight.filter(({ series }) => series.onShare))
      : null,
    above: far.map(({ series, column }) => ({
      label: series.label,
      tone: series.tone,
      value: column.findLast((value) => value !== null) ?? 0,
    })),
  }
}

/** A time without samples that a line does not lead over. */
const PAUSE_S = 2

/** With a moment of nothing in the middle of each pause, so that no line leads over it. */
function withPauses(momentsS: readonly number[]): {
  readonly momentsS: readonly number[]
  /** Index into the moments given; null: a moment of nothing. */
  readonly points: readonly (number | null)[]
} {
  const after = momentsAfterPause(momentsS, PAUSE_S)
  const all = momentsS.flatMap((atS, index) => {
    if (!after.has(index)) return [{ atS, point: index }]
    const middleS = (atS + (momentsS[index - 1] ?? atS)) / 2
    return [
      { atS: middleS, point: null },
      { atS, point: index },
    ]
  })
  return { momentsS: all.map(({ atS }) => atS), points: all.map(({ point }) => point) }
}

const MAX_SHARE = 2

/** A full bucket is the end of the axis; where one was overdrawn, quarters above it, up to twice its size. */
function shareTopOf(drawn: readonly Drawn[]): number {
  const most = Math.max(0, ...drawn.flatMap(({ column }) => column.map((value) => value ?? 0)))
  return most <= 1.005 ? 1 : Math.min(MAX_SHARE, Math.ceil(most * 4) / 4)
}

export type Column = readonly (number | null)[]
interface Drawn {
  readonly series: TimelineSeries
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
