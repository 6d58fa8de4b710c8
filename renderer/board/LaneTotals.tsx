import { useRef, useState } from 'react'
import type { Snapshot } from '#shared/snapshot.ts'
import { formatBps, formatIops } from '#shared/units.ts'
import type { Device } from '#shared/workspace/workspace.ts'
import { usePaint } from '../store/paint.ts'
import { useUi } from '../store/ui.ts'
import styles from './LaneTotals.module.css'
import { writeMetric } from './metric.ts'
import { Smooth } from './smooth.ts'

interface Props {
  readonly devices: readonly Device[]
  /** hidden: for assistive technology and tools only, where meters already say it to the eye. */
  readonly look: 'row' | 'inline' | 'hidden'
}

/** What the devices of a lane do together. */
export function LaneTotals({ devices, look }: Props) {
  const root = useRef<HTMLDivElement>(null)
  const units = useUi((ui) => ui.settings.units)
  const [smooth] = useState(() => ({ iops: new Smooth(), bps: new Smooth() }))
  usePaint((snapshot) => {
    const find = (metric: string) => root.current?.querySelector<HTMLElement>(`[data-metric=${metric}]`) ?? null
    const { iops, bps } = sumOf(snapshot, devices)
    const nowNs = snapshot?.nowNs ?? 0
    // Nothing measured yet is not zero.
    const text = (measured: string) => (snapshot === null ? '–' : measured)
    writeMetric(find('iops'), iops, text(formatIops(smooth.iops.next(iops, nowNs))))
    writeMetric(find('bps'), bps, text(formatBps(smooth.bps.next(bps, nowNs), units)))
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
  for (const { id } of devices) {
    const device = snapshot?.devices[id]
    if (!device) continue
    iops += device.read.iops + device.write.iops
    bps += device.read.bps + device.write.bps
  }
  return { iops, bps }
}
