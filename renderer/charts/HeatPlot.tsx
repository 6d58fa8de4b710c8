import { useEffect, useRef } from 'react'
import { formatDurationNs } from '#shared/units.ts'
import { laneOf } from '#shared/workspace/lanes.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { deviceHeat, groupHeat } from '../store/telemetry.ts'
import { currentWorkspace } from '../store/workspace.ts'
import { currentColors, onColorsChange } from '../styles/colors.ts'
import { formatMoment, timeTicks } from '../ui/axis.ts'
import type { Size } from '../ui/use-size.ts'
import { type HeatModel, heatModel, rowTopNs } from './heat-model.ts'
import { momentShare, PLOT } from './plot-frame.ts'
import { parseSubject, type ShownSubject, subjectKey } from './subject.ts'
import { shownRange, useTimelineView } from './timeline-view.ts'
import { repeatWhenIdle } from './use-chart-model.ts'

interface Props {
  readonly subject: ShownSubject
  readonly size: Size
  /** Takes each chart that is drawn, for the cursor. */
  readonly onDraw: (model: HeatModel, fromS: number, toS: number) => void
}

const PERIOD_MS = 500

/** Waits of single requests, a canvas: second by second, one row per power of two of microseconds, the more the denser. */
export function HeatPlot({ subject, size, onDraw }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const { spanS, heldNs } = useTimelineView()
  const key = subjectKey(subject)
  const { width, height } = size
  const told = useRef(onDraw)
  useEffect(() => {
    told.current = onDraw
  })
  // biome-ignore lint/correctness/useExhaustiveDependencies: the span is read again with every chart
  useEffect(() => {
    const draw = () => {
      const range = shownRange(useTimelineView.getState())
      const fromS = range.fromNs / 1e9
      const toS = range.toNs / 1e9
      const model = heatModel(heatsOf(parseSubject(key)), fromS, toS)
      if (canvas.current) drawHeat(canvas.current, model, { width, height, fromS, toS })
      told.current(model, fromS, toS)
    }
    draw()
    const stopColors = onColorsChange(draw)
    const stop = heldNs === null ? repeatWhenIdle(draw, PERIOD_MS) : () => {}
    return () => {
      stopColors()
      stop()
    }
  }, [key, width, height, spanS, heldNs])
  return <canvas ref={canvas} />
}

function heatsOf(subject: ShownSubject) {
  const heats =
    subject.kind === 'device'
      ? [deviceHeat(subject.id)]
      : (subject.kind === 'group' ? [subject.name] : lanesWithCards(currentWorkspace())).map(groupHeat)
  return heats.filter((heat) => heat !== null)
}

/** Each device is in one of them, be its chain as long as it will. */
function lanesWithCards(workspace: Workspace): readonly string[] {
  const lanes = new Set(workspace.devices.map((device) => laneOf(workspace, device)))
  return Object.keys(workspace.groups).filter((group) => lanes.has(group))
}

interface View extends Size {
  readonly fromS: number
  readonly toS: number
}

function drawHeat(canvas: HTMLCanvasElement, model: HeatModel, view: View): void {
  const ratio = window.devicePixelRatio
  canvas.width = Math.round(view.width * ratio)
  canvas.height = Math.round(view.height * ratio)
  canvas.style.width = `${view.width}px`
  canvas.style.height = `${view.height}px`
  const context = canvas.getContext('2d')
  if (!context) return
  context.scale(ratio, ratio)
  const colors = currentColors()
  drawCells(context, model, view, colors.read)
  drawAxes(context, model, view, { text: colors.muted, line: colors.line })
}

function drawCells(context: CanvasRenderingContext2D, model: HeatModel, view: View, color: string): void {
  const width = view.width - PLOT.left - PLOT.right
  const height = view.height - PLOT.top - PLOT.bottom
  const rowHeight = height / model.rows
  context.save()
  context.beginPath()
  context.rect(PLOT.left, PLOT.top, width, height)
  context.clip()
  context.fillStyle = color
  for (let column = 0; column < model.columns; column += 1) {
    const left = PLOT.left + momentShare(model.firstS + column, view.fromS, view.toS) * width
    const right = PLOT.left + momentShare(model.firstS + column + 1, view.fromS, view.toS) * width
    for (let row = 0; row < model.rows; row += 1) {
      const count = model.counts[column * model.rows + row] ?? 0
      if (count === 0) continue
      // Few requests among many are the ones looked for: the root keeps them in sight.
      context.globalAlpha = 0.12 + 0.88 * Math.sqrt(count / model.most)
      const top = PLOT.top + height - (row + 1) * rowHeight
      context.fillRect(left, top, Math.max(1, right - left - 0.5), Math.max(1, rowHeight - 0.5))
    }
  }
  context.restore()
}

function drawAxes(
  context: CanvasRenderingContext2D,
  model: HeatModel,
  view: View,
  colors: { readonly text: string; readonly line: string },
): void {
  const width = view.width - PLOT.left - PLOT.right
  const bottom = view.height - PLOT.bottom
  const rowHeight = (bottom - PLOT.top) / model.rows
  context.font = '10.5px "Inter Variable", sans-serif'
  context.fillStyle = colors.text
  context.textBaseline = 'middle'
  context.textAlign = 'right'
  context.fillText('no wait', PLOT.left - 8, bottom - rowHeight / 2)
  const every = Math.max(1, Math.ceil(15 / rowHeight))
  for (let row = every; row < model.rows; row += every) {
    context.fillText(formatDurationNs(rowTopNs(row)), PLOT.left - 8, bottom - (row + 0.5) * rowHeight)
  }
  context.textAlign = 'center'
  context.textBaseline = 'alphabetic'
  for (const tick of timeTicks(view.fromS, view.toS, Math.max(2, Math.floor(view.width / 110)))) {
    const x = PLOT.left + momentShare(tick, view.fromS, view.toS) * width
    context.fillText(formatMoment(tick), x, view.height - 5)
  }
  context.strokeStyle = colors.line
  context.beginPath()
  context.moveTo(PLOT.left, bottom + 0.5)
  context.lineTo(view.width - PLOT.right, bottom + 0.5)
  context.stroke()
}
