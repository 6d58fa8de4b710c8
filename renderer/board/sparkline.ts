import { NS_PER_S } from '#shared/units.ts'
import { deviceColumn } from '../store/columns.ts'
import { momentsAfterPause } from '../store/pauses.ts'
import { deviceSeries, samplesBetween, sampleTimeNs } from '../store/telemetry.ts'
import { type Colors, currentColors } from '../styles/colors.ts'

// The last half minute of a device on its card, drawn on a canvas: ten redraws a second of many cards are too many for
// anything that lives in the page's tree. Reads stand on the ground, writes on the reads, so that the upper edge is the
// device's whole rate and can be held against its share of the limit (dashed) and its demand (dotted).

export const SPARK_HEIGHT = 46
const SPAN_NS = 30 * NS_PER_S
/** A stretch without samples that is at least so long is a gap in the line. */
const PAUSE_NS = 2 * NS_PER_S
const POINT_PX = 2
const TOP_PX = 3

const READ = deviceColumn('read-iops')
const WRITE = deviceColumn('write-iops')
const DEMAND = deviceColumn('demand-iops')

const MAX_POINTS = 400
const reads = new Float32Array(MAX_POINTS)
const totals = new Float32Array(MAX_POINTS)
const demands = new Float32Array(MAX_POINTS)

/** What a canvas shows. */
interface Drawn {
  readonly spark: Spark
  readonly step: number
  readonly ratio: number
  readonly colors: Colors
  readonly limitY: number | null
}

const drawn = new WeakMap<HTMLCanvasElement, Drawn>()

export interface Spark {
  readonly id: string
  readonly widthPx: number
  readonly nowNs: number
  readonly limitIops: number | null
}

/** Returns how far from the upper edge the limit's line is, for its label, which is text of the page: on a canvas text is
    as dear as all the lines together. Null: no line. The line moves on by whole points, about five times a second: each
    sample stays in the point that it was in, and of the ten snapshots a second every other one has nothing to draw. */
export function drawSparkline(canvas: HTMLCanvasElement, spark: Spark): number | null {
  const ratio = window.devicePixelRatio
  const colors = currentColors()
  const count = Math.min(MAX_POINTS, Math.floor(spark.widthPx / POINT_PX) + 1)
  const step = Math.floor(spark.nowNs / pointNs(count))
  const before = drawn.get(canvas)
  if (before && before.ratio === ratio && before.colors === colors && isSameDrawing(before, spark, step)) {
    // Asked again at this very moment it is drawn: then it is not time that has changed.
    drawn.set(canvas, { ...before, spark })
    return before.limitY
  }
  const limitY = draw(canvas, { spark, count, ratio, colors, fromNs: step * pointNs(count) - SPAN_NS })
  drawn.set(canvas, { spark, step, ratio, colors, limitY })
  return limitY
}

/** Only a moment later within the same point. */
function isSameDrawing({ spark, step }: Drawn, next: Spark, nextStep: number): boolean {
  const isLater = next.nowNs > spark.nowNs && nextStep === step
  return isLater && next.id === spark.id && next.widthPx === spark.widthPx
}

function pointNs(count: number): number {
  return SPAN_NS / Math.max(1, count - 1)
}

interface Drawing {
  readonly spark: Spark
  readonly count: number
  readonly ratio: number
  readonly colors: Colors
  readonly fromNs: number
}

function draw(canvas: HTMLCanvasElement, { spark, count, ratio, colors, fromNs }: Drawing): number | null {
  const width = Math.round(spark.widthPx * ratio)
  const height = Math.round(SPARK_HEIGHT * ratio)
  const context = canvas.getContext('2d')
  if (!context) return null
  if (canvas.width !== width || canvas.height !== height) {
    canvas.width = width
    canvas.height = height
    context.setTransform(ratio, 0, 0, ratio, 0, 0)
  }
  context.clearRect(0, 0, spark.widthPx, SPARK_HEIGHT)
  readPoints(spark, count, fromNs)
  const scale = { top: scaleTop(count, spark.limitIops), colors, spark, count }
  drawFlow(context, scale)
  drawDemand(context, scale)
  return drawLimit(context, scale)
}

interface Scale {
  readonly top: number
  readonly colors: Colors
  readonly spark: Spark
  readonly count: number
}

/** Means per point; NaN where nothing was measured. */
function readPoints(spark: Spark, count: number, fromNs: number): void {
  const sums = [reads, totals, demands]
  for (const sum of sums) sum.fill(0, 0, count)
  const hits = new Uint16Array(count)
  const demandHits = new Uint16Array(count)
  const series = deviceSeries(spark.id)
  const range = samplesBetween(fromNs, spark.nowNs)
  for (let sample = range.first; series && sample < range.end; sample += 1) {
    const read = series.value(READ, sample)
    if (Number.isNaN(read)) continue
    const point = Math.min(count - 1, Math.floor(((sampleTimeNs(sample) - fromNs) / SPAN_NS) * (count - 1) + 0.5))
    add(reads, point, read)
    add(totals, point, read + series.value(WRITE, sample))
    add(hits, point, 1)
    const demand = series.value(DEMAND, sample)
    if (Number.isNaN(demand)) continue
    add(demands, point, demand)
    add(demandHits, point, 1)
  }
  for (let point = 0; point < count; point += 1) {
    const hit = hits[point] || Number.NaN
    reads[point] = (reads[point] ?? 0) / hit
    totals[point] = (totals[point] ?? 0) / hit
    demands[point] = (demands[point] ?? 0) / (demandHits[point] || Number.NaN)
  }
}

function add(into: Float32Array | Uint16Array, index: number, value: number): void {
  into[index] = (into[index] ?? 0) + value
}

/** The rate at the upper edge. The demand may lie above it: it is then drawn along the edge. */
function scaleTop(count: number, limitIops: number | null): number {
  let highest = limitIops ?? 0
  let demand = 0
  for (let point = 0; point < count; point += 1) {
    const total = totals[point] ?? Number.NaN
    if (total > highest) highest = total
    const wanted = demands[point] ?? Number.NaN
    if (wanted > demand) demand = wanted
  }
  return Math.max(1, Math.min(Math.max(highest, demand) * 1.05, highest * 1.5))
}

function drawFlow(context: CanvasRenderingContext2D, scale: Scale): void {
  const { colors, count } = scale
  area(context, scale, reads, null)
  fill(context, colors.read)
  area(context, scale, totals, reads)
  fill(context, colors.write)
  if (hasAny(count, (point) => (totals[point] ?? 0) > (reads[point] ?? 0))) {
    line(context, scale, totals)
    stroke(context, colors.write, 1.5)
  }
  if (hasAny(count, (point) => (reads[point] ?? 0) > 0)) {
    line(context, scale, reads)
    stroke(context, colors.read, 1.5)
  }
}

function drawDemand(context: CanvasRenderingContext2D, scale: Scale): void {
  context.setLineDash([1.5, 3])
  line(context, scale, demands)
  stroke(context, scale.colors.demand, 1)
  context.setLineDash([])
}

function drawLimit(context: CanvasRenderingContext2D, scale: Scale): number | null {
  const { limitIops, widthPx } = scale.spark
  if (limitIops === null) return null
  const y = yOf(scale, limitIops)
  context.setLineDash([5, 4])
  context.beginPath()
  context.moveTo(0, y)
  context.lineTo(widthPx, y)
  stroke(context, scale.colors.limit, 1)
  context.setLineDash([])
  return y
}

function yOf(scale: Scale, value: number): number {
  const share = Math.min(1, value / scale.top)
  return SPARK_HEIGHT - 1 - share * (SPARK_HEIGHT - 1 - TOP_PX)
}

function line(context: CanvasRenderingContext2D, scale: Scale, values: Float32Array): void {
  context.beginPath()
  for (const points of stretches(scale.count, values)) tracePoints(context, scale, { values, points })
}

/** Between `values` and `ground`, or the lower edge for null. */
function area(
  context: CanvasRenderingContext2D,
  scale: Scale,
  values: Float32Array,
  ground: Float32Array | null,
): void {
  context.beginPath()
  for (const points of stretches(scale.count, values)) {
    tracePoints(context, scale, { values, points })
    for (const point of points.toReversed()) {
      context.lineTo(xOf(scale, point), ground ? yOf(scale, ground[point] ?? 0) : SPARK_HEIGHT)
    }
    context.closePath()
  }
}

interface Trace {
  readonly values: Float32Array
  readonly points: readonly number[]
}

function tracePoints(context: CanvasRenderingContext2D, scale: Scale, { values, points }: Trace): void {
  for (const [index, point] of points.entries()) {
    const [x, y] = [xOf(scale, point), yOf(scale, values[point] ?? 0)]
    if (index === 0) context.moveTo(x, y)
    else context.lineTo(x, y)
  }
}

/** The points that have a value, in stretches without a pause: a point between two samples has none of its own, and the line
    goes on to the next; over a time in which nothing was measured it does not (as in the timeline). */
function stretches(count: number, values: Float32Array): readonly (readonly number[])[] {
  const known = Array.from({ length: count }, (_none, point) => point).filter(
    (point) => !Number.isNaN(values[point] ?? Number.NaN),
  )
  const after = momentsAfterPause(known, (PAUSE_NS / SPAN_NS) * (count - 1))
  const found: number[][] = []
  for (const [index, point] of known.entries()) {
    const last = found.at(-1)
    if (last === undefined || after.has(index)) found.push([point])
    else last.push(point)
  }
  return found
}

function xOf(scale: Scale, point: number): number {
  return (point / (scale.count - 1)) * scale.spark.widthPx
}

function stroke(context: CanvasRenderingContext2D, color: string, width: number): void {
  context.strokeStyle = color
  context.lineWidth = width
  context.stroke()
}

function fill(context: CanvasRenderingContext2D, color: string): void {
  context.globalAlpha = 0.18
  context.fillStyle = color
  context.fill()
  context.globalAlpha = 1
}

function hasAny(count: number, isTrue: (point: number) => boolean): boolean {
  for (let point = 0; point < count; point += 1) if (isTrue(point)) return true
  return false
}
