import { History } from 'lucide-react'
import { invoke, reportFailure } from '../bridge/ipc.ts'
import { announce, notify, useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import styles from './LiveBars.module.css'

const SHOWN = 4

/** The VM left what the board was opened with: limits lost in a restart or a migration, or set by somebody else. */
export function DriftBar() {
  const drift = useUi((ui) => ui.qemu?.drift)
  const fileName = useUi((ui) => ui.document.fileName)
  const isAttached = useUi((ui) => ui.qemu?.status === 'attached')
  if (!drift || drift.length === 0) return null
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
        <Button
          size="s"
          disabled={!isAttached}
          onClick={() => reportFailure(invoke('qemu/drift', { action: 'adopt' }), 'vm')}
        >
          Keep the VM’s
        </Button>
        <Button size="s" disabled={!isAttached} onClick={() => void putBack()}>
          Put them back
        </Button>
      </span>
    </section>
  )
}

/** One click, unless other changes wait for Apply: those go only when the user says so. */
async function putBack(): Promise<void> {
  const isElseStaged = (useUi.getState().qemu?.plan.changes.length ?? 0) > 0
  const staged = await invoke('qemu/drift', { action: 'put-back' })
  if (!staged.ok) return notify('warn', staged.message)
  if (isElseStaged) return announce('Staged with the other changes.')
  const reply = await invoke('qemu/apply', { commands: null })
  notify(reply.ok ? 'ok' : 'warn', reply.message)
}
