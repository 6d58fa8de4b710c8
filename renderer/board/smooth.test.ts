import { expect, test } from 'vitest'
import { Smooth } from './smooth.ts'

const MS = 1e6

/** Values shown for measured ones, 100 ms apart. */
function shown(measured: readonly number[], stepMs = 100): readonly number[] {
  const smooth = new Smooth()
  return measured.map((value, index) => Math.round(smooth.next(value, index * stepMs * MS)))
}

test('the first value is shown as it is', () => expect(shown([500])).toEqual([500]))
test('noise is damped', () => expect(shown([100, 120, 80, 120, 80])).toEqual([100, 106, 98, 105, 98]))
test('a new rate is reached within a second', () => {
  const values = shown([100, ...Array.from({ length: 10 }, () => 1000)])
  expect(values.at(-1)).toBeGreaterThan(950)
})
test('nothing is nothing at once, and so is the end of it', () => expect(shown([100, 0, 100])).toEqual([100, 0, 100]))
test('after a gap the value is shown as it is', () => expect(shown([100, 900], 3000)).toEqual([100, 900]))
test('a clock that goes back starts anew', () => {
  const smooth = new Smooth()
  smooth.next(100, 500 * MS)
  expect(smooth.next(900, 100 * MS)).toBe(900)
})
