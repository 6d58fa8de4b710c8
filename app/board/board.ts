import { randomBytes } from 'node:crypto'
import type { BrowserWindow, WebFrameMain } from 'electron'
import { Lab } from '#main/lab/lab.ts'
import { usualJournal } from '#main/live/apply-journal.ts'
import { usualLiftJournal } from '#main/live/lift/lift-journal.ts'
import { assert, assertNever } from '#shared/assert.ts'
import type { Outcome } from '#shared/ipc/contract.ts'
import { askToWrite, chooseRecording, chooseRecordingFile, dialogsOf } from '../document/dialogs.ts'
import { BoardDocument } from '../document/document.ts'
import { FIRST_EXAMPLE, readExample } from '../document/examples.ts'
import { RecoveryFile } from '../document/recovery.ts'
import { PUSH_CHANNEL } from '../ipc/channels.ts'
import type { Handlers } from '../ipc/ipc-server.ts'
import { logError } from '../shell/log.ts'
import type { Shell } from '../shell/shell.ts'
import { placeOf } from '../shell/window.ts'
import { BoardSession } from './board-session.ts'
import { ChooseBoard } from './choose-board.ts'
import type { First } from './first.ts'
import { FirstPicture } from './first-picture.ts'
import { boardHandlers } from './handlers.ts'
import { PacedPush } from './paced-push.ts'
import { type Problem, problemOf } from './problem.ts'
import type { Push } from './push.ts'

/** How long unsaved edits may be lost to a crash. */
const KEEP_PERIOD_MS = 1000

export interface BoardOptions {
  readonly window: BrowserWindow
  readonly shell: Shell
  /** Whether another board has `file` open; brings that one to the front. */
  readonly showElsewhere: (file: string) => boolean
  readonly iothreadUrl: URL
  readonly predictWorkerUrl: URL
  readonly chooseWorkerUrl: URL
}

/** One window with its document and what runs for it. */
export class Board {
  readonly window: BrowserWindow
  readonly document: BoardDocument
  readonly session: BoardSession
  readonly handlers: Handlers
  readonly #shell: Shell
  readonly #recovery: RecoveryFile
  readonly #keeping: NodeJS.Timeout
  readonly #choose: ChooseBoard
  readonly #paced = new PacedPush({
    send: (channel, text, isMore) => {
      if (!this.window.isDestroyed()) this.window.webContents.send(PUSH_CHANNEL, channel, text, isMore)
    },
    later: (callback) => setImmediate(callback),
  })
  readonly #firstPicture = new FirstPicture()
  /** That of the document shown now. */
  #lab: Lab | null = null
  /** Resolves when the first document is shown. */
  #opened: Promise<unknown> = Promise.resolve()
  #listens = false
  readonly #unheard: Problem[] = []
  #isClosing = false

  constructor({ window, shell, showElsewhere, iothreadUrl, predictWorkerUrl, chooseWorkerUrl }: BoardOptions) {
    this.window = window
    this.#shell = shell
    this.#recovery = new RecoveryFile(shell.folders.recovery, `board-${randomBytes(6).toString('hex')}`)
    this.document = new BoardDocument({
      dialogs: dialogsOf(window),
      recent: shell.recent,
      recovery: this.#recovery,
      showElsewhere,
      changed: () => this.#documentChanged(),
      replaced: (workspace) => this.session.open(workspace),
      nowMs: () => Date.now(),
    })
    this.session = new BoardSession({
      push: this.push,
      createLab: () => {
        const { samplePeriodMs } = shell.settings.value
        this.#lab = new Lab({ iothreadUrl, dataFolder: shell.folders.disks, samplePeriodMs })
        return this.#lab
      },
      firstPicture: this.#firstPicture.drawn,
      predictWorkerUrl,
      log: logError,
      document: this.document,
      recentSockets: shell.recentSockets,
      journal: usualJournal(),
      liftJournal: usualLiftJournal(),
      askToWrite: (files) => askToWrite(window, files),
      chooseRecordingFile: (suggestedName) => chooseRecordingFile(window, suggestedName),
    })
    this.#choose = new ChooseBoard({
      workerUrl: chooseWorkerUrl,
      folder: () => this.document.folder,
      chooseRecording: () => chooseRecording(window),
    })
    this.handlers = boardHandlers({
      window,
      document: this.document,
      session: this.session,
      choose: this.#choose,
      shell,
      push: this.push,
      ready: () => this.pageReady(),
      drawn: this.#firstPicture.isDrawn,
    })
    this.#keeping = setInterval(() => {
      this.document.keepUnsaved().catch((error) => logError('recovery file', error))
    }, KEEP_PERIOD_MS)
    window.on('focus', () => {
      this.document.checkDisk().catch((error) => logError('check the document on disk', error))
    })
    window.webContents.on('render-process-gone', (_event, { reason }) => this.#pageDied(reason))
    window.webContents.on('did-start-loading', () => {
      this.#listens = false
      this.#paced.forget()
    })
    window.webContents.on('did-finish-load', () => this.#zoom())
  }

  /** Until the page listens, problems wait and the rest is dropped: `board/ready` answers with everything else. */
  readonly push: Push = (channel, payload) => {
    if (this.window.isDestroyed()) return
    if (this.#listens) this.#paced.push(channel, payload)
    else if (channel === 'problem') this.#unheard.push(payload as Problem) // the channel's own payload
  }

  /**
   * Shows its first document; with `run` the lab starts at once. Resolves to why there is none to show: whoever opened
   * the board knows in which window to tell it.
   */
  async open(first: First, run: boolean): Promise<Problem | null> {
    const opening = this.#open(first)
    this.#opened = opening
    const problem = problemOf(await opening)
    if (problem === null && run) await this.reportUnless(this.session.control('start'))
    return problem
  }

  /** The page is up and listens from now on. Resolves when there is a document to show. */
  async pageReady(): Promise<void> {
    await this.#opened
    this.#listens = true
    // After the answer: what went wrong before anybody listened.
    setImmediate(() => {
      for (const problem of this.#unheard.splice(0)) this.push('problem', problem)
    })
  }

  /** For calls of the menu, which nobody waits for: a refusal becomes a message in the window. */
  async reportUnless(call: Promise<Outcome>): Promise<void> {
    const problem = problemOf(await call)
    if (problem !== null) this.push('problem', problem)
  }

  owns(frame: WebFrameMain): boolean {
    return !this.window.isDestroyed() && this.window.webContents.mainFrame === frame
  }

  /** Settings or recent files changed, which all boards share. */
  sharedChanged(): void {
    if (this.window.isDestroyed()) return
    this.#zoom()
    this.#lab?.setSamplePeriod(this.#shell.settings.value.samplePeriodMs)
    this.push('settings', this.#shell.settings.value)
    this.push('document', this.document.state())
  }

  /** Asks what the user wants to do with unsaved edits; true: the window may go, and everything of it has gone. */
  async mayClose(): Promise<boolean> {
    if (this.#isClosing) return false
    this.#isClosing = true
    try {
      if (!(await this.document.mayLose())) return false
      clearInterval(this.#keeping)
      await this.#recovery.remove()
      if (!this.window.isDestroyed()) await this.#shell.place.set(placeOf(this.window)).catch(logPlace)
      // A disk that does not answer may hold an iothread for ever; it must not hold the window.
      await this.#choose.close()
      this.#firstPicture.isDrawn()
      await this.session.close().catch((error) => logError('end the lab', error))
      return true
    } finally {
      this.#isClosing = false
    }
  }

  async #open(first: First): Promise<Outcome> {
    switch (first.kind) {
      case 'file':
        return this.document.openFile(first.file)
      case 'recovered':
        await this.document.recover(first.recovered)
        return { ok: true }
      case 'example': {
        const example = await readExample(this.#shell.folders.examples, FIRST_EXAMPLE)
        assert(example.ok, 'the first example is a workspace')
        return this.document.adopt(example.value, { isSaved: true })
      }
      case 'empty':
        return this.document.createNew()
      default:
        return assertNever(first)
    }
  }

  #zoom(): void {
    this.window.webContents.setZoomFactor(this.#shell.settings.value.zoomPercent / 100)
  }

  #documentChanged(): void {
    if (this.window.isDestroyed()) return
    const { name, isDirty, file } = this.document
    this.window.setTitle(`${isDirty ? '● ' : ''}${name} – Weir`)
    this.window.setDocumentEdited(isDirty)
    this.window.setRepresentedFilename(file ?? '')
    this.push('document', this.document.state())
  }

  /** The page is only a view: a new one finds everything here, unsaved edits included. */
  #pageDied(reason: string): void {
    logError('the page crashed', reason)
    if (reason === 'clean-exit' || this.window.isDestroyed()) return
    this.window.webContents.reload()
  }
}

function logPlace(error: unknown): void {
  logError('window place', error)
}
