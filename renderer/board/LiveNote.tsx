import { useRef } from 'react'
import { usePaint } from '../store/paint.ts'
import { writeText } from '../ui/metric.ts'
import { forecast } from './forecast.ts'
import styles from './LaneHead.module.css'

/** On a live VM, in place of ring, timer and queue, which QEMU does not report: what the estimated levels say is coming. */
export function LiveNote({ group }: { readonly group: string }) {
  const text = useRef<HTMLSpanElement>(null)
  usePaint((snapshot) => {
    const measured = snapshot?.groups[group]
    writeText(text.current, measured ? forecast(measured) : '')
  })
  return (
    <p className={styles.note}>
      <span
        className={styles.estimated}
        title="QEMU does not report bucket levels; Weir estimates them from its counters."
      >
        estimated
      </span>{' '}
      <span ref={text} className={styles.forecast} />
    </p>
  )
}
