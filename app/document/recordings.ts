import fs from 'node:fs/promises'
import path from 'node:path'
import { readRecording, traceDialectOf, writeTraceFile } from '#main/workspace/import-recording.ts'
import { headOf, type OpenTraceOptions } from '#main/workspace/open-trace.ts'
import type { TraceDialect } from '#shared/formats/loads/trace-dialect.ts'
import type { OpenedRecording } from '#shared/ipc/file-contract.ts'
import type { Result } from '#shared/issue.ts'

// Recordings that come in by the import dialog. They are read in pieces here, and never as text in the page: what is in
// them goes to the page at once, their requests into files only when the import is accepted. Read twice, held not at all.

/** A shorter one is a text like any other, to be looked at and edited before it is imported. */
const SHORT_BYTES = 4 * 1024 * 1024

export type OnProgress = NonNullable<OpenTraceOptions['onProgress']>

export class Recordings {
  readonly #folder: string
  #last: { readonly file: string; readonly dialect: TraceDialect } | null = null

  /** `folder`: of files that come with imports. */
  constructor(folder: string) {
    this.#folder = folder
  }

  /** null: the file is not a recording, or a short one. */
  async open(file: string, onProgress: OnProgress): Promise<Result<OpenedRecording> | null> {
    this.#last = null
    const dialect = await traceDialectOf(file, null)
    if (dialect === null) return null
    const [{ size }, { isPacked }] = await Promise.all([fs.stat(file), headOf(file)])
    if (size <= SHORT_BYTES && !isPacked) return null
    const read = await readRecording(file, { dialect, onProgress })
    if (!read.ok) return read
    this.#last = { file, dialect }
    const { format, imported } = read.value
    return { ok: true, value: { format, imported } }
  }

  /** Writes the requests of the recording that was opened last; where each disk's are, by the workspace's own name. */
  async keep(onProgress: OnProgress): Promise<Result<Readonly<Record<string, string>>>> {
    if (this.#last === null) {
      return {
        ok: false,
        issues: [{ path: '', code: 'not-open', message: 'no recording is open; open its file again' }],
      }
    }
    const { file, dialect } = this.#last
    const read = await readRecording(file, { dialect, onProgress })
    if (!read.ok) return read
    await fs.mkdir(this.#folder, { recursive: true })
    const own = await fs.mkdtemp(path.join(this.#folder, 'import-'))
    const paths: Record<string, string> = {}
    for (const { name, text } of read.value.files) {
      paths[name] = path.join(own, name)
      await writeTraceFile(path.join(own, name), text())
    }
    return { ok: true, value: paths }
  }
}
