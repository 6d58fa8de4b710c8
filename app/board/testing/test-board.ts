import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { expect } from 'vitest'
import { Lab } from '#main/lab/lab.ts'
import { assert } from '#shared/assert.ts'
import type { ApplyReply, BoardMode, PredictProgress, QemuState } from '#shared/ipc/contract.ts'
import type { Issue } from '#shared/issue.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { BoardSession } from '../board-session.ts'

// A board without its window: real labs, and a port in the place of the document, the dialogs and the page.

export const IDLE_DB = { id: 'db', group: 'gold', disk: { kind: 'null' }, workload: { kind: 'idle' } }
export const BUSY_DB = { ...IDLE_DB, workload: { kind: 'synthetic' } }

export function workspaceOf(part: object = {}): Workspace {
  const value = { format: 'weir-workspace/1', groups: { gold: { 'iops-total': 500 } }, devices: [BUSY_DB], ...part }
  const parsed = parseWorkspace(value)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return parsed.value
}

export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

export async function until(what: string, holds: () => boolean, withinMs = 10_000): Promise<void> {
  for (const deadline = Date.now() + withinMs; !holds(); await pass(5)) {
    if (Date.now() > deadline) throw new Error(`not within ${withinMs / 1000} s: ${what}`)
  }
}

class TestDocument {
  /** Until then the user has not said what becomes of unsaved edits. */
  answered: Promise<void> = Promise.resolve()
  workspace: Workspace
  generation = 0
  readonly folder: string
  problems = 0
  isDirty = false

  constructor(workspace: Workspace, folder: string) {
    this.workspace = workspace
    this.folder = folder
  }

  /** The user gives up what is open. */
  async adopt(workspace: Workspace) {
    await this.answered
    this.change(workspace)
    return { ok: true } as const
  }

  change(workspace: Workspace): void {
    this.workspace = workspace
    this.generation += 1
  }

  take(workspace: Workspace): void {
    this.workspace = workspace
  }

  takeProblems(_issues: readonly Issue[], desired: Workspace | null): void {
    this.problems += 1
    if (desired !== null) this.workspace = desired
  }
}

interface SessionOptions {
  readonly createLab?: () => Lab
  readonly predictWorkerUrl?: URL
  readonly firstPicture?: Promise<void>
}

export class TestBoard {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-board-'))
  readonly labs: Lab[] = []
  readonly told = {
    snapshots: [] as Snapshot[],
    modes: [] as BoardMode[],
    problems: [] as string[],
    qemu: [] as QemuState[],
    predictions: [] as PredictProgress[],
  }
  /** The files of each question whether they may be written to, which is answered so: */
  readonly asked: (readonly string[])[] = []
  allowsWriting: boolean | Promise<boolean> = true
  document: TestDocument
  session: BoardSession
  readonly #iothreadUrl: URL

  constructor(iothreadUrl: URL) {
    this.#iothreadUrl = iothreadUrl
    fs.mkdirSync(path.join(this.folder, 'disks'))
    this.document = new TestDocument(workspaceOf(), this.folder)
    this.session = this.#newSession()
  }

  /** What the window sends of the document that is open. */
  async apply(workspace: unknown, revision: number): Promise<ApplyReply> {
    const { generation } = this.document
    const reply = await this.session.apply({ generation, workspace, revision })
    assert(reply !== null, 'the session has that document')
    return reply
  }

  /** Puts a new session, for a new document, in the place of the one that was. */
  restart(options: SessionOptions): void {
    this.document = new TestDocument(workspaceOf(), this.folder)
    this.session = this.#newSession(options)
  }

  #newSession({
    createLab = () => this.newLab(),
    predictWorkerUrl = new URL('data:text/javascript,'),
    firstPicture = Promise.resolve(),
  }: SessionOptions = {}): BoardSession {
    const { told } = this
    const kept = {
      snapshot: (each: Snapshot) => told.snapshots.push(each),
      mode: (each: BoardMode) => told.modes.push(each),
      problem: (each: { message: string }) => told.problems.push(each.message),
      qemu: (each: QemuState) => told.qemu.push(each),
      predict: (each: PredictProgress) => told.predictions.push(each),
    }
    return new BoardSession({
      push: (channel, payload) => {
        // Each channel has its payload's type, which the index cannot say.
        if (channel in kept) (kept[channel as keyof typeof kept] as (value: unknown) => void)(payload)
      },
      createLab,
      firstPicture,
      predictWorkerUrl,
      log: () => {},
      document: this.document,
      recentSockets: { list: () => [], remember: () => {} },
      askToWrite: async (files) => {
        this.asked.push(files.map((file) => path.basename(file)))
        return this.allowsWriting
      },
    })
  }

  newLab(): Lab {
    const lab = new Lab({
      iothreadUrl: this.#iothreadUrl,
      dataFolder: path.join(this.folder, 'disks'),
      samplePeriodMs: 20,
    })
    this.labs.push(lab)
    return lab
  }

  async open(workspace = workspaceOf()): Promise<void> {
    this.document.change(workspace)
    this.session.open(workspace)
    await until('it is open', () => this.session.latestSnapshot !== null)
  }

  /** Whether the time of the latest lab runs. */
  async runs(): Promise<boolean> {
    const lab = this.labs.at(-1)
    if (lab === undefined) throw new Error('there is no lab')
    const before = lab.nowNs()
    await pass(30)
    return lab.nowNs() > before
  }

  /** A workspace that writes to `file`, which is all zeros. */
  writing(file: string): Workspace {
    fs.writeFileSync(path.join(this.folder, file), Buffer.alloc(65_536))
    const disk = { kind: 'file', path: file, sizeBytes: 65_536, write: true }
    return workspaceOf({ devices: [{ ...BUSY_DB, disk, workload: { kind: 'synthetic', readPercent: 0 } }] })
  }

  isWritten(file: string): boolean {
    return fs.readFileSync(path.join(this.folder, file)).some((byte) => byte !== 0)
  }

  /** What the labs keep in their data folder. */
  disks(): readonly string[] {
    return fs.readdirSync(path.join(this.folder, 'disks'))
  }

  async close(): Promise<void> {
    await this.session.close()
    const left = this.disks()
    fs.rmSync(this.folder, { recursive: true, force: true })
    expect(left).toEqual([])
  }
}
