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
