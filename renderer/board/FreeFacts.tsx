import { useRef } from 'react'
import type { Snapshot } from '#shared/snapshot.ts'
import { formatBps, formatIops } from '#shared/units.ts'
import { usePaint } from '../store/paint.ts'
import { useUi } from '../store/ui.ts'
import styles from './LaneHead.module.css'
import { writeMetric, writeText } from './metric.ts'

/** What the devices without a group do together; there is no limit to hold it against. */
export function FreeFacts({ ids }: { readonly ids: readonly string[] }) {
  const root = useRef<HTMLDivElement>(null)
  const units = useUi((ui) => ui.settings.units)
  usePaint((snapshot) => {
    const part = (name: string) => root.current?.querySelector<HTMLElement>(`[data-part=${name}]`) ?? null
    const { iops, bps } = sumOf(snapshot, ids)
    writeMetric(part('iops'), iops, formatIops(iops))
    writeText(part('bps'), formatBps(bps, units))
  })
  return (
    <div ref={root}>
      <div className={styles.freeRow}>
        <span>Together</span>
        <span className="num">
          <span data-part="iops" /> IOPS
        </span>
        <span className="num" data-part="bps" />
      </div>
      <p className={styles.note}>No limits: every request goes straight to the disk.</p>
    </div>
  )
}

function sumOf(snapshot: Snapshot | null, ids: readonly string[]): { readonly iops: number; readonly bps: number } {
  let iops = 0
  let bps = 0
  for (const id of ids) {
    const device = snapshot?.devices[id]
    if (!device) continue
    iops += device.read.iops + device.write.iops
    bps += device.read.bps + device.write.bps
  }
  return { iops, bps }
}
