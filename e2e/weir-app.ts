import type { ChildProcess } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { test as base, type ElectronApplication, _electron as electron, expect, type Page } from '@playwright/test'
import { BoardPage } from './board-page.ts'

export const ROOT = path.resolve(import.meta.dirname, '..')
export const EXAMPLE = path.join(ROOT, 'examples/noisy-neighbour.weir.json')

export interface LaunchOptions {
  /** Workspaces to open. */
  readonly files?: readonly string[]
  /** Start the lab at once. */
  readonly run?: boolean
  /** Folder of the app's own data; by default a new one, removed after the test. */
  readonly dataFolder?: string
  readonly env?: Readonly<Record<string, string>>
}

/** A running Weir: the app, its first window, and that window's board. */
export interface RunningWeir {
  readonly app: ElectronApplication
  readonly page: Page
  readonly board: BoardPage
  readonly dataFolder: string
  /** What its pages wrote to their consoles as errors, and what they threw. */
  readonly pageErrors: readonly string[]
  close(): Promise<void>
}

async function launchWeir(options: LaunchOptions, dataFolder: string): Promise<RunningWeir> {
  const app = await electron.launch({
    args: [`--user-data-dir=${dataFolder}`, ROOT, ...(options.run ? ['--run'] : []), ...(options.files ?? [])],
    cwd: ROOT,
    env: {
      ...(process.env as Record<string, string>), // no value is undefined
      WEIR_AUTOMATED: '1',
      XDG_STATE_HOME: dataFolder,
      ...options.env,
    },
  })
  // Playwright forgets the process once it has ended.
  const child = app.process()
  const pageErrors: string[] = []
  app.on('window', (page) => {
    page.on('pageerror', (error) => pageErrors.push(error.message))
    page.on('console', (message) => {
      if (message.type() === 'error') pageErrors.push(message.text())
    })
  })
  const page = await app.firstWindow()
  return {
    app,
    page,
    board: new BoardPage(page),
    dataFolder,
    pageErrors,
    close: () => closeWeir(app, child),
  }
}

/** Unsaved edits are given up: the question whether to save them would wait for ever. An app that is gone already is fine. */
async function closeWeir(app: ElectronApplication, child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  await app.evaluate(({ dialog }) => {
    dialog.showMessageBox = () => Promise.resolve({ response: 1, checkboxChecked: false })
  })
  await app.close()
}

/** A folder of the test's own, removed after it. */
export function temporaryFolder(name: string): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), `weir-e2e-${name}-`))
}

interface Fixtures {
  /** Starts Weir; every one is closed after the test. */
  readonly launch: (options?: LaunchOptions) => Promise<RunningWeir>
  /** A folder for the test's files. */
  readonly folder: string
}

export const test = base.extend<Fixtures>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of the fixtures from the pattern.
  folder: async ({}, use) => {
    const folder = temporaryFolder('files')
    await use(folder)
    fs.rmSync(folder, { recursive: true, force: true })
  },
  // After the folder, so that every app has ended before the folder goes: their data may be in it.
  launch: async ({ folder: _ }, use) => {
    const running: RunningWeir[] = []
    const folders: string[] = []
    await use(async (options = {}) => {
      const dataFolder = options.dataFolder ?? temporaryFolder('data')
      if (options.dataFolder === undefined) folders.push(dataFolder)
      const weir = await launchWeir(options, dataFolder)
      running.push(weir)
      return weir
    })
    for (const weir of running) await weir.close()
    for (const folder of folders) fs.rmSync(folder, { recursive: true, force: true })
  },
})

export { expect }
