import { Boxes } from 'lucide-react'
import { addDeviceTo, addGroupWith } from '../store/actions.ts'
import { openLessons } from '../store/lessons.ts'
import { openDialog, useUi } from '../store/ui.ts'
import { Button } from '../ui/Button.tsx'
import { EmptyState } from '../ui/EmptyState.tsx'
import styles from './Board.module.css'

/** Nothing there yet: says what to do in the mode at hand. */
export function EmptyBoard() {
  const mode = useUi((ui) => ui.mode)
  return <div className={styles.emptyBoard}>{mode === 'qemu' ? <EmptyVm /> : <EmptyWorkspace />}</div>
}

function EmptyVm() {
  return <EmptyState title="This VM has no disk">There is nothing to throttle until one is plugged in.</EmptyState>
}

function EmptyWorkspace() {
  return (
    <EmptyState icon={<Boxes />} title="An empty workspace">
      <p>A throttle group holds limits; the devices in it share them. Start with either, or with an example.</p>
      <div className={styles.emptyActions}>
        <Button variant="primary" onClick={() => addGroupWith([])}>
          New group
        </Button>
        <Button onClick={() => addDeviceTo(null)}>New device</Button>
        <Button onClick={() => openDialog('examples')}>Examples</Button>
        <Button onClick={openLessons}>Learn by doing</Button>
        <Button onClick={() => openDialog('import')}>Import</Button>
      </div>
    </EmptyState>
  )
}
