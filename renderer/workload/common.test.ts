import { expect, test } from 'vitest'
import { common } from './common.ts'

test('equal values are one, by value', () => {
  expect(common([{ a: [1, 2] }, { a: [1, 2] }], ({ a }) => a)).toEqual([1, 2])
})

test('values that differ are mixed, and nothing has none', () => {
  expect(common([1, 2], (value) => value)).toBeNull()
  expect(common([], (value) => value)).toBeNull()
})
