import { expect, test } from 'vitest'
import { momentsAfterPause } from './pauses.ts'

test('a long step after short ones is a pause', () => {
  expect([...momentsAfterPause([0, 1, 2, 3, 9, 10, 12.5], 2)]).toEqual([4])
})

test('what is short for a line to lead over is none, however short the usual steps', () => {
  expect([...momentsAfterPause([0, 0.1, 0.2, 1.9, 2], 2)]).toEqual([])
})

test('looks that are far apart by their nature have no pause between them', () => {
  expect([...momentsAfterPause([0, 30, 60, 95], 2)]).toEqual([])
})

test('without moments, or with one', () => {
  expect([momentsAfterPause([], 2).size, momentsAfterPause([5], 2).size]).toEqual([0, 0])
})
