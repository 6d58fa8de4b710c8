import { expect, test } from 'vitest'
import type { DeviceResult, FlowResult, RunResult } from '#shared/result.ts'
import { deviceRows, difference, FIGURES, type FigureName, groupRows } from './result-rows.ts'

function flow(iops: number, waitNs: number, delayed = 0): FlowResult {
  const wait = { p50: waitNs / 2, p95: waitNs, p99: waitNs, max: waitNs }
  return { requests: iops * 10, bytes: iops * 40_960, iops, bps: iops * 4096, delayed, waitNs: wait, serviceNs: wait }
}

function device(read: FlowResult, write: FlowResult, throttledS: number): DeviceResult {
  return { group: 'gold', read, write, queuedMax: 0, throttledS }
}

function result(devices: RunResult['devices']): RunResult {
  const groups = { gold: { members: ['db', 'web'], limits: {}, iops: 300, bps: 1, fairness: 0.9 } }
  return { format: 'weir-result/1', source: 'simulation', name: 'x', durationS: 10, seed: 1, devices, groups }
}

const NOW = result({ db: device(flow(100, 5e6, 500), flow(50, 20e6, 0), 2.5), new: device(flow(0, 0), flow(0, 0), 0) })
const BEFORE = result({ db: device(flow(200, 5e6, 0), flow(100, 10e6, 0), 0) })

test('a device row adds both directions, takes the slower wait and the shares', () => {
  expect(deviceRows(NOW, null)[0]).toEqual({
    id: 'db',
    group: 'gold',
    failed: null,
    figures: {
      iops: { value: 150, before: null },
      bps: { value: 614_400, before: null },
      'wait-p50-ns': { value: 10e6, before: null },
      'wait-p99-ns': { value: 20e6, before: null },
      delayed: { value: 500 / 1500, before: null },
      throttled: { value: 0.25, before: null },
    },
  })
})

test('beside another run each figure has its predecessor, where there was one', () => {
  const [db, fresh] = deviceRows(NOW, BEFORE)
  expect(db?.figures.iops).toEqual({ value: 150, before: 300 })
  expect(db?.figures['wait-p99-ns']).toEqual({ value: 20e6, before: 10e6 })
  expect(fresh?.figures.iops).toEqual({ value: 0, before: null })
})

test('a group has the waits of all its members together, where the result says them', () => {
  const waits = { ...NOW, groups: { gold: { ...NOW.groups.gold!, waitNs: { p50: 1e6, p95: 2e6, p99: 3e6 } } } }
  expect(groupRows(waits, NOW)[0]?.figures['wait-p99-ns']).toEqual({ value: 3e6, before: null })
  expect(groupRows(NOW, null)[0]?.figures['wait-p99-ns']).toBeUndefined()
})

test('fairness is told of groups of several only', () => {
  const alone = { ...NOW, groups: { gold: { ...NOW.groups.gold!, members: ['db'] } } }
  expect(groupRows(NOW, null)[0]?.figures.fairness).toEqual({ value: 0.9, before: null })
  expect(groupRows(alone, null)[0]?.figures.fairness).toBeUndefined()
})

test.each<[FigureName, number, number | null, string]>([
  ['iops', 150, 300, '−50\u2009% worse'],
  ['iops', 112, 100, '+12\u2009% better'],
  ['iops', 1000, 100, '×10.0 better'],
  ['iops', 1000, 1001, '= unchanged'],
  ['wait-p99-ns', 5, 10, '−50\u2009% better'],
  ['wait-p99-ns', 10, 0, 'from 0 worse'],
  ['iops', 0, 0, '= unchanged'],
])('%s now %d, before %d: %s', (name, value, before, expected) => {
  const told = difference(name, { value, before })
  expect(`${told?.text} ${told?.words}`).toBe(expected)
})

test('shares are printed without idle decimals', () => {
  expect([1, 0.9996, 0.933, 0.0042, 0].map((value) => FIGURES.delayed.format(value, 'binary'))).toEqual([
    '100\u2009%',
    '100\u2009%',
    '93.3\u2009%',
    '0.42\u2009%',
    '0\u2009%',
  ])
})
