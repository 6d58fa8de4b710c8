import { type Colors, currentColors } from '../styles/colors.ts'
import type { Size } from '../ui/use-size.ts'
import type { ChartModel, ChartSeries } from './chart-model.ts'
import { momentShare, PLOT } from './plot-frame.ts'
import { canvasColor } from './tone-color.ts'

// The lines of the timeline on a canvas. A chart of 180 points and seven lines takes well under a millisecond; as a tree
// of SVG by recharts it took 20.

interface View {
  readonly context: CanvasRenderingContext2D
  readonly model: ChartModel
  readonly colors: Colors
  /** Left edge of each of the model's moments, in px. */
  readonly xs: readonly number[]
  /** px of a value on the axis that the series stands on. */
  readonly yOf: (series: ChartSeries, value: number) => number
}

export function drawLines(canvas: HTMLCanvasElement, model: ChartModel, { width, height }: Size): void {
  const context = fitCanvas(canvas, { width, height })
  if (!context) return
  const plot = { width: width - PLOT.left - PLOT.right, height: height - PLOT.top - PLOT.bottom }
  context.clearRect(0, 0, width, height)
  context.save()
  context.beginPath()
  // Half a line's width more, so that what runs along the edge keeps its thickness.
  context.rect(PLOT.left, PLOT.top - 1, plot.width, plot.height + 2)
  context.clip()
  const view: View = {
    context,
    model,
    colors: currentColors(),
    xs: model.momentsS.map((atS) => PLOT.left + momentShare(atS, model.fromS, model.toS) * plot.width),
    yOf: (series, value) => {
      const top = series.onShare ? (model.shareTop ?? 1) : model.top
      return PLOT.top + plot.height * (1 - Math.min(1, value / top))
    },
  }
  const ground = new Float64Array(model.momentsS.length)
  for (const series of model.series) {
    if (series.stacked) {
      drawArea(view, series, ground)
      addTo(ground, series)
    } else if (series.shape === 'area') drawArea(view, series, null)
    else drawLine(view, series, null)
  }
  context.restore()
}

function fitCanvas(canvas: HTMLCanvasElement, { width, height }: Size): CanvasRenderingContext2D | null {
  const ratio = window.devicePixelRatio
  const [pixelWidth, pixelHeight] = [Math.round(width * ratio), Math.round(height * ratio)]
  if (canvas.width !== pixelWidth || canvas.height !== pixelHeight) {
    canvas.width = pixelWidth
    canvas.height = pixelHeight
    canvas.style.width = `${width}px`
    canvas.style.height = `${height}px`
  }
  const context = canvas.getContext('2d')
  context?.setTransform(ratio, 0, 0, ratio, 0, 0)
  return context
}

function addTo(ground: Float64Array, { column }: ChartSeries): void {
  for (let index = 0; index < ground.length; index += 1) ground[index] = (ground[index] ?? 0) + (column[index] ?? 0)
}

/** Filled down to `ground`, or to 0 for null; each stretch between two gaps on its own. */
function drawArea(view: View, series: ChartSeries, ground: Float64Array | null): void {
  const { context, xs } = view
  // Levels of a chain lie on each other and are told apart by their areas.
  context.globalAlpha = series.tone.startsWith('level-') ? 0.42 : 0.16
  context.fillStyle = canvasColor(series.tone, view.colors)
  for (const [first, end] of stretches(series)) {
    context.beginPath()
    tracePath(view, series, { first, end, ground })
    for (let index = end - 1; index >= first; index -= 1) {
      context.lineTo(xs[index] ?? 0, view.yOf(series, ground?.[index] ?? 0))
    }
    context.fill()
  }
  context.globalAlpha = 1
  // A flow of nothing on top of another would hide its line.
  const isNothing = ground !== null && series.column.every((value) => (value ?? 0) === 0)
  if (!isNothing || ground.every((value) => value === 0)) drawLine(view, series, ground)
}

function drawLine(view: View, series: ChartSeries, ground: Float64Array | null): void {
  const { context } = view
  context.strokeStyle = canvasColor(series.tone, view.colors)
  context.lineWidth = series.isBound ? 1.3 : 1.6
  context.lineJoin = 'round'
  context.setLineDash(series.dash === undefined ? [] : series.dash.split(' ').map(Number))
  context.beginPath()
  for (const [first, end] of stretches(series)) tracePath(view, series, { first, end, ground })
  context.stroke()
  context.setLineDash([])
}

interface Stretch {
  readonly first: number
  readonly end: number
  readonly ground: Float64Array | null
}

function tracePath({ context, xs, yOf }: View, series: ChartSeries, { first, end, ground }: Stretch): void {
  let before = 0
  for (let index = first; index < end; index += 1) {
    const x = xs[index] ?? 0
    const y = yOf(series, (series.column[index] ?? 0) + (ground?.[index] ?? 0))
    if (index === first) context.moveTo(x, y)
    else {
      if (series.shape === 'step' && y !== before) context.lineTo(x, before)
      context.lineTo(x, y)
    }
    before = y
  }
  // A point alone is a dot.
  if (end - first === 1) context.lineTo((xs[first] ?? 0) + 1, before)
}

/** First and end of what lies between gaps. */
function stretches({ column }: ChartSeries): readonly (readonly [first: number, end: number])[] {
  const found: [number, number][] = []
  for (let index = 0; index < column.length; index += 1) {
    if ((column[index] ?? null) === null) continue
    const last = found.at(-1)
    if (last?.[1] === index) last[1] = index + 1
    else found.push([index, index + 1])
  }
  return found
}
