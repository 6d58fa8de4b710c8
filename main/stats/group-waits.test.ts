import { expect, test } from 'vitest'
import { deviceWaits, WaitSum } from './group-waits.ts'
import { createLocalStatsMemory, recordRequest } from './stats-memory.ts'

/** Requests of that wait, of one device, as a member did them. */
function waited(ns: number, count: number): WaitSum {
  const stats = createLocalStatsMemory(1)
  const before = deviceWaits(stats, 0)
  for (let request = 0; request < count; request += 1) recordRequest(stats, 0, 0, 4096, ns, 0)
  const sum = new WaitSum()
  sum.addBetween(before, deviceWaits(stats, 0))
  return sum
}

test('no percentile of a group is above the longest wait of its members', () => {
  for (const ns of [1000, 1_234_567, 98_765_432]) {
    const { p50, p95, p99 } = waited(ns, 10).percentiles() ?? {}
    expect(Math.max(p50 ?? 0, p95 ?? 0, p99 ?? 0)).toBeLessThanOrEqual(ns)
  }
})

test('of two members the many decide the median and the few the tail', () => {
  const sum = waited(1000, 98)
  sum.add(waited(50e6, 2))
  const { p50 = 0, p99 = 0 } = sum.percentiles() ?? {}
  expect([Math.abs(p50 / 1000 - 1) < 0.02, Math.abs(p99 / 50e6 - 1) < 0.02]).toEqual([true, true])
  expect(new WaitSum().percentiles()).toBeNull()
})
