import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { buildIothread } from '#main/iothread/testing/build-for-tests.ts'
import { differenceOf } from '#shared/workspace/difference.ts'
import { setLimits } from '#shared/workspace/edits.ts'
import { BUSY_DB, IDLE_DB, pass, TestBoard, until, workspaceOf } from './testing/test-board.ts'

// What a board takes of the edits that come to it: edits with issues, and files that may or may not be written to.

let iothreadUrl: URL
let board: TestBoard

beforeAll(async () => {
  iothreadUrl = await buildIothread()
}, 60_000)
beforeEach(() => {
  board = new TestBoard(iothreadUrl)
})
afterEach(() => board.close())

test('an edit is taken and in force; one with issues is neither, and is told', async () => {
  await board.open()
  const edited = workspaceOf({ groups: { gold: { 'iops-total': 700 } } })
  expect(await board.apply(edited, 7)).toEqual({ revision: 7, issues: [] })
  expect(board.session.latestSnapshot).toMatchObject({
    appliedRevision: 7,
    groups: { gold: { limits: { 'iops-total': 700 } } },
  })
  const wrong = { ...edited, groups: { gold: { 'iops-total': 700, 'iops-total-max': 1 } } }
  const refused = await board.apply(wrong, 8)
  expect([refused.revision, refused.issues.length > 0, board.document.problems]).toEqual([8, true, 1])
  expect(board.document.workspace).toEqual(edited)
  expect(board.labs[0]!.result().groups.gold!.limits).toEqual({ 'iops-total': 700 })
})

test('a difference comes into force like a whole workspace, and of an unknown one the whole is asked for', async () => {
  const opened = workspaceOf()
  await board.open(opened)
  const edited = setLimits(opened, 'gold', { 'iops-total': 700 })
  const edit = { revision: 9, difference: differenceOf(opened, edited) }
  const { generation } = board.document
  expect(await board.session.applyDifference({ ...edit, generation, base: 8 })).toBeNull()
  expect(board.document.workspace).toEqual(opened)
  expect(await board.session.applyDifference({ ...edit, generation, base: null })).toEqual({ revision: 9, issues: [] })
  expect(board.document.workspace).toEqual(edited)
  expect(board.labs[0]!.result().groups.gold!.limits).toEqual({ 'iops-total': 700 })
  // The document is replaced: what the window had changed before it knew is not put over the new one.
  await board.document.adopt(opened)
  expect(await board.session.applyDifference({ ...edit, generation, base: 9 })).toBeNull()
  expect(await board.session.apply({ generation, workspace: edited, revision: 10 })).toBeNull()
  expect(board.document.workspace).toEqual(opened)
})

const IMPOSSIBLE = { 'iops-total': 700, 'iops-total-max': 1 }

/** What is wrong after `groups` and `devices` were sent, and what runs then. */
async function editTo(part: { readonly groups: object; readonly devices?: readonly object[] }) {
  const devices = part.devices ?? [BUSY_DB]
  const edited = { format: 'weir-workspace/1', iothreads: 2, ...part, devices }
  const { issues } = await board.apply(edited, 9)
  const { groups = {}, devices: run = {} } = board.session.latestSnapshot ?? {}
  return {
    issues: issues.map(({ path: place, code }) => `${place} ${code}`),
    limits: Object.fromEntries(Object.entries(groups).map(([name, { limits }]) => [name, limits])),
    devices: Object.fromEntries(Object.entries(run).map(([id, { group, status }]) => [id, `${group} ${status}`])),
  }
}

test('an impossible limit leaves its group as it was, and holds up nothing else', async () => {
  await board.open(workspaceOf({ groups: { gold: { 'iops-total': 500 }, bulk: {} } }))
  const devices = [
    { ...IDLE_DB, group: 'bulk' },
    { ...IDLE_DB, id: 'web' },
  ]
  const wrong = { groups: { gold: IMPOSSIBLE, bulk: { 'bps-read': 4096 } }, devices }
  expect(await editTo(wrong)).toEqual({
    issues: ['groups.gold.iops-total-max limits-max-below-avg'],
    limits: { gold: { 'iops-total': 500 }, bulk: { 'bps-read': 4096 } },
    devices: { db: 'bulk idle', web: 'gold idle' },
  })
  expect([board.document.problems, board.document.workspace.groups.gold]).toEqual([1, { 'iops-total': 500 }])
  const mended = { ...wrong, groups: { gold: { 'iops-total': 700 }, bulk: { 'bps-read': 4096 } } }
  expect(await editTo(mended)).toMatchObject({ issues: [], limits: { gold: { 'iops-total': 700 } } })
})

test('a group with impossible limits that is renamed keeps those that were sound, and so in another mode', async () => {
  await board.open(workspaceOf({ groups: { 'a.b': { 'iops-total': 500 }, bulk: {} }, devices: [] }))
  await board.session.setMode('predict')
  await editTo({ groups: { 'a.b': IMPOSSIBLE, bulk: {} }, devices: [] })
  await editTo({ groups: { silver: IMPOSSIBLE, bulk: { 'iops-read': 5 } }, devices: [] })
  await board.session.setMode('lab')
  expect(board.session.latestSnapshot?.groups).toMatchObject({
    silver: { limits: { 'iops-total': 500 } },
    bulk: { limits: { 'iops-read': 5 } },
  })
})

test('a new group with impossible limits has none; each group is told', async () => {
  await board.open()
  const groups = { gold: { 'iops-total': 1.5 }, tin: IMPOSSIBLE, zinc: { 'iops-read': 3 } }
  expect(await editTo({ groups })).toMatchObject({
    issues: ['groups.gold.iops-total wrong-type', 'groups.tin.iops-total-max limits-max-below-avg'],
    limits: { gold: { 'iops-total': 500 }, tin: {}, zinc: { 'iops-read': 3 } },
  })
})

test('an impossible limit beside anything else that is wrong: nothing is taken', async () => {
  await board.open()
  const groups = { gold: IMPOSSIBLE, bulk: {} }
  expect(await editTo({ groups, devices: [{ ...BUSY_DB, iothread: 7 }] })).toMatchObject({
    issues: ['groups.gold.iops-total-max limits-max-below-avg', 'devices[0].iothread unknown-iothread'],
    limits: { gold: { 'iops-total': 500 } },
  })
  expect([board.document.problems, Object.keys(board.document.workspace.groups)]).toEqual([1, ['gold']])
})

test('what the lab cannot run is told with its place, and the old stays in force', async () => {
  await board.open()
  const disk = { kind: 'file', path: 'no-such.img', sizeBytes: 4096 }
  const devices = [{ ...IDLE_DB, disk }]
  const refused = await board.apply(workspaceOf({ devices }), 2)
  expect(refused.issues.map((issue) => issue.path)).toEqual(['devices[0].disk.path'])
  await board.session.control('start')
  await until('the old one runs', () => (board.session.latestSnapshot?.devices.db?.read.requests ?? 0) > 0)
})

test('Start that the user does not let write does not run, and asks again the next time', async () => {
  await board.open(board.writing('mine.img'))
  board.allowsWriting = false
  expect(await board.session.control('start')).toMatchObject({
    ok: false,
    message: expect.stringContaining('did not allow'),
  })
  expect([await board.runs(), board.isWritten('mine.img')]).toEqual([false, false])
  board.allowsWriting = true
  expect(await board.session.control('start')).toEqual({ ok: true })
  await until('it writes', () => board.isWritten('mine.img'))
  await board.session.control('pause')
  await board.session.control('start')
  expect(board.asked).toEqual([['mine.img'], ['mine.img']])
})

test('an edit of a running lab that would write to another file is refused with the answer, and the lab runs on', async () => {
  await board.open()
  await board.session.control('start')
  board.allowsWriting = false
  const reply = await board.apply(board.writing('other.img'), 3)
  expect(reply.issues.map((issue) => issue.code)).toEqual(['permission'])
  expect([await board.runs(), board.isWritten('other.img')]).toEqual([true, false])
  expect((await board.apply(board.writing('other.img'), 4)).issues).toHaveLength(1)
  expect(board.asked).toEqual([['other.img']])
})

test('a Start behind a Pause leaves no edit unasked', async () => {
  await board.open()
  await board.session.control('start')
  await Promise.all([board.session.control('pause'), board.session.control('start')])
  board.allowsWriting = false
  const reply = await board.apply(board.writing('other.img'), 3)
  expect([reply.issues.map((issue) => issue.code), board.asked]).toEqual([['permission'], [['other.img']]])
  await pass(50)
  expect(board.isWritten('other.img')).toBe(false)
})

test('a lab that wakes up to files that it may not write to stays where it is, and says why', async () => {
  await board.open()
  await board.session.control('start')
  await board.session.setMode('predict')
  await board.apply(board.writing('other.img'), 3)
  board.allowsWriting = false
  expect(await board.session.setMode('lab')).toMatchObject({
    ok: false,
    message: expect.stringContaining('did not allow'),
  })
  expect([board.session.mode, await board.runs(), board.isWritten('other.img')]).toEqual(['lab', false, false])
})
