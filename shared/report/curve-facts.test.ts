import { expect, test } from 'vitest'
import {
  backlogEnd,
  backlogSentence,
  backlogWords,
  burstWords,
  type LimitedCurve,
  longestBurst,
} from './curve-facts.ts'

/** Steps of 5 s under a limit of 100 with a burst to 400: `[value, times]`. */
function curve(...parts: readonly (readonly [number, number])[]): LimitedCurve {
  return {
    values: parts.flatMap(([value, times]) => Array.from({ length: times }, () => value)),
    stepS: 5,
    limit: 100,
    max: 400,
  }
}

const WAS = curve([60, 4], [400, 2], [100, 20], [60, 10])
const IS = curve([60, 4], [400, 3], [100, 10], [70, 1], [50, 10])
const OPEN = curve([60, 4], [400, 2], [100, 30])

test('how long a burst lasts, the longest of several', () => {
  expect(burstWords(WAS, IS)).toBe('burst 15 s, was 10 s')
  expect(burstWords(IS, IS)).toBe('burst 15 s')
  expect(burstWords(curve([60, 9]), WAS)).toBe('burst 10 s, was none')
  expect(burstWords(WAS, curve([60, 9]))).toBe('')
  expect(longestBurst(curve([400, 1], [100, 2], [400, 3]))).toEqual({ from: 3, to: 6 })
  expect(longestBurst({ ...WAS, max: 0 })).toBeNull()
})

test('a backlog ends where a group leaves its limit for good', () => {
  expect([backlogEnd(WAS), backlogEnd(IS), backlogEnd(OPEN)]).toEqual([130, 85, 'open'])
  expect(backlogWords(WAS, IS)).toBe('backlog ends 01:25, was 02:10')
  expect(backlogWords(OPEN, IS)).toBe('backlog ends 01:25, before it did not')
  expect(backlogWords(IS, OPEN)).toBe('backlog does not end, before it did at 01:25')
  expect(backlogWords(OPEN, OPEN)).toBe('')
  expect(backlogSentence('gold', WAS, IS)).toBe('The backlog of gold ends at 01:25 instead of 02:10.')
  expect(backlogSentence('gold', OPEN, IS)).toBe('The backlog of gold ends at 01:25; before, it did not.')
  expect(backlogSentence('gold', IS, OPEN)).toBe('The backlog of gold no longer ends; it did at 01:25.')
  expect(backlogSentence('gold', IS, IS)).toBe('')
})

test('what goes on near its limit, or comes back to it, has no end to name', () => {
  expect(backlogEnd(curve([100, 10], [93, 10]))).toBeNull()
  expect(backlogEnd(curve([100, 10], [50, 10], [100, 10], [50, 10]))).toBeNull()
  expect(backlogEnd(curve([100, 10], [50, 2]))).toBeNull()
  expect(backlogEnd({ ...WAS, limit: 0 })).toBeNull()
})
