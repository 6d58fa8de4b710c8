import {
  ChevronDown,
  FilePlus2,
  FolderOpen,
  GraduationCap,
  History,
  Import,
  Info,
  Keyboard,
  LayoutGrid,
  Save,
  Settings,
  Upload,
} from 'lucide-react'
import type { ReactNode } from 'react'
import { type CommandName, runCommand } from '../bridge/commands.ts'
import { invoke, reportFailure } from '../bridge/ipc.ts'
import { keysOf } from '../bridge/shortcuts.ts'
import { useUi } from '../store/ui.ts'
import { useWorkspace } from '../store/workspace.ts'
import { Menu } from '../ui/Menu.tsx'
import type { MenuEntry } from '../ui/menu-entry.ts'
import styles from './Toolbar.module.css'

const SUFFIX = '.weir.json'

/** The file's name, with everything one can do with a file below it. */
export function DocumentMenu() {
  const fileName = useUi((ui) => ui.document.fileName)
  const dirty = useUi((ui) => ui.document.dirty)
  const recent = useUi((ui) => ui.document.recent)
  const name = useWorkspace((state) => state.workspace.name)
  const stem = fileName?.endsWith(SUFFIX) ? fileName.slice(0, -SUFFIX.length) : (fileName ?? name)
  return (
    <Menu
      trigger={
        <button type="button" className={styles.document} title={fileName ?? name}>
          <b>{stem}</b>
          {fileName?.endsWith(SUFFIX) && <span className={styles.suffix}>{SUFFIX}</span>}
          {dirty && <span className={styles.dirty} role="img" aria-label="not saved" title="Not saved" />}
          <ChevronDown />
        </button>
      }
      entries={entriesFor(recent)}
    />
  )
}

function entriesFor(recent: readonly string[]): readonly MenuEntry[] {
  return [
    item('New', 'new', <FilePlus2 />),
    item('Open…', 'open', <FolderOpen />),
    {
      kind: 'submenu',
      label: 'Open recent',
      icon: <History />,
      disabled: recent.length === 0,
      entries: recent.map((path, index) => ({
        kind: 'item',
        label: path,
        onSelect: () => reportFailure(invoke('document/open-recent', { index }), 'document'),
      })),
    },
    item('Examples…', 'examples', <LayoutGrid />),
    { kind: 'separator' },
    item('Save', 'save', <Save />),
    item('Save as…', 'save-as'),
    { kind: 'separator' },
    item('Import…', 'import', <Import />),
    item('Export…', 'export', <Upload />),
    { kind: 'separator' },
    item('Settings…', 'settings', <Settings />),
    item('Learn by doing…', 'lessons', <GraduationCap />),
    item('Keyboard shortcuts', 'shortcuts', <Keyboard />),
    item('About Weir', 'about', <Info />),
  ]
}

function item(label: string, command: CommandName, icon?: ReactNode): MenuEntry {
  const shortcut = keysOf(command)
  return {
    kind: 'item',
    label,
    icon,
    onSelect: () => runCommand(command),
    ...(shortcut === undefined ? {} : { shortcut }),
  }
}
