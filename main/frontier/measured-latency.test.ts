import { expect, test } from 'vitest'
import type { LatencyBin } from '#shared/formats/loads/latency-cell.ts'
import { measuredLatency } from './measured-latency.ts'

// What a recording with latency says of all its intervals together.

const FIGURES = { reads: 1, readBytes: 512, writes: 0, writeBytes: 0, limitShare: null, outstanding: null }
const bin = (fromNs: number, toNs: number | null, count: number): LatencyBin => ({ fromNs, toNs, count })
const recorded = (...read: readonly (readonly LatencyBin[] | null)[]) =>
  read.map((bins, fromS) => ({ ...FIGURES, fromS, toS: fromS + 1, latency: { read: bins, write: null } }))

test('requests of all intervals are counted together', () => {
  const found = measuredLatency('vda', recorded([bin(0, 10, 60)], null, [bin(0, 10, 38), bin(20, 40, 2)]))
  expect(found).toEqual({
    device: 'vda',
    read: { requests: 100, p50: { fromNs: 0, toNs: 10 }, p99: { fromNs: 20, toNs: 40 } },
    write: null,
  })
})

test('of two histograms, one set after the other, the percentile lies between what both allow', () => {
  // 3 below 100, 1 between 50 and 150, 1 beyond 150: the third quickest took between 0 and 100, the last 150 or more.
  const found = measuredLatency('vda', recorded([bin(0, 100, 3)], [bin(50, 150, 1), bin(150, null, 1)]))
  expect(found?.read).toEqual({ requests: 5, p50: { fromNs: 0, toNs: 100 }, p99: { fromNs: 150, toNs: null } })
})

test('a recording without latency says nothing', () => {
  expect(measuredLatency('vda', [{ ...FIGURES, fromS: 0, toS: 1 }])).toBeNull()
  expect(measuredLatency('vda', recorded(null))).toBeNull()
})
