import { expect, test } from 'vitest'
import type { LiftJournal } from './lift-journal.ts'
import type { LiftRecord } from './lift-record.ts'
import { type LiftedSession, SessionLift } from './session-lift.ts'

const RECORD = {
  ...{ address: 'unix:/vm', startedMs: 0, untilMs: 1, job: null, groups: ['gold'], devices: [] },
  owner: { pid: process.pid, began: null },
} as unknown as LiftRecord // what a lift shows and waits for

/** A lift whose journal answers when it is told to, and how often its VM was asked for. */
function lifted() {
  const answers: ((record: LiftRecord | null) => void)[] = []
  const find = () => new Promise<LiftRecord | null>((resolve) => answers.push(resolve))
  const states: unknown[] = []
  let works = 0
  const work = () => {
    works += 1
    return new Promise(() => undefined)
  }
  const lift = new SessionLift({
    address: 'unix:/vm',
    journal: { find } as unknown as LiftJournal,
    session: { work, hasJob: () => null, isAttached: () => true } as unknown as LiftedSession,
    onState: (state) => states.push(state),
    onEnd: () => undefined,
    nowMs: () => 2,
  })
  return { lift, states, works: () => works, answer: (record: LiftRecord | null) => answers.shift()?.(record) }
}

test('a lift that goes on elsewhere is not found again by a look that was under way', async () => {
  const { lift, states, answer } = lifted()
  const look = lift.look()
  lift.leave()
  answer(RECORD)
  await look
  expect([lift.state, states]).toEqual([null, []])
})

test('nor is it put back by who left it, when its time was over at that moment', async () => {
  const { lift, works, answer } = lifted()
  const look = lift.look()
  answer(RECORD)
  await look
  const tick = lift.tick()
  lift.leave()
  answer(RECORD)
  await tick
  expect(works()).toBe(0)
})
