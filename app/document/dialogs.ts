import { type BrowserWindow, dialog } from 'electron'
import type { DocumentDialogs } from './document-ports.ts'

// The document's questions as the system's own dialogs. Paths come from here and from drops, never from the page.

const WORKSPACES = [
  { name: 'Weir workspaces', extensions: ['weir.json', 'json'] },
  { name: 'All files', extensions: ['*'] },
]

export function dialogsOf(window: BrowserWindow): DocumentDialogs {
  return {
    chooseFileToOpen: () => chooseFile(window, { title: 'Open workspace', filters: WORKSPACES }),

    async chooseFileToSave(suggestedName) {
      const { canceled, filePath } = await dialog.showSaveDialog(window, {
        title: 'Save workspace',
        defaultPath: suggestedName,
        filters: WORKSPACES,
      })
      return canceled || filePath === '' ? null : filePath
    },

    async askToSave(name) {
      const { response } = await dialog.showMessageBox(window, {
        type: 'warning',
        message: `Save the changes to ${name}?`,
        detail: 'They are lost otherwise.',
        buttons: ['Save', 'Discard', 'Cancel'],
        defaultId: 0,
        cancelId: 2,
        noLink: true,
      })
      return (['save', 'discard', 'cancel'] as const)[response] ?? 'cancel'
    },

    async askToOverwrite(name) {
      const { response } = await dialog.showMessageBox(window, {
        type: 'warning',
        message: `${name} was changed by another program since it was opened.`,
        detail: 'Overwriting loses what the other program wrote.',
        buttons: ['Overwrite', 'Save as…', 'Cancel'],
        defaultId: 1,
        cancelId: 2,
        noLink: true,
      })
      return (['overwrite', 'save-as', 'cancel'] as const)[response] ?? 'cancel'
    },
  }
}

export async function chooseFile(
  window: BrowserWindow,
  options: { readonly title: string; readonly filters: { name: string; extensions: string[] }[] },
): Promise<string | null> {
  const { filePaths } = await dialog.showOpenDialog(window, { ...options, properties: ['openFile'] })
  return filePaths[0] ?? null
}
