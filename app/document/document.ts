import path from 'node:path'
import { EngineError } from '#main/engine-error.ts'
import { movePaths } from '#main/workspace/file-paths.ts'
import { readWorkspaceFile } from '#main/workspace/read-workspace.ts'
import { saveFile } from '#main/workspace/save-file.ts'
import type { DocumentState, Outcome } from '#shared/ipc/contract.ts'
import type { Issue } from '#shared/issue.ts'
import { formatWorkspace, parseWorkspace } from '#shared/workspace/parse.ts'
import { EMPTY_WORKSPACE, type Workspace } from '#shared/workspace/workspace.ts'
import { lookAtDisk } from './disk-copy.ts'
import type { Recovered, RecoveryFile } from './recovery.ts'

// The workspace of one window and the file it belongs to. The window edits; this knows what is saved, keeps unsaved
// edits safe, and asks before anything is lost. It is told what the user answers by its ports and knows no Electron.

export interface DocumentDialogs {
  chooseFileToOpen(): Promise<string | null>
  chooseFileToSave(suggestedName: string): Promise<string | null>
  /** Unsaved edits are about to be lost. */
  askToSave(name: string): Promise<'save' | 'discard' | 'cancel'>
  /** The file was changed by somebody else since it was read. */
  askToOverwrite(name: string): Promise<'overwrite' | 'save-as' | 'cancel'>
}

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

const FINE: Outcome = { ok: true }
/** The user changed their mind: no failure, nothing to show. */
const CANCELLED: Outcome = { ok: false, message: '', issues: [] }
const EXTENSION = '.weir.json'

export class BoardDocument {
  readonly #ports: DocumentPorts
  #workspace: Workspace = EMPTY_WORKSPACE
  /** Where it was read from or saved to; null: never. */
  #file: string | null = null
  /** The text in the file as this process knows it. */
  #diskText: string | null = null
  /** The workspace as it was read or saved, in the form in which it would be saved. */
  #savedText: string = formatWorkspace(EMPTY_WORKSPACE)
  #isDirty = false
  #generation = 0
  #notice: string | null = null

  constructor(ports: DocumentPorts) {
    this.#ports = ports
  }

  get workspace(): Workspace {
    return this.#workspace
  }

  get file(): string | null {
    return this.#file
  }

  get isDirty(): boolean {
    return this.#isDirty
  }

  /** Folder that relative paths in the workspace start from. */
  get folder(): string {
    return this.#file === null ? process.cwd() : path.dirname(this.#file)
  }

  get name(): string {
    return this.#file === null ? this.#workspace.name : path.basename(this.#file)
  }

  state(): DocumentState {
    return {
      generation: this.#generation,
      workspace: this.#workspace,
      fileName: this.#file === null ? null : path.basename(this.#file),
      dirty: this.#isDirty,
      recent: this.#ports.recent.list().map((file) => path.basename(file)),
      notice: this.#notice,
    }
  }

  /** The window edited the workspace. */
  take(workspace: Workspace): void {
    this.#workspace = workspace
    const isDirty = formatWorkspace(workspace) !== this.#savedText
    const wasDirty = this.#isDirty
    this.#isDirty = isDirty
    if (isDirty !== wasDirty) this.#ports.changed()
    if (!isDirty && wasDirty) void this.#ports.recovery.remove()
  }

  /** Puts unsaved edits where they outlive a crash; called now and then while there are any. */
  async keepUnsaved(): Promise<void> {
    if (!this.#isDirty) return
    await this.#ports.recovery.keep({ file: this.#file, savedAtMs: this.#ports.nowMs(), workspace: this.#workspace })
  }

  async createNew(): Promise<Outcome> {
    if (!(await this.mayLose())) return CANCELLED
    return this.#replace(EMPTY_WORKSPACE, { file: null, diskText: null })
  }

  async open(): Promise<Outcome> {
    const file = await this.#ports.dialogs.chooseFileToOpen()
    return file === null ? CANCELLED : this.openFile(file)
  }

  async openFile(file: string): Promise<Outcome> {
    if (file !== this.#file && this.#ports.showElsewhere(file)) return FINE
    const read = await readWorkspaceFile(file)
    if (!read.ok) return refused(`${path.basename(file)} cannot be opened.`, read.issues)
    if (!(await this.mayLose())) return CANCELLED
    this.#ports.recent.remember(read.value.file)
    return this.#replace(read.value.workspace, { file: read.value.file, diskText: read.value.text })
  }

  openRecent(index: number): Promise<Outcome> {
    const file = this.#ports.recent.list()[index]
    return file === undefined
      ? Promise.resolve(refused('This file is no longer in the list.', []))
      : this.openFile(file)
  }

  /** A workspace that belongs to no file: an example, an import, a captured VM. `isSaved`: giving it up loses nothing. */
  async adopt(workspace: Workspace, { isSaved }: { readonly isSaved: boolean }): Promise<Outcome> {
    if (!(await this.mayLose())) return CANCELLED
    const outcome = await this.#replace(workspace, { file: null, diskText: null })
    if (!isSaved) this.#markUnsaved()
    return outcome
  }

  /** Unsaved edits that a crash left. */
  async recover({ file, savedAtMs, workspace }: Recovered): Promise<void> {
    const read = file === null ? null : await readWorkspaceFile(file)
    const known = read?.ok ? read.value : null
    await this.#replace(workspace, { file, diskText: known?.text ?? null })
    this.#savedText = known === null ? '' : formatWorkspace(known.workspace)
    const name = file === null ? workspace.name : path.basename(file)
    const when = new Date(savedAtMs).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
    this.#notice = `Recovered the unsaved edits of ${name} from ${when}. Save them to keep them.`
    this.#markUnsaved()
  }

  async save(value: unknown): Promise<Outcome> {
    const parsed = parseWorkspace(value)
    if (!parsed.ok) return refused(NOT_SAVABLE, parsed.issues)
    return this.#file === null ? this.#saveAs(parsed.value) : this.#saveTo(this.#file, parsed.value)
  }

  async saveAs(value: unknown): Promise<Outcome> {
    const parsed = parseWorkspace(value)
    return parsed.ok ? this.#saveAs(parsed.value) : refused(NOT_SAVABLE, parsed.issues)
  }

  /** True when the document's edits are saved or the user gives them up. */
  async mayLose(): Promise<boolean> {
    if (!this.#isDirty) return true
    const answer = await this.#ports.dialogs.askToSave(this.name)
    if (answer === 'cancel') return false
    if (answer === 'save') return (await this.save(this.#workspace)).ok
    await this.#ports.recovery.remove()
    return true
  }

  /** Looks whether somebody else changed the file: read again if nothing would be lost, else told. */
  async checkDisk(): Promise<void> {
    if (this.#file === null || this.#diskText === null) return
    const { kind } = await lookAtDisk(this.#file, this.#diskText)
    if (kind === 'known') return
    const name = path.basename(this.#file)
    if (kind === 'none') return this.#tell(`${name} is no longer on the disk. Save to write it again.`)
    if (this.#isDirty) return this.#tell(`${name} was changed by another program. Saving will ask before replacing it.`)
    const read = await readWorkspaceFile(this.#file)
    if (!read.ok) return this.#tell(`${name} was changed by another program and is no workspace any more.`)
    await this.#replace(read.value.workspace, { file: this.#file, diskText: read.value.text })
    this.#tell(`${name} was changed by another program and read again.`)
  }

  async #saveAs(workspace: Workspace): Promise<Outcome> {
    const suggested = this.#file === null ? `${fileNameOf(workspace.name)}${EXTENSION}` : path.basename(this.#file)
    const file = await this.#ports.dialogs.chooseFileToSave(suggested)
    if (file === null) return CANCELLED
    if (file !== this.#file && this.#ports.showElsewhere(file)) {
      return refused(`${path.basename(file)} is open in another window; close it there, or use another name.`, [])
    }
    const copy = await lookAtDisk(file, this.#diskText)
    if (copy.kind === 'newer') return refused(copy.reason, [])
    const moved = movePaths(workspace, { from: this.folder, to: path.dirname(file) })
    const outcome = await this.#write(file, moved)
    // The window holds the paths as they were; it must not go on with them.
    const isMoved = formatWorkspace(moved) !== formatWorkspace(workspace)
    return outcome.ok && isMoved ? this.#replace(moved, { file, diskText: this.#diskText }) : outcome
  }

  async #saveTo(file: string, workspace: Workspace): Promise<Outcome> {
    const copy = await lookAtDisk(file, this.#diskText)
    if (copy.kind === 'newer') return refused(copy.reason, [])
    if (copy.kind === 'changed') {
      const answer = await this.#ports.dialogs.askToOverwrite(path.basename(file))
      if (answer === 'cancel') return CANCELLED
      if (answer === 'save-as') return this.#saveAs(workspace)
    }
    return this.#write(file, workspace)
  }

  async #write(file: string, workspace: Workspace): Promise<Outcome> {
    const text = formatWorkspace(workspace)
    try {
      await saveFile(file, text)
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      return refused(`${error.message} ${error.advice}`, [])
    }
    this.#file = file
    this.#diskText = text
    this.#savedText = text
    this.#notice = null
    this.#ports.recent.remember(file)
    // An edit may have come in while the file was written.
    this.#isDirty = formatWorkspace(this.#workspace) !== text
    if (!this.#isDirty) await this.#ports.recovery.remove()
    this.#ports.changed()
    return FINE
  }

  async #replace(
    workspace: Workspace,
    { file, diskText }: { readonly file: string | null; readonly diskText: string | null },
  ): Promise<Outcome> {
    this.#workspace = workspace
    this.#file = file
    this.#diskText = diskText
    this.#savedText = formatWorkspace(workspace)
    this.#isDirty = false
    this.#notice = null
    this.#generation += 1
    await this.#ports.recovery.remove()
    this.#ports.changed()
    this.#ports.replaced(workspace)
    return FINE
  }

  #markUnsaved(): void {
    this.#savedText = ''
    this.#isDirty = true
    this.#ports.changed()
  }

  #tell(notice: string): void {
    if (this.#notice === notice) return
    this.#notice = notice
    this.#ports.changed()
  }
}

const NOT_SAVABLE = 'This workspace has problems; mend them before you save it.'

function refused(message: string, issues: readonly Issue[]): Outcome {
  return { ok: false, message, issues }
}

/** A workspace's name as a file name: `Noisy neighbour` → `noisy-neighbour`. */
function fileNameOf(name: string): string {
  const plain = name
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '')
  return plain === '' ? 'workspace' : plain.slice(0, 100)
}
