import { expect, test } from 'vitest'
import { NS_PER_MS, NS_PER_S } from '#shared/units.ts'
import { RecentFlow } from './recent-flow.ts'

/** Looks a second apart, each `[requests, mean ms]`. */
function check(looks: readonly (readonly [number, number])[], expected: { latencyMs: number; outstanding: number }) {
  const flow = new RecentFlow()
  for (const [requests, ms] of looks) {
    flow.add({ elapsedNs: NS_PER_S, requests, totalTimeNs: requests * ms * NS_PER_MS })
  }
  const { latencyNs, outstanding } = flow.means()
  expect((latencyNs ?? -1) / NS_PER_MS).toBeCloseTo(expected.latencyMs, 6)
  expect(outstanding ?? -1).toBeCloseTo(expected.outstanding, 6)
}

test('with many requests the last second counts alone', () => {
  check(
    [
      [100, 50],
      [100, 10],
    ],
    { latencyMs: 10, outstanding: 1 },
  )
})

test('where requests are rare the window goes back until it holds twenty, at most ten seconds', () => {
  check(
    [
      [10, 40],
      [10, 20],
      [0, 0],
      [0, 0],
    ],
    { latencyMs: 30, outstanding: 0.15 },
  )
  check([[100, 99], ...Array.from({ length: 10 }, () => [1, 5] as const)], { latencyMs: 5, outstanding: 0.005 })
})

test('without a request there is no latency, and nothing is outstanding', () => {
  const flow = new RecentFlow()
  expect(flow.means()).toEqual({ latencyNs: null, outstanding: null })
  flow.add({ elapsedNs: NS_PER_S, requests: 0, totalTimeNs: 0 })
  expect(flow.means()).toEqual({ latencyNs: null, outstanding: 0 })
})
