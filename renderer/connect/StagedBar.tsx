import { useState } from 'react'
import type { QemuApplyReply, QemuChange } from '#shared/ipc/contract.ts'
import { invoke, reportFailure } from '../bridge/ipc.ts'
import { recordSent } from '../store/tape.ts'
import { announce, notify, useUi } from '../store/ui.ts'
import { edit } from '../store/workspace.ts'
import { Button } from '../ui/Button.tsx'
import { Switch } from '../ui/Switch.tsx'
import { ApplyReport } from './ApplyReport.tsx'
import { CommandsDialog } from './CommandsDialog.tsx'
import { revertedDrift, revertTo, stagedTitle } from './connect-model.ts'
import styles from './LiveBars.module.css'

const SHOWN_CHANGES = 6

/** What is desired beside what runs: what Apply would change in the running VM, in words and as commands. */
export function StagedBar() {
  const plan = useUi((ui) => ui.qemu?.plan ?? null)
  const reality = useUi((ui) => ui.qemu?.reality ?? null)
  const isAttached = useUi((ui) => ui.qemu?.status === 'attached')
  const [showsCommands, setShowsCommands] = useState(false)
  const apply = useApply()
  const isEmpty = !plan || (plan.changes.length === 0 && plan.impossible.length === 0)
  const revert = () => {
    if (!reality) return
    const { qemu, document } = useUi.getState()
    edit('Revert to what the VM runs', (open) => revertTo(reality, open))
    const told = revertedDrift(qemu?.drift ?? [], document.fileName)
    if (told === null) announce('Reverted to what the VM runs.')
    else notify('warn', told.message, told.advice)
  }
  return (
    <>
      {!isEmpty && (
        <section className={styles.bar} data-tone="warn" aria-label="Staged changes">
          <b>{stagedTitle(plan.changes.length)}</b>
          <Changes changes={plan.changes} />
          {plan.warnings.map((warning) => (
            <span key={warning} className={styles.words}>
              {warning}
            </span>
          ))}
          {plan.impossible.map((reason) => (
            <span key={reason} className={styles.impossible}>
              {reason}
            </span>
          ))}
          <NextStart />
          <span className={styles.actions}>
            <Button onClick={() => setShowsCommands(true)}>Show commands</Button>
            <Button disabled={!reality || apply.underWay} onClick={revert}>
              Revert
            </Button>
            <Button
              variant="primary"
              disabled={!isAttached || apply.underWay || plan.commands.length === 0}
              onClick={() => void apply.run(plan.commands)}
            >
              {apply.underWay ? 'Applying…' : 'Apply'}
            </Button>
          </span>
        </section>
      )}
      <CommandsDialog
        open={showsCommands && !isEmpty}
        commands={plan?.commands ?? []}
        onClose={() => setShowsCommands(false)}
      />
      <ApplyReport reply={apply.failure} onClose={apply.forget} />
    </>
  )
}

/** Of a libvirt domain: limits that its next start has, too. */
function NextStart() {
  const isOn = useUi((ui) => ui.qemu?.nextStart ?? null)
  if (isOn === null) return null
  return (
    <span className={styles.tick}>
      <Switch
        label="Also at the next start"
        checked={isOn}
        onChange={(next) => reportFailure(invoke('qemu/next-start', { isOn: next }), 'vm')}
      />
      Also at the next start (--config)
    </span>
  )
}

/** Each with its old value struck through; the rest as a number. */
function Changes({ changes }: { readonly changes: readonly QemuChange[] }) {
  const left = changes.length - SHOWN_CHANGES
  return (
    <>
      {changes.slice(0, SHOWN_CHANGES).map((change) => (
        <span key={`${change.subject} ${change.from} ${change.to}`} className={styles.change}>
          {change.subject}
          {change.subject.includes(':') ? ' ' : ': '}
          <del className={styles.from}>{change.from}</del>
          <span aria-hidden="true"> → </span>
          <ins className={styles.to}>{change.to}</ins>
        </span>
      ))}
      {left > 0 && <span className={styles.change}>+ {left} more</span>}
    </>
  )
}

function useApply() {
  const [underWay, setUnderWay] = useState(false)
  const [failure, setFailure] = useState<QemuApplyReply | null>(null)
  const run = async (commands: readonly string[]) => {
    setUnderWay(true)
    try {
      const reply = await invoke('qemu/apply', { commands })
      recordSent(reply)
      if (reply.ok) notify('ok', reply.message)
      else setFailure(reply)
    } catch (error) {
      notify('danger', 'The changes could not be sent.', error instanceof Error ? error.message : String(error))
    } finally {
      setUnderWay(false)
    }
  }
  return { underWay, failure, run, forget: () => setFailure(null) }
}
