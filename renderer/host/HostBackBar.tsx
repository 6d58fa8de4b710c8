import { ChevronLeft } from 'lucide-react'
import { useEffect } from 'react'
import { invoke, reportFailure } from '../bridge/ipc.ts'
import { closeChoose } from '../store/choose.ts'
import { useHost } from '../store/host.ts'
import { useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { Keys } from '../ui/Keys.tsx'
import styles from './HostBackBar.module.css'

/** Above the board of a VM that was opened from the table of its host: the way back. */
export function HostBackBar() {
  const isHere = useHost(({ host }) => host !== null && host.opened !== null)
  const isLive = useUi((ui) => ui.mode === 'qemu')
  const count = useHost(({ host }) => host?.look.vms.length ?? 0)
  const name = useHost(({ host }) => host?.look.host ?? '')
  const isShown = isHere && isLive
  useEffect(() => {
    if (!isShown) return
    const press = (event: KeyboardEvent) => {
      if (!event.altKey || event.key !== 'ArrowLeft' || useUi.getState().dialog !== null) return
      event.preventDefault()
      goBack()
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [isShown])
  if (!isShown) return null
  return (
    <div className={styles.bar}>
      <Button size="s" onClick={goBack}>
        <ChevronLeft /> All {count} VMs
      </Button>
      <span className={styles.name} title={name}>
        {name}
      </span>
      <Keys keys="Alt ←" />
    </div>
  )
}

function goBack(): void {
  closeChoose()
  reportFailure(invoke('host/back', null), 'vm')
}
