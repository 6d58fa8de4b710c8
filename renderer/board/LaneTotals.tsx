import { useRef } from 'react'
import type { Snapshot } from '#shared/snapshot.ts'
import { formatBps, formatIops } from '#shared/units.ts'
import type { Device } from '#shared/workspace/workspace.ts'
import { usePaint } from '../store/paint.ts'
import { shownFlows, shownRates } from '../store/shown-rates.ts'
import { useUi } from '../store/ui.ts'
import { writeMetric } from '../ui/metric.ts'
import styles from './LaneTotals.module.css'

interface Props {
  readonly devices: readonly Device[]
  /** hidden: for assistive technology and tools only, where meters already say it to the eye. */
  readonly look: 'row' | 'inline' | 'hidden'
}

/** What the devices of a lane do together. */
export function LaneTotals({ devices, look }: Props) {
  const root = useRef<HTMLDivElement>(null)
  const units = useUi((ui) => ui.settings.units)
  usePaint((snapshot) => {
    const find = (metric: string) => root.current?.querySelector<HTMLElement>(`[data-metric=${metric}]`) ?? null
    const { iops, bps } = sumOf(snapshot, devices)
    // Nothing measured yet is not zero.
    const text = (measured: string) => (snapshot === null ? '–' : measured)
    writeMetric(find('iops'), iops, text(formatIops(iops)))
    writeMetric(find('bps'), bps, text(formatBps(bps, units)))
  })
  return (
    <div ref={root} className={look === 'hidden' ? 'visually-hidden' : styles.totals} data-look={look}>
      <span className={styles.word}>Together</span>{' '}
      <span className="num">
        <span data-metric="iops" /> IOPS
      </span>{' '}
      <span className="num" data-metric="bps" />
    </div>
  )
}

function sumOf(snapshot: Snapshot | null, devices: readonly Device[]): { readonly iops: number; readonly bps: number } {
  let iops = 0
  let bps = 0
  const flowOf = snapshot === null ? null : shownFlows(snapshot)
  for (const { id } of devices) {
    if (flowOf === null || !snapshot?.devices[id]) continue
    const rates = shownRates(flowOf, id)
    iops += rates.iops
    bps += rates.bps
  }
  return { iops, bps }
}
