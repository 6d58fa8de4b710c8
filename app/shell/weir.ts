import { app, BrowserWindow, clipboard, Menu, powerMonitor, session, type WebFrameMain } from 'electron'
import { removeLeftovers } from '#main/device/run-folder.ts'
import { EngineError } from '#main/engine-error.ts'
import { Board } from '../board/board.ts'
import type { First } from '../board/first.ts'
import { listProblems, type Problem } from '../board/problem.ts'
import { findRecovered } from '../document/recovery.ts'
import { isSameFile } from '../document/same-file.ts'
import { serveIpc } from '../ipc/ipc-server.ts'
import { aboutWeir, diagnosticsText } from './about.ts'
import { weirFolders } from './folders.ts'
import { hardenAllContents, hardenSession } from './harden.ts'
import type { Launch } from './launch.ts'
import { logError, logInfo } from './log.ts'
import { buildMenu } from './menu.ts'
import { originOf } from './page-origin.ts'
import { PAGE_ORIGIN, PAGE_URL, servePages } from './page-protocol.ts'
import { restoreOrphans } from './restore-lifts.ts'
import { Shell } from './shell.ts'
import { openWindow } from './window.ts'

// The running app: its boards, what they share, its beginning and its end.

/** Percent. */
const ZOOM = { step: 10, min: 80, max: 150 }

/** In development the page comes from electron-vite's server, which reloads it on every change. */
const DEVELOPMENT_URL = app.isPackaged ? undefined : process.env.ELECTRON_RENDERER_URL

/** A board and why it could not show what it was opened for; null: it could. */
interface Opening {
  readonly board: Board
  readonly problem: Promise<Problem | null>
}

export class Weir {
  readonly #shell: Shell
  readonly #boards = new Set<Board>()
  /** What a board is about to open: its document has no file yet, and the same file may be asked for again. */
  readonly #coming = new Map<Board, string>()
  readonly #pageUrl = DEVELOPMENT_URL ?? PAGE_URL
  #isQuitting = false

  private constructor(shell: Shell) {
    this.#shell = shell
  }

  /** Once the app is ready. Opens what was asked for, what a crash left, or the first example. */
  static async run(launch: Launch): Promise<Weir> {
    let weir: Weir | null = null
    const shell = await Shell.load(weirFolders(), () => {
      if (weir) weir.#sharedChanged()
    })
    weir = new Weir(shell)
    await weir.#run(launch)
    return weir
  }

  /** Another start of Weir: it has handed over what it was asked to open. */
  secondStart({ files, run }: Launch): void {
    if (files.length > 0) this.#openFiles(files, run)
    else this.#front()?.window.focus()
  }

  async #run(launch: Launch): Promise<void> {
    const pageOrigin = DEVELOPMENT_URL === undefined ? PAGE_ORIGIN : originOf(DEVELOPMENT_URL)
    hardenAllContents(pageOrigin)
    hardenSession(session.defaultSession, pageOrigin)
    servePages(session.defaultSession, `${this.#shell.folders.out}/renderer`)
    serveIpc({ pageOrigin, log: logError, handlersOf: (frame) => this.#boardOf(frame)?.handlers ?? null })
    this.#buildMenu()
    this.#followTheSystem()
    this.#openFirst(launch, await findRecovered(this.#shell.folders.recovery))
    await this.#restoreLifts()
    await removeLeftovers(this.#shell.folders.disks).then(
      (runs) => runs > 0 && logInfo(`Removed the backing files of ${runs} runs that had crashed`),
      (error) => logError('backing files of crashed runs', error),
    )
  }

  /** Said in the window that was opened last. */
  async #restoreLifts(): Promise<void> {
    try {
      const problems = await restoreOrphans()
      for (const problem of problems) [...this.#boards].at(-1)?.push('problem', problem)
    } catch (error) {
      logError('limits that a killed Weir lifted', error)
    }
  }

  #openFirst({ files, run }: Launch, recovered: Awaited<ReturnType<typeof findRecovered>>): void {
    for (const each of recovered) this.#openBoard({ kind: 'recovered', recovered: each }, false)
    const known = new Set(recovered.map(({ file }) => file))
    const wanted = files.filter((file) => !known.has(file))
    if (wanted.length > 0) this.#openFiles(wanted, run)
    else if (this.#boards.size === 0) {
      const last = this.#shell.recent.list()[0]
      if (last === undefined) this.#openBoard({ kind: 'example' }, true)
      else this.#openFiles([last], false)
    }
  }

  /** A window for each file. Those that cannot be opened get none of their own: one window tells them all. */
  #openFiles(files: readonly string[], run: boolean): void {
    const openings: Opening[] = []
    for (const file of files) {
      if (!this.#showElsewhere(file)) openings.push(this.#openBoard({ kind: 'file', file }, run))
    }
    this.#reportWrong(openings).catch((error) => this.#defect(error))
  }

  async #reportWrong(openings: readonly Opening[]): Promise<void> {
    const problems: Problem[] = []
    const empty: Board[] = []
    for (const { board, problem } of openings) {
      const told = await problem
      if (told === null) continue
      problems.push(told)
      empty.push(board)
    }
    const [first, ...others] = problems
    if (first === undefined) return
    const focused = BrowserWindow.getFocusedWindow()
    const right = [...this.#boards].filter((board) => !empty.includes(board))
    const reporting = right.find(({ window }) => window === focused) ?? right.at(-1) ?? empty.find(this.#isHere)
    for (const board of empty) {
      // A file that is slow to open lets its user begin in an empty window meanwhile.
      if (board !== reporting && this.#isHere(board) && board.document.isUntouched) this.#drop(board)
    }
    reporting?.push('problem', listProblems([first, ...others]))
    if (reporting?.window.isVisible()) reporting.window.focus()
  }

  readonly #isHere = (board: Board) => this.#boards.has(board)

  /** Takes a window away that nothing is in. */
  #drop(board: Board): void {
    this.#boards.delete(board)
    board.window.destroy()
    board.mayClose().catch((error) => logError('close', error))
  }

  #openBoard(first: First, run: boolean): Opening {
    const { folders, place } = this.#shell
    const window = openWindow({ out: folders.out, place, devTools: !app.isPackaged, icon: folders.icon })
    const board: Board = new Board({
      window,
      shell: this.#shell,
      showElsewhere: (file) => this.#showElsewhere(file, board),
      iothreadUrl: new URL('./iothread.js', import.meta.url),
      predictWorkerUrl: new URL('./predict-worker.js', import.meta.url),
      chooseWorkerUrl: new URL('./choose-worker.js', import.meta.url),
    })
    this.#boards.add(board)
    window.on('close', (event) => {
      event.preventDefault()
      this.#closeBoard(board).catch((error) => logError('close', error))
    })
    if (first.kind === 'file') this.#coming.set(board, first.file)
    window.loadURL(this.#pageUrl).catch((error) => {
      if (!window.isDestroyed()) logError('load the page', error)
    })
    const unknown = (error: unknown) => {
      logError('open', error)
      return null
    }
    const problem = board.open(first, run).catch(unknown)
    return { board, problem: problem.finally(() => this.#coming.delete(board)) }
  }

  async #closeBoard(board: Board): Promise<void> {
    if (!(await board.mayClose())) {
      this.#isQuitting = false
      return
    }
    this.#boards.delete(board)
    board.window.destroy()
    if (this.#isQuitting && this.#boards.size === 0) app.quit()
  }

  #showElsewhere(file: string, asking?: Board): boolean {
    const isOpenIn = (board: Board) => {
      const its = board.document.file ?? this.#coming.get(board)
      return its !== undefined && isSameFile(its, file)
    }
    const owner = [...this.#boards].find((board) => board !== asking && isOpenIn(board))
    owner?.window.focus()
    return owner !== undefined
  }

  #boardOf(frame: WebFrameMain): Board | undefined {
    return [...this.#boards].find((board) => board.owns(frame))
  }

  /** The board that menus and shortcuts mean. */
  #front(): Board | undefined {
    const focused = BrowserWindow.getFocusedWindow()
    return [...this.#boards].find((board) => board.window === focused) ?? [...this.#boards].at(-1)
  }

  #sharedChanged(): void {
    for (const board of this.#boards) board.sharedChanged()
    this.#buildMenu()
  }

  #buildMenu(): void {
    const withFront = (act: (board: Board) => unknown) => () => {
      const board = this.#front()
      if (board) Promise.resolve(act(board)).catch((error) => this.#failed(board, error))
    }
    const menu = buildMenu({
      isMac: process.platform === 'darwin',
      isDevelopment: !app.isPackaged,
      recent: this.#shell.recent.list(),
      send: (command) => withFront((board) => board.push('menu', command))(),
      newWindow: () => this.#openBoard({ kind: 'empty' }, false),
      newDocument: withFront((board) => board.reportUnless(board.document.createNew())),
      open: withFront((board) => board.reportUnless(board.document.open())),
      openRecent: (index) => withFront((board) => board.reportUnless(board.document.openRecent(index)))(),
      clearRecent: () => this.#shell.forgetRecent(),
      zoom: (step) => withFront(() => this.#zoom(step))(),
      openLogFolder: withFront((board) => board.reportUnless(this.#shell.openLogFolder())),
      copyDiagnostics: withFront((board) =>
        clipboard.writeText(diagnosticsText(aboutWeir(), board.document.workspace)),
      ),
    })
    Menu.setApplicationMenu(menu)
  }

  /** What a menu entry could not do: said in the window. */
  #failed(board: Board, error: unknown): void {
    if (error instanceof EngineError) {
      logError('menu', error)
      board.push('problem', { message: error.message, advice: error.advice })
    } else this.#defect(error)
  }

  async #zoom(step: 'in' | 'out' | 'reset'): Promise<void> {
    const settings = this.#shell.settings.value
    const requested = step === 'reset' ? 100 : settings.zoomPercent + (step === 'in' ? ZOOM.step : -ZOOM.step)
    await this.#shell.changeSettings({ ...settings, zoomPercent: Math.min(ZOOM.max, Math.max(ZOOM.min, requested)) })
  }

  #followTheSystem(): void {
    powerMonitor.on('suspend', () => {
      for (const board of this.#boards) board.session.suspend().catch((error) => logError('suspend', error))
    })
    powerMonitor.on('resume', () => {
      for (const board of this.#boards) board.session.resume().catch((error) => logError('resume', error))
    })
    app.on('before-quit', () => {
      this.#isQuitting = true
    })
    app.on('window-all-closed', () => {
      if (process.platform !== 'darwin') app.quit()
    })
    app.on('activate', () => {
      if (this.#boards.size === 0) this.#openBoard({ kind: 'empty' }, false)
    })
    app.on('child-process-gone', (_event, details) => logError('a process of the app ended', details))
    for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
      process.on(event, (error: unknown) => this.#defect(error))
    }
  }

  /** A defect of ours that nobody caught: told, and the boards go on. */
  #defect(error: unknown): void {
    logError('uncaught', error)
    const message = error instanceof Error ? error.message : String(error)
    for (const board of this.#boards) {
      board.push('problem', { message: `Internal error: ${message}`, advice: 'The log file has the details.' })
    }
  }
}
