import { currentColors } from '../styles/colors.ts'

/** Room for `1 000 MiB`. */
const LEFT = 60
const BOTTOM = 15
/** Of the others, the next noisiest first. */
const ALPHAS = [0.34, 0.28, 0.22, 0.17, 0.12]

export interface BandAxis {
  readonly format: (value: number) => string
  /** The round end of an axis that has room for a value. */
  readonly topOf: (most: number) => number
  /** From the left end of the axis to now, at equal distances. */
  readonly times: readonly string[]
}

/** Bands one on the other with the line of the whole host; fits its canvas. */
export function drawBands(canvas: HTMLCanvasElement, edges: readonly Float32Array[], axis: BandAxis): void {
  const [width, height] = [canvas.clientWidth, canvas.clientHeight]
  const ratio = window.devicePixelRatio
  canvas.width = Math.round(width * ratio)
  canvas.height = Math.round(height * ratio)
  const context = canvas.getContext('2d')
  if (!context) return
  context.scale(ratio, ratio)
  const total = edges.at(-1) ?? new Float32Array()
  const top = axis.topOf(total.reduce((most, value) => (value > most ? value : most), 0))
  const xOf = (index: number) => LEFT + (index / Math.max(1, total.length - 1)) * (width - LEFT)
  const yOf = (value: number) => height - BOTTOM - (value / top) * (height - BOTTOM - 7)
  const colors = currentColors()
  drawAxis(context, { width, height, yOf, top, axis })
  for (const [index, edge] of edges.entries()) {
    const below = edges[index - 1] ?? null
    context.globalAlpha = index === 0 ? 0.75 : (ALPHAS[index - 1] ?? 0.12)
    context.fillStyle = index === 0 ? colors.read : colors.muted
    for (const [from, to] of knownSpans(total)) {
      context.beginPath()
      for (let at = from; at <= to; at += 1) context.lineTo(xOf(at), yOf(edge[at] || 0))
      for (let at = to; at >= from; at -= 1) context.lineTo(xOf(at), yOf(below?.[at] || 0))
      context.fill()
    }
  }
  context.globalAlpha = 1
  context.strokeStyle = colors.muted
  context.lineWidth = 1.2
  for (const [from, to] of knownSpans(total)) {
    context.beginPath()
    for (let at = from; at <= to; at += 1) context.lineTo(xOf(at), yOf(total[at] || 0))
    context.stroke()
  }
}

interface Frame {
  readonly width: number
  readonly height: number
  readonly yOf: (value: number) => number
  readonly top: number
  readonly axis: BandAxis
}

function drawAxis(context: CanvasRenderingContext2D, { width, height, yOf, top, axis }: Frame): void {
  const colors = currentColors()
  context.font = `10px ${getComputedStyle(context.canvas).fontFamily}`
  context.fillStyle = colors.muted
  context.strokeStyle = colors.line
  context.textAlign = 'right'
  context.textBaseline = 'middle'
  for (const value of [0, top / 2, top]) {
    context.beginPath()
    context.moveTo(LEFT, Math.round(yOf(value)) + 0.5)
    context.lineTo(width, Math.round(yOf(value)) + 0.5)
    context.stroke()
    if (value > 0) context.fillText(axis.format(value), LEFT - 6, yOf(value))
  }
  context.textBaseline = 'alphabetic'
  context.fillText('now', width, height - 3)
  for (const [index, text] of axis.times.entries()) {
    context.textAlign = index === 0 ? 'left' : 'center'
    context.fillText(text, LEFT + (index / axis.times.length) * (width - LEFT), height - 3)
  }
}

/** Where something is known: first and last index of each stretch. */
function knownSpans(values: Float32Array): readonly (readonly [number, number])[] {
  const spans: [number, number][] = []
  for (const [at, value] of values.entries()) {
    if (Number.isNaN(value)) continue
    const last = spans.at(-1)
    if (last !== undefined && last[1] === at - 1) last[1] = at
    else spans.push([at, at])
  }
  return spans
}
