import { expect, test } from 'vitest'
import type { DeviceSnapshot, FlowSnapshot } from '#shared/snapshot.ts'
import {
  failedRequests,
  formatOutstanding,
  latencyWords,
  meanLatencyNs,
  percentilesTitle,
  percentileWords,
} from './live-figures.ts'

function flow(iops: number, latencyMeanNs: number | null, parts: Partial<FlowSnapshot> = {}): FlowSnapshot {
  const unknown = { waitP50Ns: null, waitP99Ns: null, serviceP50Ns: null, serviceP99Ns: null }
  return {
    iops,
    bps: iops * 4096,
    requests: 0,
    bytes: 0,
    delayed: null,
    queued: null,
    ...unknown,
    latencyMeanNs,
    failed: 0,
    ...parts,
  }
}

function device(read: FlowSnapshot, write: FlowSnapshot): DeviceSnapshot {
  const about = {
    group: 'g',
    iothread: null,
    status: 'running',
    reason: null,
    demandIops: null,
    throttledShare: null,
  } as const
  return { ...about, read, write, waitCounts: [], flush: { perSecond: 12, latencyMeanNs: 4e5, failed: 2 } }
}

test('the latency of a disk is the mean over its reads and writes', () => {
  expect(meanLatencyNs(device(flow(30, 10e6), flow(10, 50e6)))).toBe(20e6)
  expect(meanLatencyNs(device(flow(30, 10e6), flow(0, null)))).toBe(10e6)
  expect(meanLatencyNs(device(flow(0, null), flow(0, null)))).toBeNull()
})

test('failures and flushes are told as counted', () => {
  const busy = device(flow(30, 10e6, { failed: 1 }), flow(10, 50e6))
  expect(failedRequests(busy)).toBe(3)
  expect(latencyWords(busy)).toBe('reads 10 ms · writes 50 ms · flushes 400 µs, 12.0/s')
})

test('percentiles are intervals of the slower direction; their title says whose histogram it is', () => {
  const at = (fromNs: number) => ({ fromNs, toNs: fromNs * 1.26 })
  const percentiles = (p50: number, p99: number) => ({
    p50: at(p50),
    p95: at(p99),
    p99: at(p99),
    requests: 100,
    spanNs: 1e10,
  })
  const plain = (text: string | null) => text?.replace(/\s/g, ' ')
  const busy = device(flow(30, 10e6, { latency: percentiles(1e6, 10e6) }), flow(10, 50e6, { latency: null }))
  expect(plain(percentileWords(busy))).toBe('p50 1–1.3 ms · p99 10–13 ms')
  const slow = device(busy.read, flow(10, 50e6, { latency: percentiles(2e6, 40e6) }))
  expect(plain(percentileWords(slow))).toBe('p50 2–2.5 ms · p99 40–50 ms')
  expect(plain(percentilesTitle({ ...slow, histograms: 'other' }))).toBe(
    'Percentiles by the latency histogram that another tool has set in the VM, of the last ten seconds: ' +
      'reads p50 1–1.3 ms, p99 10–13 ms · writes p50 2–2.5 ms, p99 40–50 ms',
  )
  expect([percentileWords(device(flow(1, 1), flow(1, 1))), percentilesTitle(slow)]).toEqual([null, ''])
})

test('outstanding requests have a decimal where it says something', () => {
  expect([0.04, 3.96, 9.94, 15.7].map(formatOutstanding)).toEqual(['0.0', '4.0', '9.9', '16'])
})
