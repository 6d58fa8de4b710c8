import { History } from 'lucide-react'
import { announce, useUi } from '../store/ui.ts'
import { edit, useWorkspace } from '../store/workspace.ts'
import { Button } from '../ui/Button.tsx'
import { putBack } from './connect-model.ts'
import styles from './LiveBars.module.css'

const SHOWN = 4

/** The VM runs other limits than the file says: lost in a restart or a migration, or set by somebody else. */
export function DriftBar() {
  const drift = useUi((ui) => ui.qemu?.drift)
  const fileName = useUi((ui) => ui.document.fileName)
  const saved = useWorkspace((state) => state.saved)
  const isStaged = useUi((ui) => (ui.qemu?.plan.changes.length ?? 0) > 0)
  if (!drift || drift.length === 0) return null
  const stage = () => {
    if (!saved) return
    edit('Put the limits of the file back', (open) => putBack(saved, open))
    announce('The limits of the file are staged.')
  }
  return (
    <section className={styles.bar} data-tone="info" aria-label="Drift">
      <History className={styles.icon} />
      <b>The VM differs from {fileName ?? 'the file'}</b>
      {drift.slice(0, SHOWN).map((difference) => (
        <span key={difference} className={styles.change}>
          {difference}
        </span>
      ))}
      {drift.length > SHOWN && <span className={styles.change}>+ {drift.length - SHOWN} more</span>}
      <span className={styles.actions}>
        {isStaged ? (
          <span className={styles.words}>Staged below: Apply puts them back.</span>
        ) : (
          <Button size="s" disabled={!saved} onClick={stage}>
            Put them back
          </Button>
        )}
      </span>
    </section>
  )
}
