import { BellRing } from 'lucide-react'
import { useEffect } from 'react'
import { useLive } from '../store/live.ts'
import { AlarmSettingsForm } from './AlarmSettingsForm.tsx'
import styles from './LiveOps.module.css'
import { watchAlarms } from './watch-alarms.ts'

const SHOWN = 4

/** What is an alarm now, and the way to say what shall be one. */
export function AlarmBar() {
  const alarms = useLive((live) => live.alarms)
  useEffect(watchAlarms, [])
  return (
    <>
      {alarms.length > 0 && (
        <section className={styles.bar} data-tone="danger" aria-label="Alarms">
          <BellRing className={styles.icon} />
          {alarms.slice(0, SHOWN).map(({ key, text }) => (
            <span key={key}>{text}</span>
          ))}
          {alarms.length > SHOWN && <span className={styles.words}>+ {alarms.length - SHOWN} more</span>}
        </section>
      )}
      <AlarmSettingsForm />
    </>
  )
}
