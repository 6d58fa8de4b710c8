import path from 'node:path'
import { movePaths } from '#main/workspace/file-paths.ts'
import { readWorkspaceFile } from '#main/workspace/read-workspace.ts'
import type { DocumentState, Outcome } from '#shared/ipc/contract.ts'
import { formatIssue, type Issue } from '#shared/issue.ts'
import { formatWorkspace, parseWorkspace } from '#shared/workspace/parse.ts'
import { isSameInFile } from '#shared/workspace/same-in-file.ts'
import { EMPTY_WORKSPACE, type Workspace } from '#shared/workspace/workspace.ts'
import { notOver } from './disk-copy.ts'
import { DocumentFile } from './document-file.ts'
import type { DocumentPorts } from './document-ports.ts'
import { forgetRecovered, type Recovered } from './recovery.ts'
import { fileNameOf } from './safe-name.ts'

// The workspace of one window and the file it belongs to. The window edits; this knows what is saved, keeps unsaved
// edits safe, and asks before anything is lost. It is told what the user answers by its ports and knows no Electron.

const FINE: Outcome = { ok: true }
/** The user changed their mind: no failure, nothing to show. */
const CANCELLED: Outcome = { ok: false, message: '', issues: [] }
const NOT_SAVABLE = 'This workspace has problems; fix them before saving.'
const UNSAFE = 'Unsaved edits would be lost in a crash; save them soon.'
const EXTENSION = '.weir.json'

export class BoardDocument {
  readonly #ports: DocumentPorts
  #workspace: Workspace = EMPTY_WORKSPACE
  /** null: never saved. */
  #file: DocumentFile | null = null
  /** The workspace as it was read or saved; null: it never was. */
  #saved: Workspace | null = EMPTY_WORKSPACE
  #isDirty = false
  /** What is wrong with the window's latest edits, of which `#workspace` has the sound part: they are not to be lost either. */
  #problems: readonly Issue[] = []
  #generation = 0
  #notice: string | null = null

  constructor(ports: DocumentPorts) {
    this.#ports = ports
  }

  get workspace(): Workspace {
    return this.#workspace
  }

  /** Counts up each time it was replaced from outside the window. */
  get generation(): number {
    return this.#generation
  }

  /** Absolute path; null: never saved. */
  get file(): string | null {
    return this.#file?.path ?? null
  }

  get isDirty(): boolean {
    return this.#isDirty
  }

  /** Nothing was opened, begun or edited in it: whoever takes it away takes nothing. */
  get isUntouched(): boolean {
    return this.#file === null && !this.#isDirty && isSameInFile(this.#workspace, EMPTY_WORKSPACE)
  }

  /** Folder that relative paths in the workspace start from. */
  get folder(): string {
    return this.#file?.folder ?? process.cwd()
  }

  get name(): string {
    return this.#file?.name ?? this.#workspace.name
  }

  state(): DocumentState {
    return {
      generation: this.#generation,
      workspace: this.#workspace,
      fileName: this.#file?.name ?? null,
      dirty: this.#isDirty,
      recent: this.#ports.recent.list().map((file) => path.basename(file)),
      notice: this.#notice,
    }
  }

  /** The window edited the workspace. */
  take(workspace: Workspace): void {
    this.#workspace = workspace
    this.#problems = []
    if (this.#notice?.startsWith(NOT_SAVABLE)) this.#report(null)
    const wasDirty = this.#isDirty
    this.#isDirty = !this.#isSaved()
    if (this.#isDirty !== wasDirty) this.#ports.changed()
    if (!this.#isDirty && wasDirty) void this.#ports.recovery.remove()
  }

  /**
   * The window edited the workspace into one that no file can hold: a burst below its limit. It may be lost as little.
   * `desired` is the most of it that a file could hold, and what a crash leaves; null: nothing of it.
   */
  takeProblems(issues: readonly Issue[], desired: Workspace | null): void {
    if (desired !== null) this.#workspace = desired
    const wasDirty = this.#isDirty
    this.#problems = issues
    this.#isDirty = true
    if (!wasDirty) this.#ports.changed()
  }

  /** The same document with other contents, which come from outside the window: it takes them over. */
  change(workspace: Workspace): void {
    this.#generation += 1
    this.take(workspace)
    this.#ports.changed()
  }

  /** Puts unsaved edits where they outlive a crash; called now and then. False: they are nowhere safe, and that is told. */
  async keepUnsaved(): Promise<boolean> {
    if (!this.#isDirty) return true
    try {
      await this.#ports.recovery.keep({ file: this.file, savedAtMs: this.#ports.nowMs(), workspace: this.#workspace })
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException // an EngineError or what node:fs rejects with
      if (code === undefined) throw error
      this.#report(`${UNSAFE} ${message}`)
      return false
    }
    if (this.#notice?.startsWith(UNSAFE)) this.#report(null)
    return true
  }

  async createNew(): Promise<Outcome> {
    return this.adopt(EMPTY_WORKSPACE, { isSaved: true })
  }

  async open(): Promise<Outcome> {
    const file = await this.#ports.dialogs.chooseFileToOpen()
    return file === null ? CANCELLED : this.openFile(file)
  }

  async openFile(file: string): Promise<Outcome> {
    if (file !== this.file && this.#ports.showElsewhere(file)) return FINE
    const read = await readWorkspaceFile(file)
    if (!read.ok) return refused(`${path.basename(file)} cannot be opened.`, read.issues)
    if (!(await this.mayLose())) return CANCELLED
    this.#ports.recent.remember(read.value.file)
    await this.#replace(read.value.workspace, new DocumentFile(read.value.file, read.value.text))
    return FINE
  }

  async openRecent(index: number): Promise<Outcome> {
    const file = this.#ports.recent.list()[index]
    return file === undefined ? refused('This file is no longer in the list.') : this.openFile(file)
  }

  /** A workspace that belongs to no file: an example, an import, a captured VM. `isSaved`: giving it up loses nothing. */
  async adopt(workspace: Workspace, { isSaved }: { readonly isSaved: boolean }): Promise<Outcome> {
    if (!(await this.mayLose())) return CANCELLED
    await this.#replace(workspace, null)
    if (!isSaved) this.#setSaved(null)
    return FINE
  }

  /** Unsaved edits that a crash left. */
  async recover({ file, savedAtMs, workspace, kept }: Recovered): Promise<void> {
    const read = file === null ? null : await readWorkspaceFile(file)
    const known = read?.ok ? read.value : null
    await this.#replace(workspace, file === null ? null : new DocumentFile(file, known?.text ?? null))
    const when = new Date(savedAtMs).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
    this.#notice = `Recovered the unsaved edits of ${this.name} from ${when}. Save them to keep them.`
    this.#setSaved(known?.workspace ?? null)
    // Only now, when they lie in this document's own recovery file: another crash must not lose them either.
    if (await this.keepUnsaved()) await forgetRecovered(kept)
  }

  async save(value: unknown): Promise<Outcome> {
    const parsed = parseWorkspace(value)
    if (!parsed.ok) return refused(NOT_SAVABLE, parsed.issues)
    if (this.#file === null) return this.#saveAs(parsed.value)
    const copy = await this.#file.look()
    if (copy.kind === 'newer' || copy.kind === 'unreadable') return refused(notOver(this.#file.path, copy))
    if (copy.kind === 'changed') {
      const answer = await this.#ports.dialogs.askToOverwrite(this.#file.name)
      if (answer === 'cancel') return CANCELLED
      if (answer === 'save-as') return this.#saveAs(parsed.value)
    }
    return this.#write(this.#file, parsed.value)
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
    if (answer === 'save') return this.#saveOrTell()
    this.#problems = []
    await this.#ports.recovery.remove()
    return true
  }

  /** Looks whether somebody else changed the file: read again if nothing would be lost, else told. */
  async checkDisk(): Promise<void> {
    if (this.#file === null) return
    const copy = await this.#file.look()
    if (copy.kind === 'known') return
    const { name } = this.#file
    if (copy.kind === 'none') return this.#report(`${name} is no longer on disk. Save to write it again.`)
    if (copy.kind === 'unreadable')
      return this.#report(`${copy.reason}. Your edits are safe here: save them elsewhere.`)
    if (this.#isDirty)
      return this.#report(`${name} was changed by another program. Saving will ask before replacing it.`)
    const read = await this.#file.read()
    if (!read.ok) return this.#report(`${name} was changed by another program and is no longer a valid workspace.`)
    await this.#replace(read.value.workspace, new DocumentFile(read.value.file, read.value.text))
    this.#report(`${name} was changed by another program and has been read again.`)
  }

  /** Nobody waits for the outcome of this save, so what went wrong becomes a notice. */
  async #saveOrTell(): Promise<boolean> {
    const { length } = this.#problems
    const outcome = length > 0 ? refused(NOT_SAVABLE, this.#problems) : await this.save(this.#workspace)
    if (!outcome.ok && outcome.message !== '')
      this.#report([outcome.message, ...outcome.issues.map(formatIssue)].join(' '))
    return outcome.ok
  }

  async #saveAs(workspace: Workspace): Promise<Outcome> {
    const suggested = this.#file?.name ?? `${fileNameOf(workspace.name)}${EXTENSION}`
    const chosen = await this.#ports.dialogs.chooseFileToSave(suggested)
    if (chosen === null) return CANCELLED
    if (chosen !== this.file && this.#ports.showElsewhere(chosen)) {
      return refused(`${chosen} is open in another window; close it there, or use another name.`)
    }
    const file = new DocumentFile(chosen, null)
    const copy = await file.look()
    if (copy.kind === 'newer' || copy.kind === 'unreadable') return refused(notOver(file.path, copy))
    const moved = movePaths(workspace, { from: this.folder, to: file.folder })
    const outcome = await this.#write(file, moved)
    // The window holds the paths as they were; it must not go on with them.
    if (outcome.ok && !isSameInFile(moved, workspace)) await this.#replace(moved, file)
    return outcome
  }

  async #write(file: DocumentFile, workspace: Workspace): Promise<Outcome> {
    const failure = await file.write(formatWorkspace(workspace))
    if (failure !== null) return refused(failure)
    this.#file = file
    this.#notice = null
    this.#ports.recent.remember(file.path)
    // An edit may have come in while the file was written.
    this.#setSaved(workspace)
    if (!this.#isDirty) await this.#ports.recovery.remove()
    return FINE
  }

  async #replace(workspace: Workspace, file: DocumentFile | null): Promise<void> {
    this.#workspace = workspace
    this.#file = file
    this.#notice = null
    this.#problems = []
    this.#generation += 1
    await this.#ports.recovery.remove()
    this.#setSaved(workspace)
    this.#ports.replaced(workspace)
  }

  #setSaved(saved: Workspace | null): void {
    this.#saved = saved
    this.#isDirty = this.#problems.length > 0 || !this.#isSaved()
    this.#ports.changed()
  }

  #isSaved(): boolean {
    return this.#saved !== null && isSameInFile(this.#workspace, this.#saved)
  }

  #report(notice: string | null): void {
    if (this.#notice === notice) return
    this.#notice = notice
    this.#ports.changed()
  }
}

function refused(message: string, issues: readonly Issue[] = []): Outcome {
  return { ok: false, message, issues }
}
