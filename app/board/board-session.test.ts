import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { buildIothread } from '#main/iothread/testing/build-for-tests.ts'
import { missingQemu, RealQemu } from '#main/qmp/testing/real-qemu.ts'
import { formatQmpAddress } from '#shared/qemu/qmp-address.ts'
import { setLimits } from '#shared/workspace/edits.ts'
import { BUSY_DB, IDLE_DB, pass, TestBoard, until, workspaceOf } from './testing/test-board.ts'

// What runs on a board, and when: its lab, a prediction, a VM, and the machine's sleep.

let iothreadUrl: URL
let board: TestBoard

beforeAll(async () => {
  iothreadUrl = await buildIothread()
}, 60_000)
beforeEach(() => {
  board = new TestBoard(iothreadUrl)
})
afterEach(() => board.close())

test('the lab waits for the first picture, and Start for the lab', async () => {
  let isDrawn = () => {}
  board.restart({
    firstPicture: new Promise((resolve) => {
      isDrawn = resolve
    }),
  })
  board.session.open(workspaceOf())
  const started = board.session.control('start')
  await pass(20)
  expect([board.labs.length, board.session.latestSnapshot]).toEqual([0, null])
  isDrawn()
  expect([await started, await board.runs()]).toEqual([{ ok: true }, true])
})

test('start, pause and reset go to the lab', async () => {
  await board.open()
  expect(await board.session.control('start')).toEqual({ ok: true })
  await until('it runs', () => board.session.latestSnapshot?.state === 'running')
  expect(await board.session.control('pause')).toEqual({ ok: true })
  expect([board.session.latestSnapshot?.state, await board.runs()]).toEqual(['paused', false])
  expect(await board.session.control('reset')).toEqual({ ok: true })
  expect(board.session.latestSnapshot).toMatchObject({ state: 'stopped', nowNs: 0 })
})

test('of a Pause and a Start at once the last one wins', async () => {
  await board.open()
  await Promise.all([board.session.control('start'), board.session.control('pause')])
  expect(await board.runs()).toBe(false)
  await Promise.all([board.session.control('pause'), board.session.control('start')])
  expect(await board.runs()).toBe(true)
})

test('a prediction and a board without a VM have nothing to start', async () => {
  await board.open()
  await board.session.setMode('predict')
  expect([board.session.mode, board.session.latestSnapshot]).toEqual(['predict', null])
  expect(await board.session.control('start')).toMatchObject({
    ok: false,
    message: expect.stringContaining('Run and Cancel'),
  })
  await board.session.setMode('qemu')
  expect(await board.session.control('reset')).toMatchObject({ ok: false, message: 'No VM is attached.' })
  expect(await board.runs()).toBe(false)
})

test('the lab rests unseen while something else is shown, then goes on with what was edited meanwhile', async () => {
  await board.open()
  await board.session.control('start')
  await until('it runs', () => (board.session.latestSnapshot?.devices.db?.read.requests ?? 0) > 0)
  await board.session.setMode('predict')
  const [seen, restedAtNs] = [board.told.snapshots.length, board.labs[0]!.nowNs()]
  const edited = setLimits(workspaceOf(), 'gold', { 'iops-total': 900 })
  expect(await board.apply(edited, 5)).toEqual({ revision: 5, issues: [] })
  expect(await board.runs()).toBe(false)
  expect([board.told.snapshots.length, board.labs[0]!.nowNs()]).toEqual([seen, restedAtNs])
  expect(await board.session.setMode('lab')).toEqual({ ok: true })
  expect(await board.runs()).toBe(true)
  expect(board.labs[0]!.result().groups.gold!.limits).toEqual({ 'iops-total': 900 })
  expect(board.told.modes).toEqual(['predict', 'lab'])
})

test('a lab that stood still before stands still after', async () => {
  await board.open()
  await board.session.setMode('predict')
  await board.session.setMode('lab')
  expect(await board.runs()).toBe(false)
  expect(board.told.snapshots.at(-1)?.state).toBe('stopped')
})

test('the lab rests also when the mode changes right after Start, before anything was measured', async () => {
  await board.open()
  await board.session.control('start')
  await board.session.setMode('predict')
  expect(await board.runs()).toBe(false)
  await board.session.setMode('lab')
  expect(await board.runs()).toBe(true)
})

test('of two modes asked for at once the last one is shown', async () => {
  await board.open()
  await board.session.control('start')
  await Promise.all([board.session.setMode('predict'), board.session.setMode('lab')])
  expect([board.session.mode, await board.runs()]).toEqual(['lab', true])
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
  board.restart({ predictWorkerUrl: new URL(`data:text/javascript,${encodeURIComponent(ticking)}`) })
  await board.open()
  await board.session.setMode('predict')
  const workspace = workspaceOf()
  expect(await board.session.predict({ run: 1, workspace, durationS: 1e6, sampleS: 1 })).toMatchObject({ ok: false })
  expect(await board.session.predict({ run: 2, workspace, durationS: 10, sampleS: 1 })).toEqual({ ok: true })
  await until('it tells', () => board.told.predictions.length > 0)
  await board.session.setMode('lab')
  expect(board.told.predictions.at(-1)).toMatchObject({ run: 2, fraction: 1 })
})

test('the machine sleeps, be it told twice: the lab stands still, and runs on afterwards', async () => {
  await board.open()
  await board.session.control('start')
  await Promise.all([board.session.suspend(), board.session.suspend()])
  await board.session.suspend()
  expect(await board.runs()).toBe(false)
  await board.session.resume()
  expect(await board.runs()).toBe(true)
  await board.session.resume()
  expect(await board.runs()).toBe(true)
})

test('the machine sleeps: a lab that stood still, or that is paused before it wakes, stays so', async () => {
  await board.open()
  await board.session.suspend()
  await board.session.resume()
  expect(await board.runs()).toBe(false)
  await board.session.control('start')
  await board.session.suspend()
  await board.session.control('pause')
  await board.session.resume()
  expect(await board.runs()).toBe(false)
})

test('the machine sleeps while something else is shown: the lab goes on when it is shown again', async () => {
  await board.open()
  await board.session.control('start')
  await board.session.suspend()
  await board.session.setMode('predict')
  await board.session.resume()
  expect(await board.runs()).toBe(false)
  await board.session.setMode('lab')
  expect(await board.runs()).toBe(true)
})

test('another document gets a lab of its own that does not run; the old one is gone', async () => {
  const disk = { kind: 'file', sizeBytes: 65_536 }
  await board.open(workspaceOf({ devices: [{ ...BUSY_DB, disk }] }))
  await board.session.control('start')
  await until('it runs', () => board.session.latestSnapshot?.state === 'running')
  board.session.open(workspaceOf({ devices: [IDLE_DB] }))
  await board.session.control('reset')
  expect([board.labs.length, board.disks()]).toEqual([2, []])
  expect([board.session.latestSnapshot?.state, board.session.latestSnapshot?.devices.db?.status]).toEqual([
    'stopped',
    'idle',
  ])
  await board.session.suspend()
  await board.session.resume()
  expect(await board.runs()).toBe(false)
})

test('close while it opens waits for that: nothing is left', async () => {
  const disk = { kind: 'file', sizeBytes: 65_536 }
  board.session.open(workspaceOf({ devices: [{ ...IDLE_DB, disk }] }))
  const started = board.session.control('start')
  await board.session.close()
  await started
  expect([board.labs.length, board.disks()]).toEqual([1, []])
  await expect(board.labs[0]!.start()).rejects.toThrow('the lab is closed')
})

test('a lab that does not start is told, and the board lives on', async () => {
  let attempts = 0
  board.restart({
    createLab: () => {
      attempts += 1
      if (attempts === 1) throw new Error('no threads left')
      return board.newLab()
    },
  })
  board.session.open(workspaceOf())
  expect(await board.session.control('pause')).toEqual({ ok: true })
  expect([board.told.problems, board.session.latestSnapshot]).toEqual([['The lab did not start.'], null])
  expect(await board.apply(workspaceOf(), 2)).toEqual({ revision: 2, issues: [] })
  await board.open()
  expect(board.session.latestSnapshot?.state).toBe('stopped')
})

const NO_QEMU = missingQemu()
test.skipIf(NO_QEMU !== null)(
  `with unsaved edits connecting says what it waits for, and can be cancelled ${NO_QEMU ?? ''}`,
  async () => {
    const qemu = await RealQemu.start(['-drive', 'if=none,id=d0,driver=null-co', '-device', 'scsi-hd,drive=d0'])
    try {
      await board.open()
      board.document.isDirty = true
      let answer: () => void = () => undefined
      board.document.answered = new Promise((resolve) => {
        answer = resolve
      })
      const connected = board.session.connect(formatQmpAddress(qemu.address))
      await until('it says why it waits', () => board.told.qemu.at(-1)?.status === 'connecting')
      expect(board.told.qemu.at(-1)?.message).toContain('save or discard your unsaved edits first')
      await board.session.qemu.disconnect()
      answer()
      expect(await connected).toMatchObject({ ok: false, message: 'Connecting was cancelled.' })
      expect([board.session.mode, board.session.qemu.session, board.told.qemu.at(-1)?.status]).toEqual([
        'lab',
        null,
        'detached',
      ])
    } finally {
      await qemu.close()
    }
  },
  30_000,
)

test.skipIf(NO_QEMU !== null)(
  `a VM takes the board, its edits are staged, and Pause stops only the looking ${NO_QEMU ?? ''}`,
  async () => {
    const qemu = await RealQemu.start([
      ...['-drive', 'if=none,id=d0,driver=null-co,throttling.iops-total=100,throttling.group=vm'],
      ...['-device', 'virtio-blk-pci,drive=d0,id=vd0'],
    ])
    try {
      await board.open()
      await board.session.control('start')
      expect(await board.session.connect(formatQmpAddress(qemu.address))).toEqual({ ok: true })
      expect([board.session.mode, await board.runs()]).toEqual(['qemu', false])
      await until('the VM is shown', () => board.told.snapshots.at(-1)?.source === 'qemu')
      const edited = setLimits(board.document.workspace, 'vm', { 'iops-total': 300 })
      expect(await board.apply(edited, 9)).toEqual({ revision: 9, issues: [] })
      expect(board.session.qemu.state.plan.commands).toHaveLength(1)
      expect(await qemu.outside('query-block')).toMatchObject([{ inserted: { iops: 100 } }])
      await board.session.control('pause')
      expect(board.session.latestSnapshot).toMatchObject({ source: 'qemu', state: 'paused' })
      expect(await qemu.outside('query-status')).toMatchObject({ status: 'prelaunch' })
      expect(await board.session.setMode('lab')).toEqual({ ok: true })
      expect(board.session.latestSnapshot?.source).toBe('lab')
    } finally {
      await qemu.close()
    }
  },
  60_000,
)

test.skipIf(NO_QEMU !== null)(
  `a document that is not about the VM on the board gives that back to the table of its host ${NO_QEMU ?? ''}`,
  async () => {
    const qemu = await RealQemu.start(['-drive', 'if=none,id=d0,driver=null-co', '-device', 'scsi-hd,drive=d0'])
    const sockets = path.join(board.folder, 's')
    fs.mkdirSync(sockets)
    fs.symlinkSync(formatQmpAddress(qemu.address).replace('unix:', ''), path.join(sockets, 'web01.qmp'))
    try {
      await board.open()
      expect(await board.session.connect(sockets)).toEqual({ ok: true })
      const vm = () => board.session.host.state?.look.vms[0]
      await until('it was looked at', () => vm()?.up === true)
      const id = vm()?.id ?? ''
      // A key that is held asks again and again.
      expect(await Promise.all([board.session.openVm(id), board.session.openVm(id)])).toEqual([
        { ok: true },
        { ok: true },
      ])
      expect(board.session.host.state?.opened).toBe(id)
      await board.open(workspaceOf({ devices: [IDLE_DB] }))
      await until('the table has it', () => board.session.host.state?.opened === null)
      expect(board.session.qemu.session).toBeNull()
      await until('it is looked at again', () => vm()?.up === true)
    } finally {
      await board.session.disconnect()
      await qemu.close()
    }
  },
  60_000,
)
