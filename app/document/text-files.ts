import fs from 'node:fs/promises'
import path from 'node:path'
import { type BrowserWindow, dialog } from 'electron'
import { EngineError } from '#main/engine-error.ts'
import { readText } from '#main/workspace/read-text.ts'
import { saveFile } from '#main/workspace/save-file.ts'
import type { KeptFiles, Outcome, Replies, RequestOf } from '#shared/ipc/contract.ts'

// Text files other than the workspace: exports, imports, traces.

const FILTERS = {
  import: [
    { name: 'Anything with limits', extensions: ['json', 'xml', 'yaml', 'yml', 'conf', 'cfg', 'sh', 'txt', 'csv'] },
    { name: 'All files', extensions: ['*'] },
  ],
  trace: [
    { name: 'Traces', extensions: ['csv', 'json', 'log', 'txt'] },
    { name: 'All files', extensions: ['*'] },
  ],
}

/** Asks where, then writes at once. */
export async function saveText(
  window: BrowserWindow,
  { suggestedName, text }: RequestOf<'file/save-text'>,
): Promise<Replies['file/save-text']> {
  const { canceled, filePath } = await dialog.showSaveDialog(window, {
    title: 'Save',
    defaultPath: safeName(suggestedName),
  })
  if (canceled || filePath === '') return { ok: false, message: '', issues: [] }
  try {
    await saveFile(filePath, text)
    return { ok: true, fileName: path.basename(filePath) }
  } catch (error) {
    return refusedBy(error)
  }
}

/** Asks which, then reads it. Null: the user changed their mind. */
export async function openText(
  window: BrowserWindow,
  { purpose }: RequestOf<'file/open-text'>,
): Promise<Replies['file/open-text']> {
  const { filePaths } = await dialog.showOpenDialog(window, {
    title: purpose === 'trace' ? 'Open trace' : 'Import',
    filters: FILTERS[purpose],
    properties: ['openFile'],
  })
  const [file] = filePaths
  if (file === undefined) return null
  const read = await readText(file)
  if (read.ok) return { fileName: path.basename(file), path: file, text: read.value }
  throw new EngineError('file-missing', read.issues.map((issue) => issue.message).join(' '), '')
}

/** Writes files that came with an import below `folder`, in a folder of their own, and says where each lies. */
export async function keepFiles(folder: string, { files }: RequestOf<'document/keep-files'>): Promise<KeptFiles> {
  try {
    await fs.mkdir(folder, { recursive: true })
    const own = await fs.mkdtemp(path.join(folder, 'import-'))
    const paths: Record<string, string> = {}
    for (const [index, { name, text }] of files.entries()) {
      const file = path.join(own, `${index + 1}-${safeName(name)}`)
      await saveFile(file, text)
      paths[name] = file
    }
    return { ok: true, paths }
  } catch (error) {
    return refusedBy(error)
  }
}

/** A name that leads into no other folder, whatever the page suggests. */
function safeName(name: string): string {
  const base = name.replaceAll(/[\p{Cc}/\\:*?"<>|]/gu, '-').replace(/^\.+/, '')
  return base === '' ? 'weir.txt' : base
}

function refusedBy(error: unknown): Extract<Outcome, { ok: false }> {
  if (error instanceof EngineError) return { ok: false, message: `${error.message} ${error.advice}`, issues: [] }
  throw error
}
