import { BellRing } from 'lucide-react'
import { useEffect } from 'react'
import { useLive } from '../store/live.ts'
import styles from './LiveOps.module.css'
import { watchAlarms } from './watch-alarms.ts'

const SHOWN = 4

/** What is an alarm now. */
export function AlarmBar() {
  const alarms = useLive((live) => live.alarms)
  useEffect(watchAlarms, [])
  if (alarms.length === 0) return null
  return (
    <section className={styles.bar} data-tone="danger" aria-label="Alarms">
      <BellRing className={styles.icon} />
      {alarms.slice(0, SHOWN).map(({ key, text }) => (
        <span key={key}>{text}</span>
      ))}
      {alarms.length > SHOWN && <span className={styles.words}>+ {alarms.length - SHOWN} more</span>}
    </section>
  )
}
