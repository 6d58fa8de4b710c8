import { z } from 'zod'
import type { Imported } from '../formats/format.ts'
import type { Issue } from '../issue.ts'

// Requests about files other than the workspace, and what the main process answers.

const text = (max: number) => z.string().max(max)

export const FILE_REQUESTS = {
  /** Traces that came along with an import: kept in the app's data, each in a file of its own. */
  'document/keep-files': z.strictObject({
    files: z.array(z.strictObject({ name: text(255), text: text(64 * 1024 * 1024) })).max(64),
  }),
  /** The same of the recording that the open dialog gave last: it is read in pieces, and never in the page. */
  'document/keep-recording': z.null(),
  /** Save dialog, then an atomic write. */
  'file/save-text': z.strictObject({ suggestedName: text(255), text: text(64 * 1024 * 1024) }),
  /** Open dialog; the content as text. */
  'file/open-text': z.strictObject({ purpose: z.enum(['import', 'trace']) }),
}

/** How far a long recording has been read. */
export interface ReadingProgress {
  /** 0…1, of the file. */
  readonly fraction: number
  readonly requests: number
}

export type KeptFiles =
  | { readonly ok: true; readonly paths: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly message: string; readonly issues: readonly Issue[] }

/** A long recording, of which the page sees what is in it and not its text. */
export interface OpenedRecording {
  readonly format: string
  /** Without files. */
  readonly imported: Imported
}

export interface OpenedText {
  readonly fileName: string
  readonly path: string
  /** '' of a trace for a load, of which only the path is wanted, and of a recording. */
  readonly text: string
  readonly recording: OpenedRecording | null
}

/** As `Outcome` of contract.ts. */
type Saved = { readonly ok: true } | { readonly ok: false; readonly message: string; readonly issues: readonly Issue[] }

export interface FileReplies {
  /** By name, the absolute path that a workload takes. */
  readonly 'document/keep-files': KeptFiles
  readonly 'document/keep-recording': KeptFiles
  readonly 'file/save-text': Saved & { readonly fileName?: string }
  /** null: the user cancelled. */
  readonly 'file/open-text': OpenedText | null
}
