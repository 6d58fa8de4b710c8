import { useLive } from '../store/live.ts'
import { useUi } from '../store/ui.ts'
import { AlarmBar } from './AlarmBar.tsx'
import { AlarmSettingsForm } from './AlarmSettingsForm.tsx'
import { JobCards } from './JobCards.tsx'
import { LiftBar } from './LiftBar.tsx'
import { LiftForm } from './LiftForm.tsx'
import styles from './LiveOps.module.css'
import { RecordBar } from './RecordBar.tsx'
import { TaintForm } from './TaintForm.tsx'

/** Above the lanes of a live VM, for its operator: alarms, what is lifted, block jobs. */
export function LiveOps() {
  const lift = useLive((live) => live.lift)
  const isLive = useUi(({ mode, qemu }) => mode === 'qemu' && qemu !== null && qemu.status !== 'detached')
  if (!isLive) return null
  return (
    <>
      <section className={styles.ops} aria-label="Operations">
        {lift !== null && <LiftBar lift={lift} vm={null} />}
        <RecordBar />
        <AlarmBar />
        <JobCards />
      </section>
      <LiftForm />
      <AlarmSettingsForm />
      <TaintForm />
    </>
  )
}
