import { Copy } from 'lucide-react'
import { useState } from 'react'
import { invoke, reportFailure } from '../bridge/ipc.ts'
import { announce } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { CodeView } from '../ui/CodeView.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import styles from './LiveBars.module.css'

interface Props {
  readonly open: boolean
  readonly commands: readonly string[]
  readonly onClose: () => void
}

/** The exact QMP commands of a plan, in the order in which they go. */
export function CommandsDialog({ open, commands, onClose }: Props) {
  // The plan empties when it is applied: while the dialog closes it still shows what it showed.
  const [shown, setShown] = useState(commands)
  if (open && shown !== commands) setShown(commands)
  const text = `${shown.join('\n')}\n`
  const copy = async () => {
    const outcome = await invoke('clipboard/write', { text })
    if (outcome.ok) announce('Commands copied.')
    return outcome
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Commands"
      subtitle={`${shown.length} QMP ${shown.length === 1 ? 'command' : 'commands'}, in this order`}
      flush
      footer={
        <Button onClick={() => reportFailure(copy())}>
          <Copy />
          Copy
        </Button>
      }
    >
      <div className={styles.commands}>
        <CodeView label="QMP commands" text={text} language="json" />
      </div>
    </Dialog>
  )
}
