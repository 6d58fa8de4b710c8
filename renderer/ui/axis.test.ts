import { expect, test } from 'vitest'
import { formatMoment, formatValue, roundUp, timeTicks, valueTicks } from './axis.ts'

const MIB = 1024 * 1024

test('an axis ends at the next round number', () => {
  expect([997, 1000, 1001, 4100, 0.7, 0].map((value) => roundUp(value, 'iops', 'binary'))).toEqual([
    1000, 1000, 1500, 5000, 0.8, 1,
  ])
})

test('bandwidth is round in the multiples it is shown in', () => {
  expect(roundUp(50 * MIB, 'bps', 'binary')).toBe(50 * MIB)
  expect(roundUp(50 * MIB, 'bps', 'decimal')).toBe(60_000_000)
  expect(roundUp(51 * MIB, 'bps', 'binary')).toBe(60 * MIB)
})

test('ticks are round parts of the end', () => {
  expect([
    valueTicks(1000, 'iops'),
    valueTicks(1500, 'iops'),
    valueTicks(60, 'count'),
    valueTicks(5000, 'iops'),
  ]).toEqual([
    [250, 500, 750, 1000],
    [500, 1000, 1500],
    [20, 40, 60],
    [1000, 2000, 3000, 4000, 5000],
  ])
})

test('moments are round and few', () => {
  expect(timeTicks(42.3, 102.3, 6)).toEqual([50, 60, 70, 80, 90, 100])
  expect(timeTicks(-42, 18, 6)).toEqual([0, 10])
  expect(timeTicks(0, 600, 6)).toEqual([0, 120, 240, 360, 480, 600])
})

test('values and moments in words', () => {
  expect(formatValue(0.86, 'share', 'binary')).toBe('86 %')
  expect(formatValue(41e6, 'ns', 'binary')).toBe('41 ms')
  expect([formatMoment(102), formatMoment(102.5), formatMoment(3723)]).toEqual(['01:42', '01:42.5', '1:02:03'])
})
