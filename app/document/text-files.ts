import fs from 'node:fs/promises'
import path from 'node:path'
import { type BrowserWindow, dialog } from 'electron'
import { EngineError } from '#main/engine-error.ts'
import { readText } from '#main/workspace/read-text.ts'
import { saveFile } from '#main/workspace/save-file.ts'
import type { Outcome, Replies, RequestOf } from '#shared/ipc/contract.ts'
import type { KeptFiles } from '#shared/ipc/file-contract.ts'
import type { Result } from '#shared/issue.ts'
import type { Push } from '../board/push.ts'
import type { OnProgress, Recordings } from './recordings.ts'
import { safeName } from './safe-name.ts'

// Text files other than the workspace: exports, imports, traces.

const FILTERS = {
  import: [
    { name: 'Files with limits', extensions: ['json', 'xml', 'yaml', 'yml', 'conf', 'cfg', 'sh', 'txt', 'csv'] },
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

export interface ReadingParts {
  readonly recordings: Recordings
  readonly push: Push
}

function pushing(push: Push): OnProgress {
  return (fraction, requests) => push('reading', { fraction, requests })
}

/** Asks which, then reads it; of a trace for a load only its path is wanted. Null: the user changed their mind. */
export async function openText(
  window: BrowserWindow,
  { purpose }: RequestOf<'file/open-text'>,
  { recordings, push }: ReadingParts,
): Promise<Replies['file/open-text']> {
  const { filePaths } = await dialog.showOpenDialog(window, {
    title: purpose === 'trace' ? 'Open trace' : 'Import',
    filters: FILTERS[purpose],
    properties: ['openFile'],
  })
  const [file] = filePaths
  if (file === undefined) return null
  const opened = { fileName: path.basename(file), path: file, text: '', recording: null }
  if (purpose === 'trace') return opened
  const recording = await recordings.open(file, pushing(push))
  if (recording !== null) return { ...opened, recording: valueOrThrow(recording) }
  return { ...opened, text: valueOrThrow(await readText(file)) }
}

function valueOrThrow<T>(read: Result<T>): T {
  if (read.ok) return read.value
  throw new EngineError('file-missing', read.issues.map((issue) => issue.message).join(' '), '')
}

/** As `keepFiles`, of the recording that was opened last. */
export async function keepRecording({ recordings, push }: ReadingParts): Promise<KeptFiles> {
  try {
    const kept = await recordings.keep(pushing(push))
    if (kept.ok) return { ok: true, paths: kept.value }
    return { ok: false, message: 'The recording could not be kept.', issues: kept.issues }
  } catch (error) {
    return refusedBy(error)
  }
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

function refusedBy(error: unknown): Extract<Outcome, { ok: false }> {
  if (error instanceof EngineError) return { ok: false, message: `${error.message} ${error.advice}`, issues: [] }
  throw error
}
