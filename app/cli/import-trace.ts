import fs from 'node:fs/promises'
import path from 'node:path'
import { readRecording, writeTraceFile } from '#main/workspace/import-recording.ts'
import type { Imported } from '#shared/formats/format.ts'
import type { TraceDialect } from '#shared/formats/loads/trace-dialect.ts'
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

/** Writes the recordings into the folder of `out`, over nobody's file. */
export async function importTrace(
  call: CommandCall,
  { file, dialect, out }: { readonly file: string; readonly dialect: TraceDialect; readonly out: string | null },
): Promise<Result<ImportedTrace>> {
  const read = await readRecording(file, { ...readingProgress(file, call), dialect })
  if (!read.ok) return read
  const { format, imported, files } = read.value
  const names = files.map(({ name }) => name)
  if (out === null) {
    return failed([
      {
        path: '--out',
        code: 'missing-option',
        message: `this import brings ${names.slice(0, 5).join(', ')} along; say where the workspace goes (--out FILE): they are written beside it`,
      },
    ])
  }
  const folder = path.dirname(out)
  const issues: Issue[] = []
  for (const { name, text } of files) {
    const other = await holdsOther(path.join(folder, name), text())
    const message = `${path.join(folder, name)} exists with other content; move it away, or import into another folder`
    if (other) issues.push({ path: name, code: 'file-exists', message })
  }
  if (issues.length > 0) return failed(issues)
  for (const { name, text } of files) await writeTraceFile(path.join(folder, name), text())
  return ok({ format, imported, files: names })
}

async function holdsOther(file: string, lines: Generator<string>): Promise<boolean> {
  const handle = await fs.open(file, 'r').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null
    throw error
  })
  if (handle === null) return false
  try {
    for (const text of lines) {
      const expected = Buffer.from(text)
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(expected.length), 0, expected.length, null)
      if (!buffer.subarray(0, bytesRead).equals(expected)) return true
    }
    return (await handle.read(Buffer.alloc(1), 0, 1, null)).bytesRead > 0
  } finally {
    await handle.close()
  }
}
