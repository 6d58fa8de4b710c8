import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { buildIothread } from '#main/iothread/build-for-tests.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { Lab } from './lab.ts'

// Real threads, real time, real files: rates are compared within 10 %, as QEMU's own iotest 093 does.

let iothread: Awaited<ReturnType<typeof buildIothread>>
let dataFolder: string
let lab: Lab
let snapshots: Snapshot[]

beforeAll(async () => {
  iothread = await buildIothread()
}, 60_000)

afterAll(() => iothread.remove())

beforeEach(() => {
  dataFolder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-lab-'))
  lab = new Lab({ iothreadUrl: iothread.url, dataFolder, samplePeriodMs: 50 })
  snapshots = []
  lab.onSnapshot((snapshot) => snapshots.push(snapshot))
})

afterEach(async () => {
  await lab.close()
  expect(fs.readdirSync(dataFolder)).toEqual([])
  fs.rmSync(dataFolder, { recursive: true, force: true })
})

type Json = Record<string, unknown>

function device(id: string, group: string | null, workload: Json = {}, rest: Json = {}) {
  return { id, group, disk: { kind: 'null' }, workload: { kind: 'synthetic', ...workload }, ...rest }
}

function workspaceOf(value: Json): Workspace {
  const parsed = parseWorkspace({ format: 'weir-workspace/1', groups: {}, devices: [], ...value })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return parsed.value
}

async function apply(value: Json, revision = 1) {
  const applied = await lab.apply(workspaceOf(value), revision)
  return applied.ok ? [] : applied.issues
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !holds(); await pass(10)) {
    if (Date.now() > deadline) throw new Error(`not within 10 s: ${what}`)
  }
}

function last(): Snapshot {
  const snapshot = snapshots.at(-1)
  if (snapshot === undefined) throw new Error('no snapshot yet')
  return snapshot
}

async function runFor(ms: number) {
  await lab.start()
  await pass(ms)
  await lab.pause()
  return lab.result()
}

/** Requests per second of a group without its initial allowance of a tenth of a second's. */
function steadyIops(result: Awaited<ReturnType<typeof runFor>>, group: string, allowance: number): number {
  return (result.groups[group]!.iops * result.durationS - allowance) / result.durationS
}

test('a group on two iothreads keeps its limit and shares it fairly', async () => {
  await apply({
    groups: { gold: { 'iops-total': 2000 } },
    devices: [device('a', 'gold'), device('b', 'gold'), device('c', 'gold')],
  })
  const result = await runFor(1500)
  expect(steadyIops(result, 'gold', 200) / 2000).toBeCloseTo(1, 1)
  expect(result.groups.gold?.fairness).toBeGreaterThan(0.99)
  expect(result.devices.a?.read.waitNs.p50).toBeGreaterThan(1e6)
})
