import { History } from 'lucide-react'
import { invoke, tell } from '../bridge/ipc.ts'
import { announce, useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import styles from './LiveBars.module.css'

const SHOWN = 4

/** The VM runs other limits than the board was opened with: lost in a restart or a migration, or set by somebody else. */
export function DriftBar() {
  const drift = useUi((ui) => ui.qemu?.drift)
  const fileName = useUi((ui) => ui.document.fileName)
  if (!drift || drift.length === 0) return null
  const putBack = async () => {
    const outcome = await invoke('qemu/drift', { action: 'put-back' })
    if (outcome.ok) announce('What the VM lost is staged.')
    return outcome
  }
  return (
    <section className={styles.bar} data-tone="info" aria-label="Drift">
      <History className={styles.icon} />
      <b>The VM differs from {fileName ?? 'what was set'}</b>
      {drift.slice(0, SHOWN).map((difference) => (
        <span key={difference} className={styles.change}>
          {difference}
        </span>
      ))}
      {drift.length > SHOWN && <span className={styles.change}>+ {drift.length - SHOWN} more</span>}
      <span className={styles.actions}>
        <Button size="s" onClick={() => tell(invoke('qemu/drift', { action: 'adopt' }))}>
          Keep the VM’s
        </Button>
        <Button size="s" onClick={() => tell(putBack())}>
          Put them back
        </Button>
      </span>
    </section>
  )
}
