import { CircleCheck, CircleX } from 'lucide-react'
import { useState } from 'react'
import type { QemuApplyReply } from '#shared/ipc/contract.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import { Note } from '../ui/Note.tsx'
import styles from './ApplyReport.module.css'

interface Props {
  /** null: nothing to report. */
  readonly reply: QemuApplyReply | null
  readonly onClose: () => void
}

/** What took and what did not, command by command, with QEMU's own words. */
export function ApplyReport({ reply, onClose }: Props) {
  const [shown, setShown] = useState(reply)
  if (reply !== null && reply !== shown) setShown(reply)
  const failed = shown?.answers.filter((answer) => !answer.ok).length ?? 0
  return (
    <Dialog
      open={reply !== null}
      onClose={onClose}
      title="Not everything took effect"
      subtitle={failed === 0 ? '' : `${failed} of ${shown?.answers.length} commands failed`}
      footer={
        <Button variant="primary" onClick={onClose}>
          Close
        </Button>
      }
    >
      {shown && (
        <div className={styles.report}>
          <Note tone="warn">{shown.message}</Note>
          <ul className={styles.list} aria-label="Answers">
            {shown.answers.map((answer) => (
              <li key={answer.command} className={styles.answer} data-ok={answer.ok || undefined}>
                {answer.ok ? <CircleCheck aria-label="Done" /> : <CircleX aria-label="Failed" />}
                <code className={styles.command}>{answer.command}</code>
                <span className={styles.words}>{answer.answer}</span>
              </li>
            ))}
          </ul>
        </div>
      )}
    </Dialog>
  )
}
