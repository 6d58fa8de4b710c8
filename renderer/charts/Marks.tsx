import { useMemo } from 'react'
import { useEvents } from '../store/events.ts'
import { useChain } from './chain-level.ts'
import styles from './Marks.module.css'
import { placeMarks } from './marks.ts'
import { PLOT } from './plot-frame.ts'
import type { ShownSubject } from './subject.ts'

interface Props {
  readonly subject: ShownSubject
  readonly fromS: number
  readonly toS: number
  readonly width: number
}

/** A line for each change; those too close together share their words. The Events tab tells all of them. */
export function Marks({ subject, fromS, toS, width }: Props) {
  const events = useEvents((state) => state.events)
  const chain = useChain(subject)
  const widthPx = Math.max(1, width - PLOT.left - PLOT.right)
  const marks = useMemo(
    () => placeMarks(events, subject, { fromS, toS, widthPx, chain }),
    [events, subject, fromS, toS, widthPx, chain],
  )
  return (
    <div
      className={styles.marks}
      style={{ left: PLOT.left, right: PLOT.right, top: PLOT.top, bottom: PLOT.bottom }}
      aria-hidden="true"
    >
      {marks.map((mark) => (
        <span
          key={mark.id}
          className={styles.mark}
          data-own={mark.isOwn || undefined}
          data-tone={mark.tone}
          style={{ left: `${mark.at * 100}%` }}
        >
          {mark.label !== null && (
            <span
              className={styles.label}
              data-side={mark.label.side}
              data-tone={mark.label.tone}
              title={mark.label.list ?? undefined}
              style={{ maxWidth: mark.label.widthPx }}
            >
              {mark.label.text}
            </span>
          )}
        </span>
      ))}
    </div>
  )
}
