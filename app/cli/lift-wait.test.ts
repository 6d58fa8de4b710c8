import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { LiftRecord } from '#main/live/lift/lift-record.ts'
import { waitForEnd } from './lift-wait.ts'
import type { Terminal } from './terminal.ts'

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

/** A wait for a minute, and whether it is over. */
function wait() {
  const terminal = { print: () => undefined, redraws: false } as unknown as Terminal // all that it uses
  const record = { untilMs: Date.now() + 60_000, job: null } as LiftRecord // what it waits for
  const about = { terminal, signal: new AbortController().signal, json: false }
  const state = { isOver: false }
  void waitForEnd(record, { kind: 'unix', path: '/vm' }, about).then(() => {
    state.isOver = true
  })
  return state
}

test('a wall clock that is set back lifts no longer', async () => {
  const state = wait()
  vi.setSystemTime(Date.now() - 3_600_000)
  await vi.advanceTimersByTimeAsync(59_000)
  expect(state.isOver).toBe(false)
  await vi.advanceTimersByTimeAsync(2000)
  expect(state.isOver).toBe(true)
})

test('one that is set ahead, as after the machine has slept, ends it', async () => {
  const state = wait()
  vi.setSystemTime(Date.now() + 60_000)
  await vi.advanceTimersByTimeAsync(1000)
  expect(state.isOver).toBe(true)
})
