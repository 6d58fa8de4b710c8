import { Pause, Play, Redo2, RotateCcw, Search, Undo2, Upload } from 'lucide-react'
import type { ReactNode } from 'react'
import type { BoardMode } from '#shared/ipc/contract.ts'
import type { RunState } from '#shared/snapshot.ts'
import { runCommand, setMode } from '../bridge/commands.ts'
import { useChoose } from '../store/choose.ts'
import { useSnapshot } from '../store/telemetry.ts'
import { useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import { Button } from '../ui/Button.tsx'
import { IconButton } from '../ui/IconButton.tsx'
import { Keys } from '../ui/Keys.tsx'
import { Mark } from '../ui/Mark.tsx'
import { Segmented } from '../ui/Segmented.tsx'
import { DocumentMenu } from './DocumentMenu.tsx'
import { RunClock } from './RunClock.tsx'
import styles from './Toolbar.module.css'

/** Choose is a view of the window's own: whatever runs goes on, and what is staged goes to it. */
const VIEWS: readonly { readonly value: BoardMode | 'choose'; readonly label: string }[] = [
  { value: 'lab', label: 'Lab' },
  { value: 'qemu', label: 'Live QEMU' },
  { value: 'predict', label: 'Predict' },
  { value: 'choose', label: 'Choose' },
]

interface Props {
  /** What there is to say about the VM, in live mode. */
  readonly liveStatus?: ReactNode
}

export function Toolbar({ liveStatus }: Props) {
  const mode = useUi((ui) => ui.mode)
  const isChoosing = useChoose((state) => state.open)
  return (
    <header className={styles.toolbar}>
      <span className={styles.brand}>
        <Mark size={22} />
        <span>Weir</span>
      </span>
      <DocumentMenu />
      <Segmented
        label="Source"
        value={isChoosing ? 'choose' : mode}
        segments={VIEWS}
        onChange={(view) => (view === 'choose' ? runCommand('choose') : setMode(view))}
      />
      {mode === 'qemu' && liveStatus}
      <span className={styles.space} />
      {mode === 'lab' && <RunControls />}
      <History />
      <Button title="Find" onClick={() => runCommand('palette')} aria-keyshortcuts="Control+K">
        <Search />
        <span className={styles.word}>Find</span>
        <span className={styles.keys}>
          <Keys keys="Ctrl K" />
        </span>
      </Button>
      <Button variant="primary" title="Export" onClick={() => runCommand('export')}>
        <Upload />
        <span className={styles.label}>Export</span>
      </Button>
    </header>
  )
}

const NEXT: Readonly<Record<RunState, string>> = { stopped: 'Start', running: 'Pause', paused: 'Resume' }

function RunControls() {
  const state = useSnapshot((snapshot) => snapshot?.state ?? 'stopped')
  const next = NEXT[state]
  return (
    <>
      <RunClock state={state} />
      <Button title={next} onClick={() => runCommand('start-pause')} aria-keyshortcuts="Control+Enter">
        {state === 'running' ? <Pause /> : <Play />}
        <span className={styles.label}>{next}</span>
      </Button>
      <Button onClick={() => runCommand('reset')} title="Empty the buckets and begin at 00:00">
        <RotateCcw />
        <span className={styles.label}>Reset</span>
      </Button>
    </>
  )
}

function History() {
  const undoLabel = useWorkspace((state) => state.gesture?.label ?? state.past.at(-1)?.label ?? null)
  const redoLabel = useWorkspace((state) => state.future.at(-1)?.label ?? null)
  return (
    <span className={styles.pair}>
      <IconButton
        label="Undo"
        icon={<Undo2 />}
        shortcut={undoLabel === null ? 'Ctrl Z' : `${undoLabel} · Ctrl Z`}
        disabled={undoLabel === null}
        onClick={() => runCommand('undo')}
      />
      <IconButton
        label="Redo"
        icon={<Redo2 />}
        shortcut={redoLabel === null ? 'Ctrl Shift Z' : `${redoLabel} · Ctrl Shift Z`}
        disabled={redoLabel === null}
        onClick={() => runCommand('redo')}
      />
    </span>
  )
}
