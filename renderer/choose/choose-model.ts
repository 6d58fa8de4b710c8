import {
  bucketFor,
  type FrontierChart,
  type FrontierLevels,
  type FrontierPercentile,
  type RateAndBucket,
  waitFor,
} from '#shared/frontier.ts'
import { shortBurstUnits } from '#shared/throttle/counting.ts'
import { formatBps, formatBytes, formatInteger, formatIops } from '#shared/units.ts'

// The geometry of the chart: rate to the right, burst upwards, both logarithmic. Pixels; y grows downwards.

export interface LogAxis {
  readonly min: number
  readonly max: number
  /** Pixel of `min` and of `max`. */
  readonly from: number
  readonly to: number
}

export interface Plot {
  readonly width: number
  readonly height: number
  readonly x: LogAxis
  readonly y: LogAxis
}

const MARGIN = { top: 22, right: 18, bottom: 44, left: 66 }
/** How many times the largest no-wait bucket above the mean rate the chart is high. */
const HEAD_ROOM = 1.8

export function plotOf(chart: FrontierChart, width: number, height: number): Plot {
  const { frontier, meanRate, bucket } = chart
  const first = frontier[0]?.rate ?? 1
  const last = frontier.at(-1)?.rate ?? 10
  const above = frontier.find(({ rate }) => rate > meanRate) ?? frontier[0]
  const least = bucket.startsWith('bps') ? 512 : 1
  const top = Math.max(above?.noWait ?? 0, shortBurstUnits(last), least * 4) * HEAD_ROOM
  return {
    width,
    height,
    x: { min: first, max: Math.max(last, first * 2), from: MARGIN.left, to: width - MARGIN.right },
    y: { min: Math.max(least, top / 5000), max: top, from: height - MARGIN.bottom, to: MARGIN.top },
  }
}

export function placeOn({ min, max, from, to }: LogAxis, value: number): number {
  return from + ((to - from) * Math.log(Math.max(value, min * 1e-3) / min)) / Math.log(max / min)
}

export function valueOn({ min, max, from, to }: LogAxis, pixel: number): number {
  const share = Math.min(1, Math.max(0, (pixel - from) / (to - from)))
  return min * (max / min) ** share
}

/** 1, 2 and 5 times powers of ten inside the axis. */
export function ticksOn({ min, max }: LogAxis): readonly number[] {
  const ticks: number[] = []
  for (let power = 10 ** Math.floor(Math.log10(min)); power <= max; power *= 10) {
    for (const step of [1, 2, 5]) if (step * power >= min && step * power <= max) ticks.push(step * power)
  }
  const wide = Math.ceil(ticks.length / 12)
  return ticks.filter((_, index) => index % wide === 0)
}

export type Band = 'no-wait' | '1ms' | '10ms' | '100ms' | 'over'

const BAND_WAITS: readonly { readonly band: Band; readonly waitS: number }[] = [
  { band: '1ms', waitS: 0.001 },
  { band: '10ms', waitS: 0.01 },
  { band: '100ms', waitS: 0.1 },
]

export type Needed = (levels: FrontierLevels) => number

export interface Edge {
  readonly band: Band
  readonly needed: Needed
}

/** The lower edge of each band, from the top of the chart down: the bucket from which on it holds. */
export function edgesOf(percentile: FrontierPercentile | 100): readonly Edge[] {
  const edge = (waitS: number) => (levels: FrontierLevels) => bucketFor(levels, percentile, waitS)
  return [
    { band: 'no-wait', needed: (levels) => levels.noWait },
    ...BAND_WAITS.map(({ band, waitS }) => ({ band, needed: edge(waitS) })),
  ]
}

/** A line through the chart as an SVG path. */
export function pathOf(chart: FrontierChart, plot: Plot, needed: Needed): string {
  const points = chart.frontier.map((levels) => pointText(plot, levels, placeOn(plot.y, needed(levels))))
  return points.length === 0 ? '' : `M${points.join('L')}`
}

/** What lies between two lines; null is the top or the bottom of the chart. */
export function areaBetween(chart: FrontierChart, plot: Plot, upper: Needed | null, lower: Needed | null): string {
  const line = (needed: Needed | null, edge: number, order: readonly FrontierLevels[]) =>
    order.map((levels) => pointText(plot, levels, needed === null ? edge : placeOn(plot.y, needed(levels))))
  const forth = line(upper, plot.y.to, chart.frontier)
  const back = line(lower, plot.y.from, chart.frontier.toReversed())
  return `M${[...forth, ...back].join('L')}Z`
}

function pointText(plot: Plot, levels: FrontierLevels, y: number): string {
  return `${round(placeOn(plot.x, levels.rate))} ${round(y)}`
}

function round(pixel: number): number {
  return Math.round(pixel * 10) / 10
}

export interface BandLabel {
  readonly band: Band
  readonly x: number
  readonly y: number
}

const LABEL_HEIGHT = 16
const LABEL_MARGIN = 46

/** Each band's name where the band is highest; a band too thin for it has none. */
export function bandLabels(
  chart: FrontierChart,
  plot: Plot,
  percentile: FrontierPercentile | 100,
): readonly BandLabel[] {
  const edges = edgesOf(percentile)
  const within = chart.frontier.filter(({ rate }) => {
    const x = placeOn(plot.x, rate)
    return rate > chart.meanRate && x > plot.x.from + LABEL_MARGIN && x < plot.x.to - LABEL_MARGIN
  })
  const bands: readonly Band[] = [...edges.map((edge) => edge.band), 'over']
  return bands.flatMap((band, index) => {
    const upper = edges[index - 1]?.needed ?? null
    const lower = edges[index]?.needed ?? null
    let best: BandLabel | null = null
    let bestHeight = LABEL_HEIGHT
    for (const levels of within) {
      const top = upper === null ? plot.y.to : Math.max(plot.y.to, placeOn(plot.y, upper(levels)))
      const bottom = lower === null ? plot.y.from : Math.min(plot.y.from, placeOn(plot.y, lower(levels)))
      if (bottom - top <= bestHeight) continue
      bestHeight = bottom - top
      best = { band, x: placeOn(plot.x, levels.rate), y: (top + bottom) / 2 }
    }
    return best === null ? [] : [best]
  })
}

/** The nearest limits that can be set: no burst (a tenth of the rate) or a burst of at least the rate; two digits. */
export function snapped({ x, y }: Plot, point: RateAndBucket): RateAndBucket {
  const rate = Math.max(1, twoDigits(clamp(point.rate, x.min, x.max)))
  const wanted = clamp(point.bucket, y.min, y.max)
  if (wanted < rate / Math.sqrt(10)) return { rate, bucket: shortBurstUnits(rate) }
  return { rate, bucket: Math.max(rate, twoDigits(wanted)) }
}

function clamp(value: number, min: number, max: number): number {
  return Math.min(max, Math.max(min, value))
}

function twoDigits(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, value))) - 1)
  return Math.max(1, Math.round(value / step) * step)
}

/** The levels at the rate nearest to `rate`. */
export function levelsNear({ frontier }: FrontierChart, rate: number): FrontierLevels | null {
  let best: FrontierLevels | null = null
  for (const levels of frontier) {
    if (best === null || Math.abs(Math.log(levels.rate / rate)) < Math.abs(Math.log(best.rate / rate))) best = levels
  }
  return best
}

/** The wait whose line runs through `point`, in seconds, as `roundedWait` gives it. */
export function waitThrough(chart: FrontierChart, percentile: FrontierPercentile | 100, point: RateAndBucket): number {
  const levels = levelsNear(chart, point.rate)
  return roundedWait(levels === null ? 0 : waitFor(levels, percentile, point.bucket))
}

/** To two digits, from a tenth of a millisecond to 100 s. */
export function roundedWait(waitS: number): number {
  const clamped = clamp(waitS, 1e-4, 100)
  const step = 10 ** (Math.floor(Math.log10(clamped)) - 1)
  return Number((Math.round(clamped / step) * step).toPrecision(6))
}

export interface UnitWords {
  readonly rate: (value: number) => string
  readonly units: (value: number) => string
}

export function wordsFor(bucket: string, units: 'binary' | 'decimal'): UnitWords {
  if (bucket.startsWith('bps')) {
    return { rate: (value) => formatBps(value, units), units: (value) => formatBytes(value, units) }
  }
  return {
    rate: (value) => `${formatIops(value)} IOPS`,
    units: (value) => (value < 10 ? String(Math.round(value * 10) / 10) : formatInteger(value)),
  }
}
