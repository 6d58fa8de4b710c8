import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { Lab } from '#main/lab/lab.ts'
import { jainIndex } from '#main/stats/run-book.ts'
import type { RunResult } from '#shared/result.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'

// A workspace on real threads, and what it did between two moments: start-up and initial allowance stay outside.

export interface Place {
  /** The built iothread entry. */
  readonly iothread: URL
  /** The built worker that does only the system calls. */
  readonly bare: URL
}

export interface Window {
  readonly seconds: number
  /** Requests per device in the window. */
  readonly requests: Readonly<Record<string, number>>
  readonly total: number
  readonly fairness: number
  readonly result: RunResult
}

export type Json = Readonly<Record<string, unknown>>

export function nullDevice(id: string, group: string | null, workload: Json = {}, rest: Json = {}): Json {
  return { id, group, disk: { kind: 'null' }, workload: { kind: 'synthetic', ...workload }, ...rest }
}

/** Runs `workspace`, calls `during` while it runs, and takes everything away. */
export async function withLab<T>(place: Place, workspace: Json, during: (lab: Lab) => Promise<T>): Promise<T> {
  const parsed = parseWorkspace({ format: 'weir-workspace/1', groups: {}, ...workspace })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  const dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-bench-data-'))
  const lab = new Lab({ iothreadUrl: place.iothread, dataFolder, samplePeriodMs: 1000 })
  try {
    const applied = await lab.apply(parsed.value, 1)
    if (!applied.ok) throw new Error(JSON.stringify(applied.issues))
    await lab.start()
    return await during(lab)
  } finally {
    await lab.close()
    fs.rmSync(dataFolder, { recursive: true, force: true })
  }
}

/** What happens in `seconds`, after `warmSeconds`; `during` waits as long. */
export async function measured(
  lab: Lab,
  warmSeconds: number,
  seconds: number,
  during = () => pass(seconds * 1000),
): Promise<Window> {
  lab.result() // the first takes longest, and must not stand between the counters and their time
  await pass(warmSeconds * 1000)
  const before = lab.result()
  await during()
  const result = lab.result()
  const [earlier, later] = [doneOf(before), doneOf(result)]
  const requests = Object.fromEntries(Object.keys(later).map((id) => [id, later[id]! - (earlier[id] ?? 0)]))
  const counts = Object.values(requests)
  return {
    seconds: result.durationS - before.durationS,
    requests,
    total: counts.reduce((sum, count) => sum + count, 0),
    fairness: jainIndex(counts),
    result,
  }
}

function doneOf(result: RunResult): Record<string, number> {
  return Object.fromEntries(
    Object.entries(result.devices).map(([id, { read, write }]) => [id, read.requests + write.requests]),
  )
}

export function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
