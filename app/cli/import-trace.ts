import fs from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { EngineError } from '#main/engine-error.ts'
import { gatherTrace, headOf } from '#main/workspace/open-trace.ts'
import { finishDraft } from '#shared/formats/draft.ts'
import type { Imported } from '#shared/formats/format.ts'
import { TRACE_HEADING, type TraceColumns, traceCsvLines } from '#shared/formats/loads/trace-columns.ts'
import type { TraceDialect } from '#shared/formats/loads/trace-dialect.ts'
import { guessTraceDialect, TRACE_DIALECTS } from '#shared/formats/loads/trace-dialects.ts'
import { settleTrace, traceDraft, traceFileNames } from '#shared/formats/loads/trace-draft.ts'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import type { CommandCall } from './command.ts'
import { readingProgress } from './reading-progress.ts'

// `weir import` of a recording: from its file into the files beside the workspace, without the text of either in memory.

export interface ImportedTrace {
  readonly format: string
  readonly imported: Imported
  /** Names of the files written beside the workspace. */
  readonly files: readonly string[]
}

/** The dialect that is to be read: as named, or as the file looks; null: it is not a recording. */
export async function traceDialectOf(file: string, from: string | null): Promise<TraceDialect | null> {
  if (from !== null) return TRACE_DIALECTS.find(({ id }) => id === from) ?? null
  return guessTraceDialect((await headOf(file)).text)
}

/** Writes the recordings into the folder of `out`, over nobody's file. */
export async function importTrace(
  call: CommandCall,
  { file, dialect, out }: { readonly file: string; readonly dialect: TraceDialect; readonly out: string | null },
): Promise<Result<ImportedTrace>> {
  const gathered = await gatherTrace(path.resolve(file), { ...readingProgress(file, call), dialect })
  if (!gathered.ok) return gathered
  const { trace, format } = gathered.value
  const losses = settleTrace(trace)
  if (!losses.ok) return losses
  const fileName = path.basename(file).replace(/\.gz$/i, '')
  const names = traceFileNames(trace, fileName)
  const imported = finishDraft(traceDraft(trace, losses.value, names), { fileName })
  if (!imported.ok) return imported
  if (out === null) {
    return failed([
      {
        path: '--out',
        code: 'missing-option',
        message: `this import brings ${[...names.values()].slice(0, 5).join(', ')} along; say where the workspace goes (--out FILE), they go beside it`,
      },
    ])
  }
  const folder = path.dirname(out)
  const issues: Issue[] = []
  const files = [...trace.columns].map(([device, columns]) => ({ name: names.get(device) ?? '', columns }))
  for (const { name, columns } of files) {
    const other = await holdsOther(path.join(folder, name), columns)
    const message = `${path.join(folder, name)} exists and is another file; move it away, or import into another folder`
    if (other) issues.push({ path: name, code: 'file-exists', message })
  }
  if (issues.length > 0) return failed(issues)
  for (const { name, columns } of files) await writeTrace(path.join(folder, name), columns)
  return ok({ format, imported: imported.value, files: [...names.values()] })
}

function* textOf(columns: TraceColumns): Generator<string> {
  yield TRACE_HEADING
  yield* traceCsvLines(columns)
}

async function holdsOther(file: string, columns: TraceColumns): Promise<boolean> {
  const handle = await fs.open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (handle === null) return false
  try {
    for (const text of textOf(columns)) {
      const expected = Buffer.from(text)
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(expected.length), 0, expected.length, null)
      if (!buffer.subarray(0, bytesRead).equals(expected)) return true
    }
    return (await handle.read(Buffer.alloc(1), 0, 1, null)).bytesRead > 0
  } finally {
    await handle.close()
  }
}

/** Whole or not at all: under another name until the last line is written. */
async function writeTrace(file: string, columns: TraceColumns): Promise<void> {
  const part = `${file}.${process.pid}.part`
  try {
    const handle = await fs.open(part, 'wx')
    await pipeline(textOf(columns), handle.createWriteStream())
    await fs.rename(part, file)
  } catch (cause) {
    await fs.rm(part, { force: true })
    const { code, message } = cause as NodeJS.ErrnoException // what node:fs rejects with
    throw new EngineError(code === 'ENOSPC' ? 'disk-full' : 'disk-failed', `${file} was not written: ${message}`, '', {
      cause,
    })
  }
}
