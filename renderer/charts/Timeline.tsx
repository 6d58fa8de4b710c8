import { Activity } from 'lucide-react'
import { useCallback, useState } from 'react'
import type { BoardMode } from '#shared/ipc/contract.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { formatDurationNs, formatIops } from '#shared/units.ts'
import { useSnapshot } from '../store/telemetry.ts'
import { useUi } from '../store/ui.ts'
import { formatValue } from '../ui/axis.ts'
import { EmptyState } from '../ui/EmptyState.tsx'
import { useSize } from '../ui/use-size.ts'
import { Cursor, type Reading } from './Cursor.tsx'
import { useShownMetric } from './chain-level.ts'
import type { ChartModel } from './chart-model.ts'
import { HeatPlot } from './HeatPlot.tsx'
import { type HeatModel, readHeat, rowTopNs } from './heat-model.ts'
import { LinePlot } from './LinePlot.tsx'
import { Marks } from './Marks.tsx'
import { Moment } from './Moment.tsx'
import { metricTitle } from './metric-names.ts'
import { PlotAxes } from './PlotAxes.tsx'
import { SummaryRow } from './SummaryRow.tsx'
import { type ShownSubject, subjectTitle, useShownSubject } from './subject.ts'
import styles from './Timeline.module.css'
import { type LineMetric, scrollTimeline } from './timeline-view.ts'
import { toneColor } from './tone-color.ts'
import { useChartModel } from './use-chart-model.ts'

const HOW_TO_MEASURE: Readonly<Record<BoardMode, string>> = {
  lab: 'Start the run to see here what the devices do over time.',
  qemu: 'Connect to a running QEMU to see here what its disks do over time.',
  predict: 'Run a prediction to see here what the devices would do over time.',
}

/** What was measured over time, of the subject that the controls choose. */
export function Timeline() {
  const subject = useShownSubject()
  const metric = useShownMetric(subject)
  const mode = useUi((ui) => ui.mode)
  const isMeasured = useSnapshot(
    useCallback((snapshot: Snapshot | null) => snapshot !== null && snapshot.nowNs > 0, []),
  )
  if (!isMeasured) {
    return (
      <EmptyState icon={<Activity />} title="Nothing measured yet">
        {HOW_TO_MEASURE[mode]}
      </EmptyState>
    )
  }
  return metric === 'heat' ? <HeatChart subject={subject} /> : <LineChart subject={subject} metric={metric} />
}

function LineChart({ subject, metric }: { readonly subject: ShownSubject; readonly metric: LineMetric }) {
  const bytes = useUi((ui) => ui.settings.units)
  const [area, size] = useSize<HTMLDivElement>()
  const model = useChartModel(subject, metric)
  const { fromS, toS } = model
  const read = (seconds: number) => {
    const index = nearestIndex(model.momentsS, seconds)
    const atS = model.momentsS[index]
    return atS === undefined ? null : { t: atS, readings: readingsAt(model, index, bytes) }
  }
  const title = `${metricTitle(metric)} of ${subjectTitle(subject)}`
  return (
    <div className={styles.chart}>
      <section className={styles.plot} ref={area} aria-label={title}>
        {size.width > 0 && (
          <>
            <PlotAxes model={model} width={size.width} bytes={bytes} />
            <LinePlot model={model} size={size} />
            <Marks subject={subject} fromS={fromS} toS={toS} width={size.width} />
            <Moment fromS={fromS} toS={toS} />
            <Cursor label={title} fromS={fromS} toS={toS} read={read} onPan={scrollTimeline} />
          </>
        )}
      </section>
      <SummaryRow model={model} bytes={bytes} />
    </div>
  )
}

function HeatChart({ subject }: { readonly subject: ShownSubject }) {
  const [area, size] = useSize<HTMLDivElement>()
  const [drawn, setDrawn] = useState<{ model: HeatModel; fromS: number; toS: number } | null>(null)
  const title = `Waits of ${subjectTitle(subject)}`
  const read = (seconds: number) => {
    const reading = drawn && readHeat(drawn.model, seconds)
    return reading ? { t: Math.floor(seconds) + 0.5, readings: heatReadings(reading) } : null
  }
  return (
    <div className={styles.chart}>
      <section className={styles.plot} ref={area} aria-label={title}>
        {size.width > 0 && (
          <HeatPlot subject={subject} size={size} onDraw={(model, fromS, toS) => setDrawn({ model, fromS, toS })} />
        )}
        {drawn && size.width > 0 && (
          <>
            <Marks subject={subject} fromS={drawn.fromS} toS={drawn.toS} width={size.width} />
            <Moment fromS={drawn.fromS} toS={drawn.toS} />
            <Cursor label={title} fromS={drawn.fromS} toS={drawn.toS} read={read} onPan={scrollTimeline} />
          </>
        )}
      </section>
      <p className={styles.note}>
        One column per second, one row per doubling of the wait in the throttle; the denser, the more requests.
      </p>
    </div>
  )
}

/** -1: there is none. */
function nearestIndex(momentsS: readonly number[], seconds: number): number {
  let low = 0
  let high = momentsS.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((momentsS[middle] ?? 0) < seconds) low = middle + 1
    else high = middle
  }
  const after = momentsS[low]
  const before = momentsS[low - 1]
  if (before === undefined) return after === undefined ? -1 : low
  return after !== undefined && after - seconds < seconds - before ? low : low - 1
}

function readingsAt(model: ChartModel, index: number, bytes: 'binary' | 'decimal'): readonly Reading[] {
  return model.series.flatMap((series) => {
    const value = series.column[index] ?? null
    if (value === null) return []
    const kind = series.onShare ? 'share' : model.kind
    return [{ label: series.label, value: formatValue(value, kind, bytes), color: toneColor(series.tone) }]
  })
}

function heatReadings({
  requests,
  median,
  longest,
}: {
  requests: number
  median: number
  longest: number
}): readonly Reading[] {
  const color = 'var(--color-read)'
  const words = (row: number) => (row === 0 ? 'no wait' : `up to ${formatDurationNs(rowTopNs(row))}`)
  return [
    { label: 'requests', value: formatIops(requests), color },
    { label: 'median', value: words(median), color },
    { label: 'longest', value: words(longest), color },
  ]
}
