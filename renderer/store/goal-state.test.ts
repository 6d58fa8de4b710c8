import { expect, test } from 'vitest'
import type { DeviceSnapshot, FlowSnapshot } from '#shared/snapshot.ts'
import type { Goal } from '#shared/workspace/workspace.ts'
import { goalState, stateOfJudged, worstGoal } from './goal-state.ts'
import { WaitHeat } from './wait-heat.ts'

function goal(percentile: Goal['percentile'], waitMs: number): Goal {
  return { device: 'db', percentile, waitMs }
}

function device(p50: number | null, p99: number | null, queued: number | null = 0, mean?: number): DeviceSnapshot {
  const flow = {
    queued,
    waitP50Ns: p50,
    waitP99Ns: p99,
    ...(mean !== undefined && { waitMeanNs: mean }),
  } as FlowSnapshot
  return { read: flow, write: { ...flow, waitP50Ns: null, waitP99Ns: null } } as DeviceSnapshot
}

/** Of 100 requests a second: 94 that did not wait, 5 of 2…4 ms, and one of 65…131 ms. */
function heat(seconds: number): WaitHeat {
  const kept = new WaitHeat()
  const counts = Array.from({ length: 18 }, (_, bucket) =>
    bucket === 0 ? 94 : bucket === 12 ? 5 : bucket === 17 ? 1 : 0,
  )
  for (let second = 0; second < seconds; second += 1) kept.add(second * 1e9, counts)
  return kept
}

test.each([
  [goal(99, 50), device(1e6, 31e6), 'met, 31 ms'],
  [goal(99, 50), device(1e6, 170e6), 'missed, 170 ms'],
  [goal(99, 50), device(1e6, 50e6), 'met, 50 ms'],
  [goal(50, 0.5), device(1e6, 31e6), 'missed, 1 ms'],
  [goal(99, 50), device(null, null), 'not known'],
  [goal(99, 50), undefined, 'not known'],
  [goal(99, 50), device(null, null, null, 3e6), 'not known, mean ≈ 3 ms'],
  [goal(99, 50), device(null, null, null), 'not known'],
])('a goal against what is measured: %#', (asked, measured, words) => {
  expect(goalState(asked, measured, null).words).toBe(words)
})

test('on a live VM a wait is no longer than the latency that its histogram has', () => {
  const bounds = (toNs: number | null) => ({ fromNs: 0, toNs })
  const withLatency = (read: number | null, write: number | null): DeviceSnapshot => {
    const flow = (toNs: number | null) => ({
      ...device(null, null, null, 3e6).read,
      latency: { p50: bounds(1e6), p95: bounds(toNs), p99: bounds(toNs), requests: 10, spanNs: 1e9 },
    })
    return { ...device(null, null, null), read: flow(read), write: flow(write) }
  }
  const words = (asked: Goal, measured: DeviceSnapshot) => goalState(asked, measured, null).words
  expect(words(goal(99, 50), withLatency(8e6, 40e6))).toBe('met, latency ≤ 40 ms')
  expect(words(goal(50, 5), withLatency(8e6, null))).toBe('met, latency ≤ 1 ms')
  // A long request may have spent its time on the disk.
  expect(words(goal(99, 30), withLatency(8e6, 40e6))).toBe('not known, mean ≈ 3 ms')
  expect(words(goal(99, 30), withLatency(8e6, null))).toBe('not known, mean ≈ 3 ms')
  const { latency: _none, ...unseen } = { ...withLatency(8e6, 8e6).write, iops: 5 }
  expect(words(goal(99, 50), { ...withLatency(8e6, 8e6), write: unseen })).toBe('not known, mean ≈ 3 ms')
  expect(words(goal(100, 50), withLatency(8e6, 8e6))).toBe('not known, mean ≈ 3 ms')
})

test('percentiles that are counted only are known between two powers of two', () => {
  const said = (asked: Goal) => goalState(asked, device(0, 0), heat(20)).words
  expect(said(goal(95, 1))).toBe('missed, 2.05 ms – 4.1 ms')
  expect(said(goal(95, 5))).toBe('met, 2.05 ms – 4.1 ms')
  expect(said(goal(95, 3))).toBe('not known, 2.05 ms – 4.1 ms')
  expect(said(goal(100, 200))).toBe('met, 65.5 ms – 131 ms')
  // Counted together: of two directions one may be slower than both.
  const both = { ...device(0, 0), write: device(0, 0).read }
  expect(goalState(goal(95, 5), both, heat(20)).words).toBe('not known, 2.05 ms – 4.1 ms')
  expect(goalState(goal(100, 200), both, heat(20)).words).toBe('met, 65.5 ms – 131 ms')
  expect(goalState(goal(95, 1), device(0, 0), new WaitHeat()).words).toBe('not known')
  const none = new WaitHeat()
  none.add(0, [10])
  expect(goalState(goal(100, 0), device(0, 0), none).words).toBe('met, 0')
})

test('the worst of several stands on the card', () => {
  const states = [
    goalState(goal(99, 50), device(0, 31e6), null),
    goalState(goal(50, 50), device(null, null), null),
    goalState(goal(99, 5), device(0, 31e6), null),
  ]
  expect(worstGoal(states)?.words).toBe('missed, 31 ms')
  expect(worstGoal(states.slice(0, 2))?.words).toBe('not known')
  expect(worstGoal([])).toBeNull()
})

test('a whole run is judged by its result', () => {
  expect(stateOfJudged({ goal: goal(99, 5), waitNs: 6e6, met: false })).toMatchObject({ words: 'missed, 6 ms' })
  expect(stateOfJudged({ goal: goal(99, 5), waitNs: null, met: false })).toMatchObject({ state: 'unknown' })
})
