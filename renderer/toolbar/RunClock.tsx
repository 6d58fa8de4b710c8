import { useRef } from 'react'
import type { RunState } from '#shared/snapshot.ts'
import { formatClock } from '#shared/units.ts'
import { usePaint } from '../store/paint.ts'
import styles from './Toolbar.module.css'

const WORDS: Readonly<Record<RunState, string>> = { running: 'Running', paused: 'Paused', stopped: 'Stopped' }

/** How long the lab has run. */
export function RunClock({ state }: { readonly state: RunState }) {
  const clock = useRef<HTMLTimeElement>(null)
  usePaint((snapshot) => {
    const text = formatClock(snapshot?.nowNs ?? 0)
    if (clock.current && clock.current.textContent !== text) clock.current.textContent = text
  })
  return (
    <span className={styles.clock} data-state={state}>
      <span className={styles.clockWord}>{WORDS[state]}</span>
      <time ref={clock} className="num" />
    </span>
  )
}
