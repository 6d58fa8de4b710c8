import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { buildIothread } from '#main/iothread/testing/build-for-tests.ts'
import { Lab } from '#main/lab/lab.ts'
import type { RunResult } from '#shared/result.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'

// A lab of its own for every test of a file, on real threads and with real files. It must leave nothing behind.

/** A machine that is busy with something else may starve an iothread for a while; it does not do so four times. */
export const TIMED = { retry: 3, timeout: 20_000 }

type Json = Record<string, unknown>

export class TestLab {
  lab!: Lab
  dataFolder = ''
  iothreadUrl!: URL
  snapshots: Snapshot[] = []

  open(iothreadUrl: URL, samplePeriodMs: number): void {
    this.iothreadUrl = iothreadUrl
    this.dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-lab-'))
    this.lab = new Lab({ iothreadUrl, dataFolder: this.dataFolder, samplePeriodMs })
    this.snapshots = []
    this.lab.onSnapshot((snapshot) => this.snapshots.push(snapshot))
  }

  async close(): Promise<void> {
    await this.lab.close()
    expect(fs.readdirSync(this.dataFolder)).toEqual([])
    fs.rmSync(this.dataFolder, { recursive: true, force: true })
  }

  /** What was wrong with it; empty: it is in force. */
  async apply(value: Json, revision = 1) {
    const applied = await this.lab.apply(workspaceOf(value), revision)
    return applied.ok ? [] : applied.issues
  }

  last(): Snapshot {
    const snapshot = this.snapshots.at(-1)
    if (snapshot === undefined) throw new Error('no snapshot yet')
    return snapshot
  }

  async runFor(ms: number): Promise<RunResult> {
    await this.lab.start()
    await pass(ms)
    await this.lab.pause()
    return this.lab.result()
  }
}

/** Call it at the top of a test file. */
export function labForTests({ samplePeriodMs = 50 } = {}): TestLab {
  const bench = new TestLab()
  let iothreadUrl: URL
  beforeAll(async () => {
    iothreadUrl = await buildIothread()
  }, 60_000)
  beforeEach(() => bench.open(iothreadUrl, samplePeriodMs))
  afterEach(() => bench.close())
  return bench
}

export function device(id: string, group: string | null, workload: Json = {}, rest: Json = {}) {
  return { id, group, disk: { kind: 'null' }, workload: { kind: 'synthetic', ...workload }, ...rest }
}

export function workspaceOf(value: Json): Workspace {
  const parsed = parseWorkspace({ format: 'weir-workspace/1', groups: {}, devices: [], ...value })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return parsed.value
}

export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

export async function until(what: string, holds: () => boolean, withinMs = 10_000): Promise<void> {
  for (const deadline = performance.now() + withinMs; !holds(); await pass(5)) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs / 1000} s: ${what}`)
  }
}
