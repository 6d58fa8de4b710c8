import type { ApplyJournal } from '#main/live/apply-journal.ts'
import type { LiftJournal } from '#main/live/lift/lift-journal.ts'
import type { Issue } from '#shared/issue.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import type { LabPorts } from './lab-session.ts'
import type { Push } from './push.ts'
import type { QemuDocument, QemuPorts } from './qemu-board.ts'

/** What a board's session needs of the window, of the document and of the machine. */
export interface SessionPorts {
  readonly push: Push
  readonly createLab: LabPorts['createLab']
  /** Resolves when the window has drawn its first document; left out: there is no window, as in tests. */
  readonly firstPicture?: Promise<void>
  readonly predictWorkerUrl: URL
  readonly log: (text: string, error: unknown) => void
  readonly document: QemuDocument & {
    /** Counts up each time it was replaced from outside the window. */
    readonly generation: number
    /** Where relative paths in it start from. */
    readonly folder: string
    /** The window edited it. */
    take(workspace: Workspace): void
    /** Its edits cannot be saved nor may they be lost; in force is `desired`, null: nothing of them. */
    takeProblems(issues: readonly Issue[], desired: Workspace | null): void
  }
  readonly recentSockets: QemuPorts['recent']
  readonly journal?: ApplyJournal
  /** Where a lift is written down; left out: nothing can be lifted, as in tests. */
  readonly liftJournal?: LiftJournal
  /** Asks where a recording goes; left out: nothing can be recorded, as in tests. */
  readonly chooseRecordingFile?: (suggestedName: string) => Promise<string | null>
  /** Whether the user lets the lab write to these files of theirs. */
  readonly askToWrite: (files: readonly string[]) => Promise<boolean>
}
