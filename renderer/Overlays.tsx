import { ConnectDialog } from './connect/ConnectDialog.tsx'
import { Dialogs } from './dialogs/Dialogs.tsx'
import { ExportDialog } from './export/ExportDialog.tsx'
import { ImportDialog } from './import/ImportDialog.tsx'

/** What lies over the board when it is asked for. */
export function Overlays() {
  return (
    <>
      <ExportDialog />
      <ImportDialog />
      <ConnectDialog />
      <Dialogs />
    </>
  )
}
