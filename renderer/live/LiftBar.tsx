import { Timer } from 'lucide-react'
import { useEffect, useState } from 'react'
import type { LiftState } from '#shared/ipc/live-ops.ts'
import { formatClock, NS_PER_MS } from '#shared/units.ts'
import { invoke, reportFailure } from '../bridge/ipc.ts'
import { Button } from '../ui/Button.tsx'
import styles from './LiveOps.module.css'

interface Props {
  readonly lift: LiftState
  /** Id of the VM of the host that is watched; null: the one on the board. */
  readonly vm: string | null
}

/** Limits that are lifted, with the time that is left. */
export function LiftBar({ lift, vm }: Props) {
  return (
    <section className={styles.bar} data-tone={lift.problem === null ? 'warn' : 'danger'} aria-label="Lifted limits">
      <Timer className={styles.icon} />
      <b>Limits of {lift.names.join(', ')} are lifted</b>
      <Left lift={lift} />
      {lift.isOthers && <span className={styles.words}>by another Weir process, which will put them back</span>}
      {lift.problem !== null && <span className={styles.words}>Not put back yet: {lift.problem}</span>}
      <Button size="s" onClick={() => reportFailure(invoke('lift/put-back', { vm }), 'vm')}>
        Put back now
      </Button>
    </section>
  )
}

function Left({ lift: { untilMs, job } }: { readonly lift: LiftState }) {
  const [nowMs, setNowMs] = useState(() => Date.now())
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [])
  const left = untilMs === null ? null : formatClock(Math.max(0, untilMs - nowMs) * NS_PER_MS)
  return (
    <span className={styles.words} role="timer">
      {left !== null && (
        <>
          for <span className={styles.clock}>{left}</span>
        </>
      )}
      {job !== null && ` ${left === null ? '' : 'or '}until ${job} ends`}
    </span>
  )
}
