import { AboutDialog } from './AboutDialog.tsx'
import { ExamplesDialog } from './ExamplesDialog.tsx'
import { SettingsDialog } from './SettingsDialog.tsx'
import { ShortcutsDialog } from './ShortcutsDialog.tsx'

/** Those that belong to no view of their own. */
export function Dialogs() {
  return (
    <>
      <SettingsDialog />
      <AboutDialog />
      <ExamplesDialog />
      <ShortcutsDialog />
    </>
  )
}
