import { expect, test } from 'vitest'
import { EngineError } from '#main/engine-error.ts'
import type { BlockJob } from '#shared/block-job.ts'
import { applyStaged } from './apply-staged.ts'
import { captureWorkspace } from './capture.ts'
import type { Picture } from './picture.ts'
import { qemuPlan } from './plan.ts'
import { NO_RECORD } from './send-recorded.ts'
import type { SessionLink } from './session-link.ts'
import { SnapshotMaker } from './snapshot-maker.ts'
import { Staging } from './staging.ts'
import { edited, group, legacy, picture } from './testing/pictures.ts'

const BEFORE = picture([group('gold', { 'iops-total': 5 }, true)], [legacy('db', 'gold')])
const AFTER = picture([group('gold', { 'iops-total': 9 }, true)], [legacy('db', 'gold')])

/** A VM that takes what it is sent, with a limit and what else is staged for it. */
function staged(jobs: readonly BlockJob[] = []) {
  let now: Picture = BEFORE
  let sent = 0
  const link = {
    name: 'vm',
    discover: async () => now,
    look: async () => ({ atNs: 0, slackNs: 0, stats: [] }),
    jobs: async () => jobs,
    send: async (steps: Parameters<SessionLink['send']>[0]) => {
      sent += steps.length
      now = AFTER
      return steps.map(({ command }) => ({ command, outcome: 'done' as const, answer: '' }))
    },
  } as unknown as SessionLink // what an Apply asks of it
  const staging = new Staging(BEFORE, captureWorkspace(BEFORE, 'vm'))
  staging.lookAtJobs(jobs)
  staging.stage(edited(BEFORE, { groups: { gold: { 'iops-total': 9 } } }), 1)
  const apply = async (record = NO_RECORD, shown = qemuPlan(staging.plan()).commands) =>
    (await applyStaged({ link, staging, maker: new SnapshotMaker(), shown, nowNs: () => 0, record })).reply
  return { staging, apply, sent: () => sent }
}

const FULL = async () => {
  throw new EngineError('disk-full', 'The disk is full.', 'Make room.')
}

test('where an Apply cannot be written down nothing is sent, and that is said', async () => {
  const { apply, sent } = staged()
  expect(await apply({ ...NO_RECORD, begin: FULL })).toEqual({
    ok: false,
    answers: [],
    message: 'The disk is full. Make room.',
  })
  expect(sent()).toBe(0)
})

test('a record that cannot be removed is told beside what was sent and read back', async () => {
  const { apply, staging } = staged()
  const reply = await apply({ ...NO_RECORD, end: FULL })
  expect(reply).toMatchObject({ ok: true, answers: [{ ok: true }] })
  expect(reply.message).toBe('1 command sent, all accepted. Read back: gold: IOPS 9. The disk is full. Make room.')
  expect(staging.plan().steps).toEqual([])
})

test('what is staged otherwise than it was shown is not sent', async () => {
  const { apply, sent } = staged()
  expect(await apply(NO_RECORD, ['another command'])).toMatchObject({ ok: false, answers: [] })
  expect(sent()).toBe(0)
})

test('the speed of a job that does not tell its own is sent once', async () => {
  const about = { status: 'running', doneBytes: 0, totalBytes: 1, error: null, nodes: null } as const
  const { apply, staging } = staged([{ ...about, id: 'vda', kind: 'backup', speedBps: null }])
  staging.stageSpeed('vda', 1000)
  expect(staging.plan().steps).toHaveLength(2)
  expect(await apply()).toMatchObject({ ok: true })
  expect(staging.plan().steps).toEqual([])
})

test('another document about the VM leaves the next start to what the user decided', () => {
  const next = { disks: {}, groups: {} }
  const seen = { ...BEFORE, libvirt: { uri: 'test:///', domain: 'vm', writesConfig: true, stored: next, next } }
  const first = new Staging(seen, captureWorkspace(seen, 'vm'))
  expect(first.nextStart).toBe(true)
  first.setNextStart(false)
  expect(new Staging(first.found, captureWorkspace(seen, 'other'), first).nextStart).toBe(false)
})
