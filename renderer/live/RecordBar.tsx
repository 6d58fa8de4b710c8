import { CircleDot } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { RecordingState } from '#shared/ipc/live-ops.ts'
import { formatClock, formatDurationNs, NS_PER_MS, NS_PER_S } from '#shared/units.ts'
import { invoke, reportFailure } from '../bridge/ipc.ts'
import { useLive } from '../store/live.ts'
import { Button } from '../ui/Button.tsx'
import styles from './LiveOps.module.css'

/** That this VM is recorded, where to and for how long; then what came of it. */
export function RecordBar() {
  const recording = useLive((live) => live.recording)
  if (recording === null) return null
  const { fileName, startedMs, end } = recording
  const stop = () => reportFailure(invoke('record/stop', null), 'vm')
  return (
    <section className={styles.bar} data-tone={end === null ? undefined : toneOf(end)} aria-label="Recording">
      <CircleDot className={styles.icon} />
      {end === null ? (
        <>
          <b>Recording to {fileName}</b>
          <Since startedMs={startedMs} />
          <Button size="s" onClick={stop}>
            Stop
          </Button>
        </>
      ) : (
        <>
          <b>
            {fileName}: {end.requests} {end.requests === 1 ? 'request' : 'requests'} in{' '}
            {formatDurationNs(end.seconds * NS_PER_S)}
          </b>
          {end.problem !== null && <span className={styles.words}>Not complete: {end.problem}</span>}
          {end.why !== null && <span className={styles.words}>Ended early: {end.why}</span>}
          <Button size="s" onClick={stop}>
            Close
          </Button>
        </>
      )}
    </section>
  )
}

function toneOf({ problem, why }: NonNullable<RecordingState['end']>): 'danger' | 'warn' | undefined {
  if (problem !== null) return 'danger'
  return why === null ? undefined : 'warn'
}

function Since({ startedMs }: { readonly startedMs: number }) {
  const [nowMs, setNowMs] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  return (
    <span className={styles.clock} role="timer">
      {formatClock(Math.max(0, nowMs - startedMs) * NS_PER_MS)}
    </span>
  )
}
