import { Cpu } from 'lucide-react'
import { openDialog } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import styles from './LiveBars.module.css'

/** Live QEMU without a VM: nothing on the board could be true. */
export function NoVm() {
  return (
    <EmptyState icon={<Cpu />} title="No VM is attached">
      <p>Connect to the QMP socket of a running QEMU to see its disks and throttle groups, and to tune them.</p>
      <p className={styles.assurance}>Nothing is changed in the VM until you press Apply.</p>
      <Button variant="primary" onClick={() => openDialog('connect')}>
        Connect to a VM…
      </Button>
    </EmptyState>
  )
}
