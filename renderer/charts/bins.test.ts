import { expect, test } from 'vitest'
import { binLast, binMax, binMean, makeBins } from './bins.ts'
import { summarise } from './summary.ts'

const from = (values: readonly number[]) => (sample: number) => values[sample] ?? Number.NaN

test('bins keep their samples as the chart moves on', () => {
  const early = makeBins(100, 700, 240)
  const later = makeBins(103, 703, 240)
  expect([early.size, later.size]).toEqual([3, 3])
  expect(later.starts.slice(0, 3)).toEqual(early.starts.slice(1, 4))
})

test('few samples are points of their own', () => {
  expect(makeBins(7, 10, 240)).toEqual({ size: 1, starts: [7, 8, 9] })
  expect(makeBins(5, 5, 240).starts).toEqual([])
})

test('what was not measured counts for nothing', () => {
  const values = from([1, Number.NaN, 4])
  expect([binMean(values, 0, 3), binMax(values, 0, 3), binLast(values, 0, 3)]).toEqual([2.5, 4, 4])
  expect([binMean(values, 3, 2), binMax(values, 3, 2), binLast(values, 3, 2)]).toEqual([null, null, null])
})

test('a summary is over all samples, p95 by nearest rank', () => {
  const values = Array.from({ length: 100 }, (_none, index) => 100 - index)
  expect(summarise(from(values), 0, 100)).toEqual({ min: 1, avg: 50.5, p95: 95, max: 100 })
  expect(summarise(from([7]), 0, 1)).toEqual({ min: 7, avg: 7, p95: 7, max: 7 })
  expect(summarise(from([]), 0, 10)).toBeNull()
})
