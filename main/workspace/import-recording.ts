import fs from 'node:fs/promises'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { EngineError } from '#main/engine-error.ts'
import { finishDraft } from '#shared/formats/draft.ts'
import type { Imported } from '#shared/formats/format.ts'
import { TRACE_HEADING, type TraceColumns, traceCsvLines } from '#shared/formats/loads/trace-columns.ts'
import type { TraceDialect } from '#shared/formats/loads/trace-dialect.ts'
import { guessTraceDialect, TRACE_DIALECTS } from '#shared/formats/loads/trace-dialects.ts'
import { settleTrace, traceDraft, traceFileNames } from '#shared/formats/loads/trace-draft.ts'
import { ok, type Result } from '#shared/issue.ts'
import { gatherTrace, headOf, type OpenTraceOptions } from './open-trace.ts'

// A recording as a workspace with files of its own, one for each disk, without the text of either in memory.

export interface ReadRecording {
  readonly format: string
  /** Its `files` are empty: they are in `files` here. */
  readonly imported: Imported
  readonly files: readonly { readonly name: string; readonly columns: TraceColumns }[]
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
  const files = [...trace.columns].map(([device, columns]) => ({ name: names.get(device) ?? '', columns }))
  return ok({ format, imported: imported.value, files })
}

export function* traceFileText(columns: TraceColumns): Generator<string> {
  yield TRACE_HEADING
  yield* traceCsvLines(columns)
}

/** Whole or not at all: under another name until the last line is written. */
export async function writeTraceFile(file: string, columns: TraceColumns): Promise<void> {
  const part = `${file}.${process.pid}.part`
  try {
    const handle = await fs.open(part, 'wx')
    await pipeline(traceFileText(columns), handle.createWriteStream())
    await fs.rename(part, file)
  } catch (cause) {
    await fs.rm(part, { force: true })
    const { code, message } = cause as NodeJS.ErrnoException // what node:fs rejects with
    throw new EngineError(code === 'ENOSPC' ? 'disk-full' : 'disk-failed', `${file} was not written: ${message}`, '', {
      cause,
    })
  }
}
