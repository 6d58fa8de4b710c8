import { expect, test } from 'vitest'
import { CHUNK_SAMPLES, Series } from './series.ts'

function fill(series: Series, count: number, maxChunks: number): void {
  for (let index = 0; index < count; index += 1) series.push([series.end, -series.end], maxChunks)
}

test('columns are read back by sample number, also across chunks', () => {
  const series = new Series(2, 100)
  fill(series, CHUNK_SAMPLES + 10, 8)
  const last = 100 + CHUNK_SAMPLES + 9
  expect([series.value(0, 100), series.value(1, last), series.end]).toEqual([100, -last, last + 1])
})

test('what is not held is NaN', () => {
  const series = new Series(2, 5)
  fill(series, 3, 8)
  expect([series.value(0, 4), series.value(0, 8)]).toEqual([Number.NaN, Number.NaN])
})

test('a full series forgets its oldest chunk and grows no further', () => {
  const series = new Series(2, 0)
  fill(series, CHUNK_SAMPLES * 5 + 1, 3)
  expect([
    series.first,
    series.end,
    series.value(0, series.first),
    series.value(0, series.first - 1),
    series.bytes,
  ]).toEqual([CHUNK_SAMPLES * 3, CHUNK_SAMPLES * 5 + 1, CHUNK_SAMPLES * 3, Number.NaN, CHUNK_SAMPLES * 3 * 2 * 4])
})
