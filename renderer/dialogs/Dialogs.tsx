import { dismissNotice, useUi } from '../store/ui.ts'
import { Toasts } from '../ui/Toasts.tsx'
import { AboutDialog } from './AboutDialog.tsx'
import { ExamplesDialog } from './ExamplesDialog.tsx'
import { SettingsDialog } from './SettingsDialog.tsx'
import { ShortcutsDialog } from './ShortcutsDialog.tsx'
import { WindowDrop } from './WindowDrop.tsx'

/** What may lie over the board and belongs to no view of its own. */
export function Dialogs() {
  const notices = useUi((ui) => ui.notices)
  return (
    <>
      <SettingsDialog />
      <AboutDialog />
      <ExamplesDialog />
      <ShortcutsDialog />
      <WindowDrop />
      <Toasts toasts={notices} onDismiss={dismissNotice} />
    </>
  )
}
