import { expect, test } from 'vitest'
import { alignTraces, areAligned } from './align.ts'
import type { Trace } from './trace.ts'

const S = 1e9

function trace(timesS: readonly number[], zeroMs: number | null, fileMs = 0): Trace {
  return {
    count: timesS.length,
    timesNs: Float64Array.from(timesS, (s) => s * S),
    offsets: new Float64Array(timesS.length),
    sizes: new Uint32Array(timesS.length).fill(512),
    about: { zeroMs, fileMs, intervals: null, isClosedLoop: false },
  }
}

const timesOf = (traces: ReadonlyMap<string, Trace>) =>
  Object.fromEntries([...traces].map(([key, { timesNs }]) => [key, [...timesNs].map((ns) => ns / S)]))

test('loads of one time are as far apart as they were', () => {
  const traces = new Map([
    ['late', trace([0, 10], 1_000_000_005_000)],
    ['first', trace([0, 10], 1_000_000_000_000)],
    ['last', trace([1, 2], 1_000_000_012_000)],
  ])
  const aligned = alignTraces(traces, 'wall')
  expect(aligned.isAligned).toBe(true)
  expect(timesOf(aligned.traces)).toEqual({ late: [5, 15], first: [0, 10], last: [13, 14] })
  expect(areAligned([...aligned.traces.values()])).toBe(true)
  // Once more nothing moves.
  expect(timesOf(alignTraces(aligned.traces, 'wall').traces)).toEqual(timesOf(aligned.traces))
})

test.each([
  ['one does not say when it began', trace([0, 10], null)],
  ['one is of another day', trace([0, 10], 1_000_086_400_000)],
])('nothing moves where %s', (_why, other) => {
  const traces = new Map([
    ['a', trace([0, 10], 1_000_000_000_000)],
    ['b', other],
  ])
  const aligned = alignTraces(traces, 'wall')
  expect([aligned.isAligned, aligned.traces]).toEqual([false, traces])
  expect(areAligned([...traces.values()])).toBe(false)
})

test('disks of one file share its clock', () => {
  const traces = new Map([
    ['a', trace([0, 1], null, 2000)],
    ['b', trace([0, 1], null, 5500)],
  ])
  expect(timesOf(alignTraces(traces, 'file').traces)).toEqual({ a: [0, 1], b: [3.5, 4.5] })
  expect(alignTraces(new Map([['a', trace([0], null)]]), 'file').isAligned).toBeNull()
})

test('intervals move with their requests', () => {
  const interval = { fromS: 0, toS: 1, reads: 1, readBytes: 1, writes: 0, writeBytes: 0, limitShare: 1, outstanding: 1 }
  const counted = trace([0.5], 2000)
  const traces = new Map([
    ['a', trace([0, 3], 1000)],
    ['b', { ...counted, about: { ...counted.about!, intervals: [interval] } }],
  ])
  const { about } = alignTraces(traces, 'wall').traces.get('b')!
  expect(about).toMatchObject({ zeroMs: 1000, intervals: [{ fromS: 1, toS: 2 }] })
})
