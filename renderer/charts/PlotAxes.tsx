import type { ByteUnits } from '#shared/units.ts'
import { formatMoment, formatValue, timeTicks, valueTicks } from '../ui/axis.ts'
import type { ChartModel } from './chart-model.ts'
import styles from './PlotAxes.module.css'
import { momentShare, PLOT } from './plot-frame.ts'

interface Props {
  readonly model: Pick<ChartModel, 'kind' | 'top' | 'shareTop' | 'fromS' | 'toS'>
  readonly width: number
  readonly bytes: ByteUnits
}

/** Lines and figures of the axes, under the plot: values at the left, % of a bucket at the right, time below. */
export function PlotAxes({ model: { kind, top, shareTop, fromS, toS }, width, bytes }: Props) {
  const plotWidth = Math.max(1, width - PLOT.left - PLOT.right)
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
      {shareTop !== null &&
        shareTicks(shareTop).map((tick) => (
          <span key={`share ${tick}`} className={styles.share} style={{ bottom: `${(tick / shareTop) * 100}%` }}>
            {formatValue(tick, 'share', bytes)}
          </span>
        ))}
      {Math.max(shareTop ?? 0, kind === 'share' ? top : 0) > 1 && (
        <span className={styles.overdraft} style={{ height: `${(1 - 1 / (shareTop ?? top)) * 100}%` }}>
          overdraft
        </span>
      )}
      {timeTicks(fromS, toS, Math.max(2, Math.floor(width / 110))).map((tick) => {
        const at = momentShare(tick, fromS, toS)
        // Half a label's width from the end there is no room for it around its tick.
        const side = (1 - at) * plotWidth < 24 ? 'end' : undefined
        return (
          <span key={tick} className={styles.moment} data-side={side} style={{ left: `${at * 100}%` }}>
            {formatMoment(tick)}
          </span>
        )
      })}
    </div>
  )
}

function shareTicks(top: number): readonly number[] {
  return top > 1 ? [0.5, 1, top] : [0.5, 1]
}
