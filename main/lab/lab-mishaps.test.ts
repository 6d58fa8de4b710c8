import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { buildIothread } from '#main/iothread/testing/build-for-tests.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { Lab } from './lab.ts'

// Iothreads that die, with and without a group's lock in hand, or hang in a disk. They are the real ones, but run in a
// worker in which a release of a lock, or a read by Node or by koffi, first looks for a file that tells it to misbehave.

const SABOTAGE = (iothread: URL, trigger: string) => `
import fs from 'node:fs'
import Module from 'node:module'
import { workerData } from 'node:worker_threads'

const left = new Map()
function isTold(to) {
  const order = ${JSON.stringify(trigger)} + '-' + to + '-' + workerData.iothread
  if (!left.has(to)) {
    if (!fs.existsSync(order)) return false
    left.set(to, Number(fs.readFileSync(order, 'utf8')))
    fs.rmSync(order, { force: true })
  }
  left.set(to, left.get(to) - 1)
  if (left.get(to) > 0) return false
  left.delete(to)
  return true
}

const { exchange } = Atomics
Atomics.exchange = (...args) => {
  if (isTold('die-with-lock')) process.exit(1)
  const result = exchange(...args)
  if (isTold('die')) process.exit(1)
  return result
}
const hangs = () => isTold('hang') && Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 7000)
const { readSync } = fs
fs.readSync = (...args) => {
  hangs()
  return readSync(...args)
}
const load = Module._load
Module._load = (request, ...rest) => {
  const koffi = load(request, ...rest)
  return request === 'koffi' ? { ...koffi, load: (name) => hanging(koffi.load(name)) } : koffi
}
function hanging(program) {
  const func = (name, ...rest) => {
    const call = program.func(name, ...rest)
    return name === 'pread' ? (...args) => (hangs(), call(...args)) : call
  }
  return { func }
}
await import(${JSON.stringify(iothread.href)})
`

let iothreadUrl: URL
let folder: string
let trigger: string
let lab: Lab
let snapshots: Snapshot[]

beforeAll(async () => {
  iothreadUrl = await buildIothread()
}, 60_000)

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-mishaps-'))
  trigger = path.join(folder, 'trigger')
  const saboteur = path.join(folder, 'saboteur.mjs')
  fs.writeFileSync(saboteur, SABOTAGE(iothreadUrl, trigger))
  lab = new Lab({ iothreadUrl: pathToFileURL(saboteur), dataFolder: path.join(folder, 'disks'), samplePeriodMs: 50 })
  snapshots = []
  lab.onSnapshot((snapshot) => snapshots.push(snapshot))
})

afterEach(async () => {
  await lab.close()
  fs.rmSync(folder, { recursive: true, force: true })
})

/** The `nth` time from now that it could. */
function misbehave(to: 'die' | 'die-with-lock' | 'hang', slot: number, nth = 1): void {
  fs.writeFileSync(`${trigger}-${to}-${slot}.new`, `${nth}`)
  fs.renameSync(`${trigger}-${to}-${slot}.new`, `${trigger}-${to}-${slot}`)
}

/** Two members each on two iothreads, one of them on a file, in a group of 500 IOPS. */
async function startFour(): Promise<void> {
  const device = (id: string, index: number, disk: object) => ({
    id,
    group: 'gold',
    iothread: index % 2,
    disk,
    workload: { kind: 'synthetic', readPercent: 100, iodepth: 4 },
  })
  const file = { kind: 'file', sizeBytes: 1 << 20 }
  const parsed = parseWorkspace({
    format: 'weir-workspace/1',
    groups: { gold: { 'iops-total': 500 } },
    devices: ['a', 'b', 'c', 'd'].map((id, index) => device(id, index, index < 2 ? file : { kind: 'null' })),
  })
  if (!parsed.ok) throw new Error('the workspace is right')
  expect((await lab.apply(parsed.value, 1)).ok).toBe(true)
  await lab.start()
  await until('all run', () => ids().every((id) => requests(id) > 5))
}

function ids(): string[] {
  return Object.keys(last()?.devices ?? {})
}

function requests(id: string): number {
  const device = last()?.devices[id]
  return device === undefined ? 0 : device.read.requests + device.write.requests
}

function last(): Snapshot | undefined {
  return snapshots.at(-1)
}

function heard(kind: string): string[] {
  return snapshots.flatMap((snapshot) => snapshot.events.filter((event) => event.kind === kind).map(({ text }) => text))
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 15_000; !(snapshots.length > 0 && holds()); await pass(10)) {
    if (Date.now() > deadline) throw new Error(`not within 15 s: ${what}`)
  }
}

/** The group's rate over the next second, as a share of its limit. */
async function rateOfLimit(): Promise<number> {
  const sum = () => ids().reduce((total, id) => total + requests(id), 0)
  const [before, beforeNs] = [sum(), last()!.nowNs]
  await pass(1000)
  return (sum() - before) / ((last()!.nowNs - beforeNs) / 1e9) / 500
}

for (const how of ['die', 'die-with-lock'] as const) {
  test(`an iothread told to ${how} is started again with its devices, and the group keeps its rate`, {
    retry: 2,
    timeout: 30_000,
  }, async () => {
    await startFour()
    misbehave(how, 1)
    await until('it runs again', () => heard('recovered').length === 1)
    expect(heard('failed')[0]).toContain('iothread')
    expect(heard('recovered')[0]).toContain('b, d')
    const [b, d] = [requests('b'), requests('d')]
    expect(await rateOfLimit()).toBeCloseTo(1, 1)
    expect(requests('b')).toBeGreaterThan(b + 20)
    expect(requests('d')).toBeGreaterThan(d + 20)
    expect([...(last()?.groups.gold?.ring ?? [])].sort()).toEqual(['a', 'b', 'c', 'd'])
    const level = last()?.groups.gold?.buckets['iops-total']?.level ?? Number.NaN
    expect(level).toBeGreaterThanOrEqual(0)
    expect(level).toBeLessThan(100)
  })
}

/** Two devices on two iothreads, 8 requests each, under a cap of 600 and limits of their own of 400. */
async function startChains(): Promise<void> {
  const device = (id: string, iothread: number) => ({
    ...{ id, groups: ['vm', `own ${id}`], iothread, disk: { kind: 'null' } },
    workload: { kind: 'synthetic', readPercent: 100, iodepth: 8 },
  })
  const own = { 'iops-total': 400 }
  const parsed = parseWorkspace({
    format: 'weir-workspace/1',
    groups: { vm: { 'iops-total': 600 }, 'own a': own, 'own b': own },
    devices: [device('a', 0), device('b', 1)],
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  expect((await lab.apply(parsed.value, 1)).ok).toBe(true)
  await lab.start()
  await until('both run', () => ids().every((id) => requests(id) > 100))
}

// A thread releases the cap's lock, and then takes that of a disk's own group to pass on what it let go: at every other
// release what it granted, for either thread's device, is on its way between the two levels.
for (const how of ['die', 'die-with-lock'] as const) {
  test(`threads told to ${how} between two levels lose no request of the others, and pass none twice`, {
    retry: 2,
    timeout: 60_000,
  }, async () => {
    await startChains()
    // Replacements get the lowest free slot: 2, then 0 and 2 in turn.
    for (const [deaths, slot] of [0, 2, 0].entries()) {
      misbehave(how, slot, deaths + 1)
      await until(`recovered ${deaths + 1}`, () => heard('recovered').length > deaths)
    }
    await pass(500)
    const from = snapshots.length
    const [a, b, beforeNs] = [requests('a'), requests('b'), last()!.nowNs]
    await pass(1500)
    const spanS = (last()!.nowNs - beforeNs) / 1e9
    for (const [id, before] of [
      ['a', a],
      ['b', b],
    ] as const) {
      // A request in the disk or in a hand is in no queue: the most of them says how many there are.
      const queued = snapshots.slice(from).map(({ devices }) => devices[id]?.read.queued ?? 0)
      expect([Math.max(...queued), id]).toEqual([8, id])
      const share = (requests(id) - before) / spanS / 300
      expect(Math.abs(share - 1), `${id} has ${share} of its share`).toBeLessThan(0.2) // a busy machine costs some
    }
  })
}

test('an iothread that dies while the lab is paused is started again, too', { timeout: 30_000 }, async () => {
  await startFour()
  await lab.pause()
  misbehave('die', 0)
  await lab.start()
  await until('it runs again', () => heard('recovered').length === 1)
  await lab.pause()
  const before = requests('a')
  await lab.start()
  await until('its device goes on', () => requests('a') > before + 20)
})

test('an iothread that keeps dying is left alone with a reason, until reset', { timeout: 60_000 }, async () => {
  await startFour()
  // Replacements get the lowest free slot: 2, then 1 and 2 in turn.
  for (const slot of [1, 2, 1, 2]) {
    const deaths = heard('failed').length
    misbehave('die', slot)
    await until(`death ${deaths + 1}`, () => heard('failed').length > deaths)
    if (heard('failed').length < 4) await until('recovered', () => heard('recovered').length > deaths)
  }
  await until('it is given up', () => last()?.devices.b?.status === 'failed')
  expect(last()?.devices.b?.reason).toContain('iothread')
  const before = requests('a')
  await until('the others run on', () => requests('a') > before + 20)
  await lab.reset()
  await until('all run again', () => ids().every((id) => requests(id) > 5))
  expect(last()?.devices.b?.status).toBe('running')
})

test('an iothread that hangs in a disk is told of; the others run on and it comes back', {
  timeout: 60_000,
}, async () => {
  await startFour()
  misbehave('hang', 1)
  await until('the hang shows', () => last()?.devices.b?.status === 'failed')
  expect(last()?.devices.b?.reason).toMatch(/^its disk has not answered for \d s$/)
  expect(last()?.devices.d?.reason).toMatch(/^its iothread has waited \d s for the disk of b$/)
  const before = requests('a')
  await until('the others run on', () => requests('a') > before + 100)
  await until('it answers again', () => last()?.devices.b?.status === 'running')
  const [b, d] = [requests('b'), requests('d')]
  await until('its devices go on', () => requests('b') > b + 10 && requests('d') > d + 10)
})

test('reset does not wait for an iothread inside a slow request, whose devices come back when it answers', {
  timeout: 60_000,
}, async () => {
  const slow = { kind: 'null', service: { kind: 'fixed', us: 6e6 } }
  const device = (id: string, iothread: number, disk: object) => ({
    ...{ id, group: 'gold', iothread, disk },
    workload: { kind: 'synthetic', readPercent: 100, iodepth: 2 },
  })
  const workspace = (iops: number) => {
    const devices = [device('a', 0, { kind: 'null' }), device('slow', 1, slow), device('beside', 1, { kind: 'null' })]
    const groups = { gold: { 'iops-total': iops } }
    const parsed = parseWorkspace({ format: 'weir-workspace/1', iothreads: 2, groups, devices })
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
    return parsed.value
  }
  expect((await lab.apply(workspace(500), 1)).ok).toBe(true)
  await lab.start()
  await until('it runs', () => requests('a') > 20)
  const beganMs = performance.now()
  await lab.reset()
  expect(performance.now() - beganMs).toBeLessThan(6000) // one patience of 4 s, not one per batch
  expect([requests('slow'), requests('beside'), last()?.groups.gold?.ring]).toEqual([0, 0, ['a']])
  await until('the others run on', () => requests('a') > 20)
  expect((await lab.apply(workspace(200), 2)).ok).toBe(true)
  await until('the group has its limits', () => last()?.groups.gold?.limits['iops-total'] === 200)
  await until('its devices are back', () => last()?.groups.gold?.ring?.length === 3 && requests('beside') > 0)
  await until('the slow one serves', () => requests('slow') > 0)
  expect(heard('failed').filter((text) => text.includes('ended'))).toEqual([])
})
