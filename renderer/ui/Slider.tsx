import { Slider as Base } from '@base-ui/react/slider'
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from 'react'
import styles from './Slider.module.css'
import { type GesturePhase, type Reports, useReports } from './slider-reports.ts'
import type { SliderScale } from './slider-scale.ts'

interface Props {
  readonly label: string
  readonly value: number
  readonly scale: SliderScale
  /** The value in words, for assistive technology. */
  readonly valueText: string
  readonly onChange: (value: number) => void
  /** All changes between `begin` and `end` belong together; `cancel` (Escape) takes them back. */
  readonly onGesture?: (phase: GesturePhase) => void
  readonly tone?: 'read' | 'write' | 'burst' | 'plain'
  readonly disabled?: boolean
  readonly invalid?: boolean
  readonly describedBy?: string
  /** Stands on the track, placed by its own `left` in percent: where something measured is now. */
  readonly mark?: ReactNode
}

/** Positions are whole numbers 0…POSITIONS: the native input below would round others. */
const POSITIONS = 1000

export function Slider(props: Props) {
  const { label, scale, valueText, tone = 'plain', disabled = false, mark } = props
  const reports = useReports(props)
  const value = reports.ahead ?? props.value
  const gesture = useGesture(reports)
  const changeByKey = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.key === 'Escape' && gesture.cancel()) return event.stopPropagation()
    const next = valueForKey(event, value, scale)
    if (next === null) return
    event.preventDefault() // Base UI's own steps are even ones
    gesture.begin('key')
    reports.change(next)
  }
  return (
    <Base.Root
      className={styles.root}
      value={Math.round(scale.toPosition(value) * POSITIONS)}
      min={0}
      max={POSITIONS}
      disabled={disabled}
      data-tone={tone}
      data-invalid={props.invalid || undefined}
      onValueChange={(position, { reason }) => {
        if (gesture.cancelled()) return
        const byInput = reason === 'input-change'
        if (byInput) gesture.begin('key')
        reports.change(scale.toValue(position / POSITIONS))
        if (byInput) gesture.end()
      }}
    >
      <Base.Control
        className={styles.control}
        onPointerDownCapture={(event) => event.button === 0 && gesture.begin('pointer')}
      >
        <Base.Track className={styles.track}>
          {scale.ticks.map((tick) => (
            <span key={tick} className={styles.tick} style={{ left: `${tick * 100}%` }} />
          ))}
          <Base.Indicator className={styles.indicator} />
          {mark}
          <Base.Thumb
            className={styles.thumb}
            aria-label={label}
            aria-valuetext={valueText}
            aria-describedby={props.describedBy}
            onKeyDown={changeByKey}
            onKeyUp={gesture.end}
            onBlur={gesture.end}
          />
        </Base.Track>
      </Base.Control>
    </Base.Root>
  )
}

function valueForKey(event: KeyboardEvent, value: number, scale: SliderScale): number | null {
  if (event.ctrlKey || event.altKey || event.metaKey) return null
  const stride = event.shiftKey ? 'large' : 'small'
  switch (event.key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return scale.step(value, 'up', stride)
    case 'ArrowLeft':
    case 'ArrowDown':
      return scale.step(value, 'down', stride)
    case 'PageUp':
      return scale.step(value, 'up', 'large')
    case 'PageDown':
      return scale.step(value, 'down', 'large')
    case 'Home':
      return scale.toValue(0)
    case 'End':
      return scale.toValue(1)
    default:
      return null
  }
}

/**
 * idle → begun (by pointer or key) → idle. After Escape the pointer may still be down: what it does until it is released
 * counts no more.
 */
function useGesture(reports: Reports) {
  const state = useRef<'idle' | 'pointer' | 'key' | 'cancelled'>('idle')
  const report = useRef(reports)
  useEffect(() => {
    report.current = reports
  })
  const end = useRef(() => {
    window.removeEventListener('pointerup', end.current)
    window.removeEventListener('pointercancel', end.current)
    if (state.current === 'pointer' || state.current === 'key') report.current.end()
    state.current = 'idle'
  })
  useEffect(() => () => end.current(), [])
  return {
    begin: (by: 'pointer' | 'key') => {
      if (state.current === 'pointer' || state.current === by) return
      end.current()
      state.current = by
      report.current.begin()
      if (by === 'key') return
      // On the window: they come after the slider's own listeners on the document have made the last change.
      window.addEventListener('pointerup', end.current)
      window.addEventListener('pointercancel', end.current)
    },
    end: () => {
      if (state.current === 'key') end.current()
    },
    cancel: () => {
      if (state.current === 'idle' || state.current === 'cancelled') return false
      state.current = 'cancelled'
      report.current.cancel()
      return true
    },
    cancelled: () => state.current === 'cancelled',
  }
}
