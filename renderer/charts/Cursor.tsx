import { type KeyboardEvent, type PointerEvent, useRef, useState } from 'react'
import { formatMoment } from '../ui/axis.ts'
import styles from './Cursor.module.css'
import { PLOT } from './plot-frame.ts'
import { scrollTimeline } from './timeline-view.ts'

export interface Reading {
  readonly label: string
  readonly value: string
  readonly color: string
}

interface Props {
  /** `IOPS of gold`. */
  readonly label: string
  readonly fromS: number
  readonly toS: number
  /** The moment that is nearest, and what was measured then; null: nothing was. */
  readonly read: (seconds: number) => { readonly t: number; readonly readings: readonly Reading[] } | null
  /** Pans by this share of the span, back for negative ones. */
  readonly onPan: (shareOfSpan: number) => void
}

/**
 * Lies over a plot. The pointer or the arrow keys move a line through time and tell what was measured; dragging and
 * scrolling sideways go back in time. For assistive technology it is a slider over moments.
 */
export function Cursor({ label, fromS, toS, read, onPan }: Props) {
  const area = useRef<HTMLDivElement>(null)
  const [share, setShare] = useState<number | null>(null)
  const pan = usePan(onPan)
  const seconds = fromS + (toS - fromS) * (share ?? 1)
  const reading = share === null ? null : read(seconds)
  const at = reading === null ? null : (reading.t - fromS) / (toS - fromS)
  const place = (event: PointerEvent) => {
    const box = area.current?.getBoundingClientRect()
    if (box) setShare(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)))
  }
  const moveByKey = keysOf(share, setShare)
  const words =
    reading === null ? 'nothing measured' : reading.readings.map((each) => `${each.label} ${each.value}`).join(', ')
  return (
    <div
      ref={area}
      className={styles.area}
      style={{ left: PLOT.left, right: PLOT.right, top: PLOT.top, bottom: PLOT.bottom }}
      role="slider"
      tabIndex={0}
      aria-label={`${label}, moment`}
      aria-valuemin={Math.round(fromS)}
      aria-valuemax={Math.round(toS)}
      aria-valuenow={Math.round(seconds)}
      aria-valuetext={`${formatMoment(Math.round(seconds * 10) / 10)}: ${words}`}
      onKeyDown={moveByKey}
      onPointerDown={pan.begin}
      onPointerMove={(event) => {
        place(event)
        pan.move(event)
      }}
      onPointerUp={pan.end}
      onPointerLeave={() => setShare(null)}
      onBlur={() => setShare(null)}
      onWheel={(event) => {
        const sideways = event.shiftKey ? event.deltaY : event.deltaX
        if (sideways !== 0) onPan(sideways / 1000)
      }}
    >
      {reading !== null && at !== null && <Readout at={at} {...reading} />}
    </div>
  )
}

/** The line at the moment, and what was measured then. */
function Readout({
  at,
  t,
  readings,
}: {
  readonly at: number
  readonly t: number
  readonly readings: readonly Reading[]
}) {
  return (
    <>
      <span className={styles.line} style={{ left: `${at * 100}%` }} />
      <div className={styles.readout} data-side={at > 0.6 ? 'left' : 'right'} style={{ left: `${at * 100}%` }}>
        <b>{formatMoment(Math.round(t * 10) / 10)}</b>
        {readings.map((each) => (
          <span key={each.label} className={styles.reading}>
            <i style={{ background: each.color }} />
            {each.label}
            <span className="num">{each.value}</span>
          </span>
        ))}
      </div>
    </>
  )
}

/** Arrow keys, Home and End move through what is shown, PageUp and PageDown scroll it, Escape takes the line away. */
function keysOf(share: number | null, setShare: (share: number | null) => void) {
  return (event: KeyboardEvent) => {
    const step = event.shiftKey ? 0.1 : 0.01
    const moves: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => setShare(Math.max(0, (share ?? 1) - step)),
      ArrowRight: () => setShare(Math.min(1, (share ?? 1) + step)),
      Home: () => setShare(0),
      End: () => setShare(1),
      PageUp: () => scrollTimeline(-0.5),
      PageDown: () => scrollTimeline(0.5),
      Escape: () => setShare(null),
    }
    const move = moves[event.key]
    if (!move || (event.key === 'Escape' && share === null)) return
    event.preventDefault()
    event.stopPropagation()
    move()
  }
}

/** idle → pressed → panning; the pointer is captured once it moves. */
function usePan(onPan: (shareOfSpan: number) => void) {
  const last = useRef<number | null>(null)
  return {
    begin: (event: PointerEvent) => {
      if (event.button === 0) last.current = event.clientX
    },
    move: (event: PointerEvent) => {
      if (last.current === null || event.clientX === last.current) return
      event.currentTarget.setPointerCapture(event.pointerId)
      onPan((last.current - event.clientX) / Math.max(1, event.currentTarget.clientWidth))
      last.current = event.clientX
    },
    end: () => {
      last.current = null
    },
  }
}
