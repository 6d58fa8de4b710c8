import fc from 'fast-check'
import { expect, test } from 'vitest'
import { BIN_COUNT, binOf } from './log-linear.ts'
import { percentilesNs } from './percentile.ts'
import { RecentHistogram } from './recent-histogram.ts'

const PERIOD_NS = 500e6

const batches = fc.array(fc.array(fc.integer({ min: 0, max: 2 ** 36 }), { maxLength: 60 }), {
  minLength: 1,
  maxLength: 8,
})

test('percentiles are those of the last two half seconds, however much was added before', () => {
  fc.assert(
    fc.property(batches, (added) => {
      const numbers = new Float64Array(BIN_COUNT)
      const recent = new RecentHistogram(0, 0)
      let entries = 0
      let topBin = 0
      for (const [period, durations] of added.entries()) {
        for (const ns of durations) {
          numbers[binOf(ns)]! += 1
          topBin = Math.max(topBin, binOf(ns))
        }
        entries += durations.length
        const read = recent.read({ numbers, at: 0, topBin }, entries, period * PERIOD_NS)
        const window = [...(added[period - 1] ?? []), ...durations]
        expect(read).toEqual(exact(window))
      }
    }),
  )
})

test('a request that was counted before its bin is made up for', () => {
  const numbers = new Float64Array(BIN_COUNT)
  const recent = new RecentHistogram(0, 0)
  const read = (entries: number, period: number) =>
    recent.read({ numbers, at: 0, topBin: BIN_COUNT - 1 }, entries, period * PERIOD_NS)
  expect(read(1, 0)).toBeNull()
  numbers[binOf(5e6)] = 1
  expect(read(1, 1)).toEqual(exact([5e6]))
})

test('counters that were set back begin again', () => {
  const numbers = new Float64Array(BIN_COUNT)
  const recent = new RecentHistogram(0, 0)
  const read = (entries: number, period: number) =>
    recent.read({ numbers, at: 0, topBin: BIN_COUNT - 1 }, entries, period * PERIOD_NS)
  numbers[binOf(5e6)] = 9
  read(9, 0)
  numbers.fill(0)
  numbers[binOf(1e6)] = 2
  expect(read(2, 1)).toEqual(exact([1e6, 1e6]))
})

function exact(durations: readonly number[]) {
  if (durations.length === 0) return null
  const numbers = new Float64Array(BIN_COUNT)
  for (const ns of durations) numbers[binOf(ns)]! += 1
  const [p50Ns, p99Ns] = percentilesNs({ numbers, at: 0, topBin: BIN_COUNT - 1 }, durations.length, [0.5, 0.99])
  return { p50Ns, p99Ns }
}
