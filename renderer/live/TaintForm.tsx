import { invoke, reportFailure } from '../bridge/ipc.ts'
import { showForm, useLive } from '../store/live.ts'
import { useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import styles from './LiveOps.module.css'

/** Asked before the first command that libvirt passes to QEMU's own monitor. The answer holds for this connection. */
export function TaintForm() {
  const open = useLive(({ form }) => form === 'taint')
  const label = useUi((ui) => ui.qemu?.label ?? 'this VM')
  const isAttached = useUi((ui) => ui.qemu?.status === 'attached')
  const allow = () => {
    showForm(null)
    reportFailure(invoke('qemu/percentiles', { isOn: true, mayTaint: true }), 'vm')
  }
  return (
    <Dialog
      open={open}
      onClose={() => showForm(null)}
      title="Ask QEMU through libvirt?"
      size="s"
      footer={
        <>
          <Button onClick={() => showForm(null)}>Cancel</Button>
          <Button variant="primary" disabled={!isAttached} onClick={allow}>
            Allow for this connection
          </Button>
        </>
      }
    >
      <div className={styles.form}>
        <span className={styles.words}>
          Percentiles need QEMU’s own monitor, which libvirt passes on by <code>qemu-monitor-command</code>. libvirt
          then marks {label} as tainted (custom-monitor) until it is shut down, and your distribution may not support it
          in that state.
        </span>
        <span className={styles.words}>
          Weir sets a latency histogram on each disk that has none, reads QEMU’s counters, and removes its histograms
          when percentiles are switched off or the VM is disconnected. It asks again at the next connection.
        </span>
      </div>
    </Dialog>
  )
}
