import { expect, test } from 'vitest'
import { NS_PER_S } from '#shared/units.ts'
import { WaitHeat } from '../store/wait-heat.ts'
import { heatModel, readHeat, rowTopNs } from './heat-model.ts'

function heat(...rows: readonly (readonly [second: number, counts: readonly number[]])[]): WaitHeat {
  const made = new WaitHeat()
  for (const [second, counts] of rows) made.add(second * NS_PER_S, counts)
  return made
}

test('each second is a column, members are added up', () => {
  const model = heatModel([heat([3, [5, 1]]), heat([3, [2]], [4, [0, 0, 9]])], 3.2, 4.9)
  expect([model.firstS, model.columns, model.rows, model.most]).toEqual([3, 2, 15, 9])
  expect([...model.counts.subarray(0, 3)]).toEqual([7, 1, 0])
  expect(model.counts[15 + 2]).toBe(9)
})

test('a long wait adds rows', () => {
  const counts = new Array(22).fill(0)
  counts[21] = 1
  expect(heatModel([heat([0, counts])], 0, 1).rows).toBe(22)
})

test('a second tells how many, the middle one and the longest', () => {
  const model = heatModel([heat([7, [3, 0, 4, 0, 1]])], 0, 10)
  expect(readHeat(model, 7.5)).toEqual({ requests: 8, median: 2, longest: 4 })
  expect([readHeat(model, 8), readHeat(model, 99)]).toEqual([null, null])
})

test('rows end at powers of two of a microsecond', () => {
  expect([rowTopNs(0), rowTopNs(1), rowTopNs(11)]).toEqual([0, 2000, 2_048_000])
})
