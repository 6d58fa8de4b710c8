import { startTransition, useEffect, useState } from 'react'
import { laneNames } from '#shared/workspace/lanes.ts'
import { latestSnapshot, onSnapshot, samplesBetween, sampleTimeNs } from '../store/telemetry.ts'
import { useUi } from '../store/ui.ts'
import { currentWorkspace } from '../store/workspace.ts'
import { useShownLevel } from './chain-level.ts'
import { buildModel, type ChartModel } from './chart-model.ts'
import { parseSubject, type ShownSubject, subjectKey } from './subject.ts'
import { linesOfDevice, linesOfGroup, linesOfGroups } from './timeline-series.ts'
import { type LineMetric, shownRange, spanOf, useTimelineView } from './timeline-view.ts'

/** Text that changes more often cannot be read. */
const PERIOD_MS = 200
/** Longer spans move by less than a pixel in that time. */
const SLOW_PERIOD_MS = 500
const SLOW_SPAN_S = 120

/** The chart as of now, drawn again a few times a second when the browser is idle; while it is held, only on changes. */
export function useChartModel(subject: ShownSubject, metric: LineMetric): ChartModel {
  const bytes = useUi((ui) => ui.settings.units)
  const { spanS, heldNs } = useTimelineView()
  const key = subjectKey(subject)
  const level = useShownLevel(subject)
  const [model, setModel] = useState(() => computeModel({ subject, metric, level }, bytes))
  useEffect(() => {
    const draw = () =>
      startTransition(() => setModel(computeModel({ subject: parseSubject(key), metric, level }, bytes)))
    draw()
    if (heldNs !== null) return
    return repeatWhenIdle(draw, isLong(spanOf({ spanS })) ? SLOW_PERIOD_MS : PERIOD_MS)
  }, [key, metric, level, bytes, spanS, heldNs])
  return model
}

function isLong(spanS: number | null): boolean {
  return spanS === null || spanS > SLOW_SPAN_S
}

interface Drawn {
  readonly subject: ShownSubject
  readonly metric: LineMetric
  /** Of the subject's chain; null: it has one level. */
  readonly level: string | null
}

function computeModel({ subject, metric, level }: Drawn, bytes: 'binary' | 'decimal'): ChartModel {
  const snapshot = latestSnapshot()
  const { fromNs, toNs } = shownRange(useTimelineView.getState())
  const { first, end } = samplesBetween(fromNs, toNs)
  const lines =
    subject.kind === 'group'
      ? linesOfGroup(subject.name, metric, snapshot)
      : subject.kind === 'device'
        ? linesOfDevice(subject.id, metric, snapshot, level)
        : linesOfGroups(laneNames(currentWorkspace()), metric)
  return buildModel(lines, { first, end, fromNs, toNs, timeNs: sampleTimeNs }, bytes)
}

/** Calls `draw` after snapshots, at most every `periodMs`, and not while the browser has better to do. */
export function repeatWhenIdle(draw: () => void, periodMs: number): () => void {
  let idle: number | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let lastMs = performance.now()
  const ask = () => {
    timer = null
    idle ??= requestIdleCallback(
      () => {
        idle = null
        lastMs = performance.now()
        draw()
      },
      { timeout: periodMs * 2 },
    )
  }
  const stop = onSnapshot(() => {
    if (timer === null && idle === null) timer = setTimeout(ask, Math.max(0, lastMs + periodMs - performance.now()))
  })
  return () => {
    stop()
    if (timer !== null) clearTimeout(timer)
    if (idle !== null) cancelIdleCallback(idle)
  }
}
