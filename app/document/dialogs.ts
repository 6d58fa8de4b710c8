import { type BrowserWindow, dialog } from 'electron'
import type { DocumentDialogs } from './document-ports.ts'
import { safeName } from './safe-name.ts'

// The document's questions as the system's own dialogs. Paths come from here and from drops, never from the page.

const MAX_SHOWN_FILES = 10

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
        detail: 'Otherwise they are lost.',
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
        detail: 'Overwriting it discards what the other program wrote.',
        buttons: ['Overwrite', 'Save as…', 'Cancel'],
        defaultId: 1,
        cancelId: 2,
        noLink: true,
      })
      return (['overwrite', 'save-as', 'cancel'] as const)[response] ?? 'cancel'
    },
  }
}

/** A lab is about to write to files that Weir did not make. */
export async function askToWrite(window: BrowserWindow, files: readonly string[]): Promise<boolean> {
  const shown = files.slice(0, MAX_SHOWN_FILES)
  const more = files.length - shown.length
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message: 'Let the lab write to these files? Their contents will be lost.',
    detail: [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
    buttons: ['Write to them', 'Cancel'],
    defaultId: 1,
    cancelId: 1,
    noLink: true,
  })
  return response === 0
}

/** A load to choose limits for; null: the user changed their mind. */
export function chooseRecording(window: BrowserWindow): Promise<string | null> {
  return chooseFile(window, {
    title: 'Open recorded load',
    filters: [
      { name: 'Recorded loads', extensions: ['csv', 'gz', 'log', 'txt', 'json'] },
      { name: 'All files', extensions: ['*'] },
    ],
  })
}

/** Where the recording of a VM goes; null: the user changed their mind. */
export async function chooseRecordingFile(window: BrowserWindow, suggestedName: string): Promise<string | null> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: 'Record to',
    defaultPath: safeName(suggestedName),
    filters: [{ name: 'Recorded loads', extensions: ['gz'] }],
  })
  return canceled || filePath === '' ? null : filePath
}

export async function chooseFile(
  window: BrowserWindow,
  options: { readonly title: string; readonly filters: { name: string; extensions: string[] }[] },
): Promise<string | null> {
  const { filePaths } = await dialog.showOpenDialog(window, { ...options, properties: ['openFile'] })
  return filePaths[0] ?? null
}
