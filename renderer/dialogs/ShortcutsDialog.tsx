import type { CommandName } from '../bridge/commands.ts'
import { keysOf } from '../bridge/shortcuts.ts'
import { closeDialog, useUi } from '../store/ui.ts'
import { Dialog } from '../ui/Dialog.tsx'
import { Keys } from '../ui/Keys.tsx'
import styles from './ShortcutsDialog.module.css'

interface Section {
  readonly title: string
  /** What it does, and the command whose keys do it or the keys themselves. */
  readonly rows: readonly (readonly [string, CommandName | { readonly keys: string }])[]
}

const SECTIONS: readonly Section[] = [
  {
    title: 'Document',
    rows: [
      ['New', 'new'],
      ['Open', 'open'],
      ['Save', 'save'],
      ['Save as', 'save-as'],
      ['Import', 'import'],
      ['Export', 'export'],
      ['Undo', 'undo'],
      ['Redo', 'redo'],
    ],
  },
  {
    title: 'Board',
    rows: [
      ['New throttle group', 'new-group'],
      ['New device', 'new-device'],
      ['Duplicate the selection', 'duplicate'],
      ['Give a card limits of its own', 'give-own-limits'],
      ['Remove its own limits', 'take-own-limits'],
      ['Select all devices', 'select-all'],
      ['Delete the selection', { keys: 'Delete' }],
      ['Rename', { keys: 'F2' }],
      ['Move from card to card', { keys: '← → ↑ ↓' }],
      ['Move a lane', { keys: 'Alt ↑ ↓' }],
    ],
  },
  {
    title: 'Moving a card',
    rows: [
      ['Pick it up, put it down (on its handle)', { keys: 'Space' }],
      ['Choose lane and place', { keys: '← → ↑ ↓' }],
      ['Cancel the move', { keys: 'Escape' }],
    ],
  },
  {
    title: 'Sliders',
    rows: [
      ['Next stop', { keys: '← →' }],
      ['Several stops', { keys: 'Shift ← →' }],
      ['Cancel drag', { keys: 'Escape' }],
    ],
  },
  {
    title: 'Host',
    rows: [
      ['Select a VM', { keys: '↑ ↓' }],
      ['Open its board', { keys: 'Enter' }],
      ['Back to the table', { keys: 'Alt ←' }],
      ['Choose its limits', { keys: 'C' }],
      ['Lift its limits', { keys: 'L' }],
      ['Put its limits back', { keys: 'P' }],
      ['Filter VMs', { keys: '/' }],
      ['Sort by the next column', { keys: 'S' }],
      ['Sort by the one before', { keys: 'Shift S' }],
      ['Show quiet VMs or fold them', { keys: 'Q' }],
    ],
  },
  {
    title: 'Window',
    rows: [
      ['Start, pause, predict', 'start-pause'],
      ['Reset the run', 'reset'],
      ['Find anything', 'palette'],
      ['Lab', 'mode-lab'],
      ['Live QEMU', 'mode-qemu'],
      ['Predict', 'mode-predict'],
      ['Choose', 'choose'],
      ['Dock', 'toggle-dock'],
      ['Side panel', 'toggle-panel'],
      ['Settings', 'settings'],
      ['Zoom', { keys: 'Ctrl + −' }],
    ],
  },
]

export function ShortcutsDialog() {
  const open = useUi((ui) => ui.dialog === 'shortcuts')
  return (
    <Dialog
      open={open}
      onClose={closeDialog}
      title="Keyboard shortcuts"
      subtitle="On a Mac, use Cmd instead of Ctrl"
      size="l"
    >
      <div className={styles.columns}>
        {SECTIONS.map((section) => (
          <section key={section.title} className={styles.section} aria-label={section.title}>
            <h3 className={styles.title}>{section.title}</h3>
            <dl className={styles.list}>
              {section.rows.map(([words, key]) => {
                const keys = typeof key === 'string' ? keysOf(key) : key.keys
                return (
                  keys !== undefined && (
                    <div key={words} className={styles.row}>
                      <dt>{words}</dt>
                      <dd className={styles.keys}>
                        <span className="visually-hidden">{keys}</span>
                        <Keys keys={keys} />
                      </dd>
                    </div>
                  )
                )
              })}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  )
}
