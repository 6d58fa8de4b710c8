import type { Workspace } from '#shared/workspace/workspace.ts'
import type { RecoveryFile } from './recovery.ts'

/** What a document asks its user. null and cancel: the user changed their mind. */
export interface DocumentDialogs {
  chooseFileToOpen(): Promise<string | null>
  chooseFileToSave(suggestedName: string): Promise<string | null>
  /** Unsaved edits are about to be lost. */
  askToSave(name: string): Promise<'save' | 'discard' | 'cancel'>
  /** The file was changed by somebody else since it was read. */
  askToOverwrite(name: string): Promise<'overwrite' | 'save-as' | 'cancel'>
}

/** Absolute paths, newest first. */
export interface RecentFiles {
  list(): readonly string[]
  remember(file: string): void
}

export interface DocumentPorts {
  readonly dialogs: DocumentDialogs
  readonly recent: RecentFiles
  readonly recovery: RecoveryFile
  /** Whether another window has `file` open; brings that one to the front. */
  readonly showElsewhere: (file: string) => boolean
  /** Something in `state()` changed. */
  readonly changed: () => void
  /** Another workspace took the place of the old one. */
  readonly replaced: (workspace: Workspace) => void
  readonly nowMs: () => number
}
