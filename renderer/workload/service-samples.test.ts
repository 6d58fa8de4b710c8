import { expect, test } from 'vitest'
import { parseSamples } from './service-samples.ts'

test('times may be set apart by commas, spaces or lines', () => {
  expect(parseSamples(' 80, 95.5\n120;7 ')).toEqual([80, 95.5, 120, 7])
})

test('nothing, words and times below zero are no samples', () => {
  expect([parseSamples(''), parseSamples('80, fast'), parseSamples('-1')]).toEqual([null, null, null])
})
