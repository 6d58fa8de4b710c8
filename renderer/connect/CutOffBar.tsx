import { TriangleAlert } from 'lucide-react'
import { invoke, reportFailure } from '../bridge/ipc.ts'
import { useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import styles from './LiveBars.module.css'

/** An earlier Apply ended in the middle: the VM is neither as before nor as wanted. */
export function CutOffBar() {
  const isCutOff = useUi((ui) => ui.qemu?.cutOff === true && ui.qemu.status === 'attached')
  if (!isCutOff) return null
  const settle = (action: 'finish' | 'put-back' | 'leave') => reportFailure(invoke('qemu/cut-off', { action }), 'vm')
  return (
    <section className={styles.bar} data-tone="warn" aria-label="Apply interrupted">
      <TriangleAlert className={styles.icon} />
      <b>An earlier Apply to this VM was interrupted</b>
      <span className={styles.words}>
        Part of it may have taken effect. Either choice is only staged; nothing is sent yet.
      </span>
      <span className={styles.actions}>
        <Button size="s" onClick={() => settle('leave')}>
          Leave it
        </Button>
        <Button size="s" onClick={() => settle('put-back')}>
          Put back
        </Button>
        <Button size="s" onClick={() => settle('finish')}>
          Finish
        </Button>
      </span>
    </section>
  )
}
