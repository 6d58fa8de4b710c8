import type { ByteUnits } from '#shared/units.ts'
import { formatMoment, formatValue, timeTicks, valueTicks } from './axis.ts'
import type { ChartModel } from './chart-model.ts'
import styles from './PlotAxes.module.css'
import { momentShare, PLOT } from './plot-frame.ts'

interface Props {
  readonly model: Pick<ChartModel, 'kind' | 'top' | 'fromS' | 'toS'>
  readonly width: number
  readonly bytes: ByteUnits
}

/** Lines and figures of both axes, under the plot. */
export function PlotAxes({ model: { kind, top, fromS, toS }, width, bytes }: Props) {
  return (
    <div
      className={styles.frame}
      style={{ left: PLOT.left, right: PLOT.right, top: PLOT.top, bottom: PLOT.bottom }}
      aria-hidden="true"
    >
      {valueTicks(top, kind).map((tick) => (
        <span key={tick} className={styles.value} style={{ bottom: `${(tick / top) * 100}%` }}>
          <span>{formatValue(tick, kind, bytes)}</span>
        </span>
      ))}
      {timeTicks(fromS, toS, Math.max(2, Math.floor(width / 110))).map((tick) => (
        <span key={tick} className={styles.moment} style={{ left: `${momentShare(tick, fromS, toS) * 100}%` }}>
          {formatMoment(tick)}
        </span>
      ))}
    </div>
  )
}
