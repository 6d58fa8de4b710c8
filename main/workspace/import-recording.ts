import fs from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { EngineError } from '#main/engine-error.ts'
import { finishDraft } from '#shared/formats/draft.ts'
import type { Imported } from '#shared/formats/format.ts'
import type { TraceDialect } from '#shared/formats/loads/trace-dialect.ts'
import { guessTraceDialect, TRACE_DIALECTS } from '#shared/formats/loads/trace-dialects.ts'
import { settleTrace, traceDraft, traceFileNames } from '#shared/formats/loads/trace-draft.ts'
import { traceFileText } from '#shared/formats/loads/trace-file-text.ts'
import { ok, type Result } from '#shared/issue.ts'
import { gatherTrace, headOf, type OpenTraceOptions } from './open-trace.ts'

// A recording as a workspace with files of its own, one for each disk, without the text of either in memory.

export interface ReadRecording {
  readonly format: string
  /** Its `files` are empty: they are in `files` here. */
  readonly imported: Imported
  readonly files: readonly { readonly name: string; readonly text: () => Generator<string> }[]
}

/** The dialect that is to be read: as named, or as the file looks; null: it is not a recording. */
export async function traceDialectOf(file: string, from: string | null): Promise<TraceDialect | null> {
  if (from !== null) return TRACE_DIALECTS.find(({ id }) => id === from) ?? null
  return guessTraceDialect((await headOf(file)).text)
}

export async function readRecording(file: string, options: OpenTraceOptions): Promise<Result<ReadRecording>> {
  const gathered = await gatherTrace(path.resolve(file), options)
  if (!gathered.ok) return gathered
  const { trace, format } = gathered.value
  const losses = settleTrace(trace)
  if (!losses.ok) return losses
  const fileName = path.basename(file).replace(/\.gz$/i, '')
  const names = traceFileNames(trace, fileName)
  const imported = finishDraft(traceDraft(trace, losses.value, names), { fileName })
  if (!imported.ok) return imported
  const files = [...trace.columns.keys()].map((device) => ({
    name: names.get(device) ?? '',
    text: () => traceFileText(trace, device),
  }))
  return ok({ format, imported: imported.value, files })
}

/** Whole or not at all: under another name until the last line is written. */
export async function writeTraceFile(file: string, text: Generator<string>): Promise<void> {
  const part = `${file}.${process.pid}.part`
  try {
    const handle = await fs.open(part, 'wx')
    await pipeline(text, handle.createWriteStream())
    await fs.rename(part, file)
  } catch (cause) {
    await fs.rm(part, { force: true })
    const { code, message } = cause as NodeJS.ErrnoException // what node:fs rejects with
    throw new EngineError(code === 'ENOSPC' ? 'disk-full' : 'disk-failed', `${file} was not written: ${message}`, '', {
      cause,
    })
  }
}
