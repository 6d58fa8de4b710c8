import { invoke, reportFailure } from '../bridge/ipc.ts'
import { useHost } from '../store/host.ts'
import { showForm, useLive } from '../store/live.ts'
import { useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { Dialog } from '../ui/Dialog.tsx'
import styles from './LiveOps.module.css'

/** Asked before the first command that libvirt passes to QEMU's own monitor. The answer holds for this connection. */
export function TaintForm() {
  const open = useLive(({ form }) => form === 'taint')
  const vm = useLive(({ formVm }) => formVm)
  const { label, isReached } = useTaintTarget(vm)
  const allow = () => {
    const leave = { isOn: true, mayTaint: true } as const
    showForm(null)
    reportFailure(vm === null ? invoke('qemu/percentiles', leave) : invoke('host/percentiles', { vm, ...leave }), 'vm')
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
          <Button variant="primary" disabled={!isReached} onClick={allow}>
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
          when percentiles are switched off or {vm === null ? 'the VM' : 'the host'} is disconnected. It asks again at
          the next connection{vm === null ? '' : ', and for each other VM'}.
        </span>
      </div>
    </Dialog>
  )
}

/** Whose the question is: the VM on the board, or one of the host by its id. */
function useTaintTarget(vm: string | null): { readonly label: string; readonly isReached: boolean } {
  const label = useUi((ui) => ui.qemu?.label ?? 'this VM')
  const isAttached = useUi((ui) => ui.qemu?.status === 'attached')
  const name = useHost(({ host }) => host?.look.vms.find(({ id }) => id === vm)?.name)
  const isReached = useHost(({ host }) => vm !== null && host?.histograms[vm] !== undefined)
  return vm === null ? { label, isReached: isAttached } : { label: name ?? 'this VM', isReached }
}
