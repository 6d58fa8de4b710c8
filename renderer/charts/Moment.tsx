import { useRef } from 'react'
import { NS_PER_S } from '#shared/units.ts'
import { usePaint } from '../store/paint.ts'
import styles from './Marks.module.css'
import { momentShare, PLOT } from './plot-frame.ts'
import { newestNs } from './timeline-view.ts'

interface Props {
  readonly fromS: number
  readonly toS: number
}

/** The moment the board shows, where that is not the newest: a prediction that is being scrubbed. */
export function Moment({ fromS, toS }: Props) {
  const line = useRef<HTMLSpanElement>(null)
  usePaint((snapshot) => {
    if (!line.current) return
    const share = momentShare((snapshot?.nowNs ?? 0) / NS_PER_S, fromS, toS)
    line.current.hidden = snapshot === null || snapshot.nowNs >= newestNs() || share < 0 || share > 1
    line.current.style.left = `${share * 100}%`
  })
  return (
    <div
      className={styles.marks}
      style={{ left: PLOT.left, right: PLOT.right, top: PLOT.top, bottom: PLOT.bottom }}
      aria-hidden="true"
    >
      <span ref={line} className={styles.moment} hidden />
    </div>
  )
}
