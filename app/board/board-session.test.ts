import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { buildIothread } from '#main/iothread/build-for-tests.ts'
import { Lab } from '#main/lab/lab.ts'
import { missingQemu, RealQemu } from '#main/qemu/testing/real-qemu.ts'
import type { BoardMode, PredictProgress, QemuState } from '#shared/ipc/contract.ts'
import type { Issue } from '#shared/issue.ts'
import { formatQmpAddress } from '#shared/qemu/qmp-address.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { setLimits } from '#shared/workspace/edits.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { BoardSession } from './board-session.ts'

// A board without its window: real labs, and a port in the place of the document, the dialogs and the page.

let iothread: Awaited<ReturnType<typeof buildIothread>>
let folder: string
let labs: Lab[]
let document: TestDocument
let told: {
  snapshots: Snapshot[]
  modes: BoardMode[]
  problems: string[]
  qemu: QemuState[]
  predictions: PredictProgress[]
}
let asked: (readonly string[])[]
let allowsWriting: boolean | Promise<boolean>
let predictWorkerUrl: URL
let session: BoardSession

beforeAll(async () => {
  iothread = await buildIothread()
}, 60_000)

afterAll(() => iothread.remove())

beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-board-'))
  fs.mkdirSync(path.join(folder, 'disks'))
  labs = []
  told = { snapshots: [], modes: [], problems: [], qemu: [], predictions: [] }
  asked = []
  allowsWriting = true
  predictWorkerUrl = new URL('data:text/javascript,')
  session = boardSession()
})

afterEach(async () => {
  await session.close()
  expect(fs.readdirSync(path.join(folder, 'disks'))).toEqual([])
  fs.rmSync(folder, { recursive: true, force: true })
})

class TestDocument {
  workspace: Workspace
  readonly folder: string
  problems = 0

  constructor(workspace: Workspace, folder: string) {
    this.workspace = workspace
    this.folder = folder
  }

  /** The user gives up what is open. */
  async adopt(workspace: Workspace) {
    this.workspace = workspace
    return { ok: true } as const
  }

  change(workspace: Workspace): void {
    this.workspace = workspace
  }

  take(workspace: Workspace): void {
    this.workspace = workspace
  }

  takeProblems(_issues: readonly Issue[], sound: Workspace | null): void {
    this.problems += 1
    if (sound !== null) this.workspace = sound
  }
}

function boardSession(createLab = newLab): BoardSession {
  document = new TestDocument(workspaceOf(), folder)
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
    predictWorkerUrl,
    log: () => {},
    document,
    recentSockets: { list: () => [], remember: () => {} },
    askToWrite: async (files) => {
      asked.push(files.map((file) => path.basename(file)))
      return allowsWriting
    },
  })
}

function newLab(): Lab {
  const lab = new Lab({ iothreadUrl: iothread.url, dataFolder: path.join(folder, 'disks'), samplePeriodMs: 20 })
  labs.push(lab)
  return lab
}

const IDLE_DB = { id: 'db', group: 'gold', disk: { kind: 'null' }, workload: { kind: 'idle' } }
const BUSY_DB = { ...IDLE_DB, workload: { kind: 'synthetic' } }

function workspaceOf(part: object = {}): Workspace {
  const value = { format: 'weir-workspace/1', groups: { gold: { 'iops-total': 500 } }, devices: [BUSY_DB], ...part }
  const parsed = parseWorkspace(value)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return parsed.value
}

function writing(file: string): Workspace {
  fs.writeFileSync(path.join(folder, file), Buffer.alloc(65_536))
  const disk = { kind: 'file', path: file, sizeBytes: 65_536, write: true }
  return workspaceOf({ devices: [{ ...BUSY_DB, disk, workload: { kind: 'synthetic', readPercent: 0 } }] })
}

function isWritten(file: string): boolean {
  return fs.readFileSync(path.join(folder, file)).some((byte) => byte !== 0)
}

async function open(workspace = workspaceOf()): Promise<void> {
  document.workspace = workspace
  session.open(workspace)
  await until('it is open', () => session.latestSnapshot !== null)
}

function pass(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function until(what: string, holds: () => boolean): Promise<void> {
  for (const deadline = Date.now() + 10_000; !holds(); await pass(5)) {
    if (Date.now() > deadline) throw new Error(`not within 10 s: ${what}`)
  }
}

/** Whether the lab's time runs. */
async function runs(lab = labs.at(-1)!): Promise<boolean> {
  const before = lab.nowNs()
  await pass(30)
  return lab.nowNs() > before
}

test('a wish is taken and in force; one with issues is neither, and is told', async () => {
  await open()
  const wish = workspaceOf({ groups: { gold: { 'iops-total': 700 } } })
  expect(await session.apply({ workspace: wish, revision: 7 })).toEqual({ revision: 7, issues: [] })
  expect(session.latestSnapshot).toMatchObject({
    appliedRevision: 7,
    groups: { gold: { limits: { 'iops-total': 700 } } },
  })
  const wrong = { ...wish, groups: { gold: { 'iops-total': 700, 'iops-total-max': 1 } } }
  const refused = await session.apply({ workspace: wrong, revision: 8 })
  expect([refused.revision, refused.issues.length > 0, document.problems]).toEqual([8, true, 1])
  expect(document.workspace).toEqual(wish)
  expect(labs[0]!.result().groups.gold!.limits).toEqual({ 'iops-total': 700 })
})

const IMPOSSIBLE = { 'iops-total': 700, 'iops-total-max': 1 }

/** What is wrong after `groups` and `devices` were wished for, and what runs then. */
async function wishFor(part: { readonly groups: object; readonly devices?: readonly object[] }) {
  const devices = part.devices ?? [BUSY_DB]
  const wish = { format: 'weir-workspace/1', iothreads: 2, ...part, devices }
  const { issues } = await session.apply({ workspace: wish, revision: 9 })
  const { groups = {}, devices: run = {} } = session.latestSnapshot ?? {}
  return {
    issues: issues.map(({ path: place, code }) => `${place} ${code}`),
    limits: Object.fromEntries(Object.entries(groups).map(([name, { limits }]) => [name, limits])),
    devices: Object.fromEntries(Object.entries(run).map(([id, { group, status }]) => [id, `${group} ${status}`])),
  }
}

test('an impossible limit leaves its group as it was, and holds up nothing else', async () => {
  await open(workspaceOf({ groups: { gold: { 'iops-total': 500 }, bulk: {} } }))
  const devices = [
    { ...IDLE_DB, group: 'bulk' },
    { ...IDLE_DB, id: 'web' },
  ]
  const wrong = { groups: { gold: IMPOSSIBLE, bulk: { 'bps-read': 4096 } }, devices }
  expect(await wishFor(wrong)).toEqual({
    issues: ['groups.gold.iops-total-max limits-max-below-avg'],
    limits: { gold: { 'iops-total': 500 }, bulk: { 'bps-read': 4096 } },
    devices: { db: 'bulk idle', web: 'gold idle' },
  })
  expect([document.problems, document.workspace.groups.gold]).toEqual([1, { 'iops-total': 500 }])
  const mended = { ...wrong, groups: { gold: { 'iops-total': 700 }, bulk: { 'bps-read': 4096 } } }
  expect(await wishFor(mended)).toMatchObject({ issues: [], limits: { gold: { 'iops-total': 700 } } })
})

test('a group with impossible limits that is renamed keeps those that were sound, and so in another mode', async () => {
  await open(workspaceOf({ groups: { 'a.b': { 'iops-total': 500 }, bulk: {} }, devices: [] }))
  await session.setMode('predict')
  await wishFor({ groups: { 'a.b': IMPOSSIBLE, bulk: {} }, devices: [] })
  await wishFor({ groups: { silver: IMPOSSIBLE, bulk: { 'iops-read': 5 } }, devices: [] })
  await session.setMode('lab')
  expect(session.latestSnapshot?.groups).toMatchObject({
    silver: { limits: { 'iops-total': 500 } },
    bulk: { limits: { 'iops-read': 5 } },
  })
})

test('a new group with impossible limits has none; each group is told', async () => {
  await open()
  const groups = { gold: { 'iops-total': 1.5 }, tin: IMPOSSIBLE, zinc: { 'iops-read': 3 } }
  expect(await wishFor({ groups })).toMatchObject({
    issues: ['groups.gold.iops-total wrong-type', 'groups.tin.iops-total-max limits-max-below-avg'],
    limits: { gold: { 'iops-total': 500 }, tin: {}, zinc: { 'iops-read': 3 } },
  })
})

test('an impossible limit beside anything else that is wrong: nothing is taken', async () => {
  await open()
  const groups = { gold: IMPOSSIBLE, bulk: {} }
  expect(await wishFor({ groups, devices: [{ ...BUSY_DB, iothread: 7 }] })).toMatchObject({
    issues: ['groups.gold.iops-total-max limits-max-below-avg', 'devices[0].iothread unknown-iothread'],
    limits: { gold: { 'iops-total': 500 } },
  })
  expect([document.problems, Object.keys(document.workspace.groups)]).toEqual([1, ['gold']])
})

test('what the lab cannot run is told with its place, and the old stays in force', async () => {
  await open()
  const disk = { kind: 'file', path: 'no-such.img', sizeBytes: 4096 }
  const devices = [{ ...IDLE_DB, disk }]
  const refused = await session.apply({ workspace: workspaceOf({ devices }), revision: 2 })
  expect(refused.issues.map((issue) => issue.path)).toEqual(['devices[0].disk.path'])
  await session.control('start')
  await until('the old one runs', () => (session.latestSnapshot?.devices.db?.read.requests ?? 0) > 0)
})

test('start, pause and reset go to the lab', async () => {
  await open()
  expect(await session.control('start')).toEqual({ ok: true })
  await until('it runs', () => session.latestSnapshot?.state === 'running')
  expect(await session.control('pause')).toEqual({ ok: true })
  expect([session.latestSnapshot?.state, await runs()]).toEqual(['paused', false])
  expect(await session.control('reset')).toEqual({ ok: true })
  expect(session.latestSnapshot).toMatchObject({ state: 'stopped', nowNs: 0 })
})

test('of a Pause and a Start at once the last one wins', async () => {
  await open()
  await Promise.all([session.control('start'), session.control('pause')])
  expect(await runs()).toBe(false)
  await Promise.all([session.control('pause'), session.control('start')])
  expect(await runs()).toBe(true)
})

test('a prediction and a board without a VM have nothing to start', async () => {
  await open()
  await session.setMode('predict')
  expect([session.mode, session.latestSnapshot]).toEqual(['predict', null])
  expect(await session.control('start')).toMatchObject({
    ok: false,
    message: expect.stringContaining('Run and Cancel'),
  })
  await session.setMode('qemu')
  expect(await session.control('reset')).toMatchObject({ ok: false, message: 'No VM is attached.' })
  expect(await runs()).toBe(false)
})

test('the lab rests unseen while something else is shown, then goes on with what was edited meanwhile', async () => {
  await open()
  await session.control('start')
  await until('it runs', () => (session.latestSnapshot?.devices.db?.read.requests ?? 0) > 0)
  await session.setMode('predict')
  const [seen, restedAtNs] = [told.snapshots.length, labs[0]!.nowNs()]
  const wish = setLimits(workspaceOf(), 'gold', { 'iops-total': 900 })
  expect(await session.apply({ workspace: wish, revision: 5 })).toEqual({ revision: 5, issues: [] })
  expect(await runs()).toBe(false)
  expect([told.snapshots.length, labs[0]!.nowNs()]).toEqual([seen, restedAtNs])
  expect(await session.setMode('lab')).toEqual({ ok: true })
  expect(await runs()).toBe(true)
  expect(labs[0]!.result().groups.gold!.limits).toEqual({ 'iops-total': 900 })
  expect(told.modes).toEqual(['predict', 'lab'])
})

test('a lab that stood still before stands still after', async () => {
  await open()
  await session.setMode('predict')
  await session.setMode('lab')
  expect(await runs()).toBe(false)
  expect(told.snapshots.at(-1)?.state).toBe('stopped')
})

test('the lab rests also when the mode changes right after Start, before anything was measured', async () => {
  await open()
  await session.control('start')
  await session.setMode('predict')
  expect(await runs()).toBe(false)
  await session.setMode('lab')
  expect(await runs()).toBe(true)
})

test('of two modes asked for at once the last one is shown', async () => {
  await open()
  await session.control('start')
  await Promise.all([session.setMode('predict'), session.setMode('lab')])
  expect([session.mode, await runs()]).toEqual(['lab', true])
})

test('leaving a prediction ends it; one with too many samples is not begun', async () => {
  const ticking = `
    import { parentPort, workerData } from 'node:worker_threads'
    const stop = new Int32Array(workerData.stop)
    const timer = setInterval(() => {
      const ended = Atomics.load(stop, 0) === 1
      parentPort.postMessage({ fraction: ended ? 1 : 0.5, snapshots: [], result: null, error: null })
      if (ended) clearInterval(timer)
    }, 5)`
  predictWorkerUrl = new URL(`data:text/javascript,${encodeURIComponent(ticking)}`)
  session = boardSession()
  await open()
  await session.setMode('predict')
  const workspace = workspaceOf()
  expect(await session.predict({ run: 1, workspace, durationS: 1e6, sampleS: 1 })).toMatchObject({ ok: false })
  expect(await session.predict({ run: 2, workspace, durationS: 10, sampleS: 1 })).toEqual({ ok: true })
  await until('it tells', () => told.predictions.length > 0)
  await session.setMode('lab')
  expect(told.predictions.at(-1)).toMatchObject({ run: 2, fraction: 1 })
})

test('Start that the user does not let write does not run, and asks again the next time', async () => {
  await open(writing('mine.img'))
  allowsWriting = false
  expect(await session.control('start')).toMatchObject({ ok: false, message: expect.stringContaining('did not allow') })
  expect([await runs(), isWritten('mine.img')]).toEqual([false, false])
  allowsWriting = true
  expect(await session.control('start')).toEqual({ ok: true })
  await until('it writes', () => isWritten('mine.img'))
  await session.control('pause')
  await session.control('start')
  expect(asked).toEqual([['mine.img'], ['mine.img']])
})

test('an edit of a running lab that would write to another file is refused with the answer, and the lab runs on', async () => {
  await open()
  await session.control('start')
  allowsWriting = false
  const reply = await session.apply({ workspace: writing('other.img'), revision: 3 })
  expect(reply.issues.map((issue) => issue.code)).toEqual(['permission'])
  expect([await runs(), isWritten('other.img')]).toEqual([true, false])
  expect((await session.apply({ workspace: writing('other.img'), revision: 4 })).issues).toHaveLength(1)
  expect(asked).toEqual([['other.img']])
})

test('a Start behind a Pause leaves no edit unasked', async () => {
  await open()
  await session.control('start')
  await Promise.all([session.control('pause'), session.control('start')])
  allowsWriting = false
  const reply = await session.apply({ workspace: writing('other.img'), revision: 3 })
  expect([reply.issues.map((issue) => issue.code), asked]).toEqual([['permission'], [['other.img']]])
  await pass(50)
  expect(isWritten('other.img')).toBe(false)
})

test('a lab that wakes up to files that it may not write to stays where it is, and says why', async () => {
  await open()
  await session.control('start')
  await session.setMode('predict')
  await session.apply({ workspace: writing('other.img'), revision: 3 })
  allowsWriting = false
  expect(await session.setMode('lab')).toMatchObject({ ok: false, message: expect.stringContaining('did not allow') })
  expect([session.mode, await runs(), isWritten('other.img')]).toEqual(['lab', false, false])
})

test('the machine sleeps, be it told twice: the lab stands still, and runs on afterwards', async () => {
  await open()
  await session.control('start')
  await Promise.all([session.suspend(), session.suspend()])
  await session.suspend()
  expect(await runs()).toBe(false)
  await session.resume()
  expect(await runs()).toBe(true)
  await session.resume()
  expect(await runs()).toBe(true)
})

test('the machine sleeps: a lab that stood still, or that is paused before it wakes, stays so', async () => {
  await open()
  await session.suspend()
  await session.resume()
  expect(await runs()).toBe(false)
  await session.control('start')
  await session.suspend()
  await session.control('pause')
  await session.resume()
  expect(await runs()).toBe(false)
})

test('the machine sleeps while something else is shown: the lab goes on when it is shown again', async () => {
  await open()
  await session.control('start')
  await session.suspend()
  await session.setMode('predict')
  await session.resume()
  expect(await runs()).toBe(false)
  await session.setMode('lab')
  expect(await runs()).toBe(true)
})

test('another document gets a lab of its own that does not run; the old one is gone', async () => {
  const disk = { kind: 'file', sizeBytes: 65_536 }
  await open(workspaceOf({ devices: [{ ...BUSY_DB, disk }] }))
  await session.control('start')
  await until('it runs', () => session.latestSnapshot?.state === 'running')
  session.open(workspaceOf({ devices: [IDLE_DB] }))
  await session.control('reset')
  expect([labs.length, fs.readdirSync(path.join(folder, 'disks'))]).toEqual([2, []])
  expect([session.latestSnapshot?.state, session.latestSnapshot?.devices.db?.status]).toEqual(['stopped', 'idle'])
  await session.suspend()
  await session.resume()
  expect(await runs()).toBe(false)
})

test('close while it opens waits for that: nothing is left', async () => {
  const disk = { kind: 'file', sizeBytes: 65_536 }
  session.open(workspaceOf({ devices: [{ ...IDLE_DB, disk }] }))
  const started = session.control('start')
  await session.close()
  await started
  expect([labs.length, fs.readdirSync(path.join(folder, 'disks'))]).toEqual([1, []])
  await expect(labs[0]!.start()).rejects.toThrow('the lab is closed')
})

test('a lab that does not start is told, and the board lives on', async () => {
  let attempts = 0
  session = boardSession(() => {
    attempts += 1
    if (attempts === 1) throw new Error('no threads left')
    return newLab()
  })
  session.open(workspaceOf())
  expect(await session.control('pause')).toEqual({ ok: true })
  expect([told.problems, session.latestSnapshot]).toEqual([['The lab did not start.'], null])
  expect(await session.apply({ workspace: workspaceOf(), revision: 2 })).toEqual({ revision: 2, issues: [] })
  await open()
  expect(session.latestSnapshot?.state).toBe('stopped')
})

const NO_QEMU = missingQemu()
test.skipIf(NO_QEMU !== null)(
  `a VM takes the board, its edits are staged, and Pause stops only the looking ${NO_QEMU ?? ''}`,
  async () => {
    const qemu = await RealQemu.start([
      ...['-drive', 'if=none,id=d0,driver=null-co,throttling.iops-total=100,throttling.group=vm'],
      ...['-device', 'virtio-blk-pci,drive=d0,id=vd0'],
    ])
    try {
      await open()
      await session.control('start')
      expect(await session.connect(formatQmpAddress(qemu.address))).toEqual({ ok: true })
      expect([session.mode, await runs()]).toEqual(['qemu', false])
      await until('the VM is shown', () => told.snapshots.at(-1)?.source === 'qemu')
      const wish = setLimits(document.workspace, 'vm', { 'iops-total': 300 })
      expect(await session.apply({ workspace: wish, revision: 9 })).toEqual({ revision: 9, issues: [] })
      expect(session.qemu.state.plan.commands).toHaveLength(1)
      expect(await qemu.outside('query-block')).toMatchObject([{ inserted: { iops: 100 } }])
      await session.control('pause')
      expect(session.latestSnapshot).toMatchObject({ source: 'qemu', state: 'paused' })
      expect(await qemu.outside('query-status')).toMatchObject({ status: 'prelaunch' })
      expect(await session.setMode('lab')).toEqual({ ok: true })
      expect(session.latestSnapshot?.source).toBe('lab')
    } finally {
      await qemu.close()
    }
  },
  60_000,
)
