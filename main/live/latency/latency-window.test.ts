import { expect, test } from 'vitest'
import { NS_PER_S } from '#shared/units.ts'
import { LatencyWindow } from './latency-window.ts'

test('percentiles lie in the bin of the request that takes longer than their share of all', () => {
  const window = new LatencyWindow()
  const boundaries = [10, 20, 30]
  window.see({ boundaries, bins: [0, 0, 0, 0] }, 0)
  window.see({ boundaries, bins: [50, 44, 4, 2] }, NS_PER_S)
  const between = { fromNs: 20, toNs: 30 }
  expect(window.percentiles()).toEqual({
    p50: { fromNs: 0, toNs: 10 },
    p95: between,
    p99: { fromNs: 30, toNs: null },
    requests: 100,
    spanNs: NS_PER_S,
  })
})

test('of more than ten seconds the latest count, and bins that fell begin again', () => {
  const window = new LatencyWindow()
  const boundaries = [10]
  const see = (...bins: readonly [number, number]) => window.see({ boundaries: [...boundaries], bins }, NS_PER_S)
  const counted = () => {
    const { requests, spanNs } = window.percentiles() ?? { requests: 0, spanNs: 0 }
    return [requests, spanNs / NS_PER_S]
  }
  const seen = Array.from({ length: 30 }, (_, look) => {
    see(look ** 2, 0)
    return counted()
  })
  expect(seen.slice(1, 11)).toEqual(Array.from({ length: 10 }, (_, look) => [(look + 1) ** 2, look + 1]))
  expect(seen.slice(11)).toEqual(Array.from({ length: 19 }, (_, at) => [(at + 11) ** 2 - (at + 1) ** 2, 10]))
  see(3, 1)
  expect(counted()).toEqual([0, 0])
  see(4, 1)
  expect(counted()).toEqual([1, 1])
})
