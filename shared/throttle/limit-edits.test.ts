import { expect, test } from 'vitest'
import { appliesTo, joinSplit, setAverage, setBurst, splitTotal } from './limit-edits.ts'
import type { Limits } from './limits.ts'
import { limitBreaches } from './rules.ts'

const BURSTING: Limits = { 'iops-total': 1000, 'iops-total-max': 4000, 'iops-total-max-length': 10 }

test('a total is split by the share of reads, burst and all', () => {
  expect(splitTotal({ ...BURSTING, 'bps-total': 50 }, 'iops', 0.7)).toEqual({
    'bps-total': 50,
    'iops-read': 700,
    'iops-read-max': 2800,
    'iops-read-max-length': 10,
    'iops-write': 300,
    'iops-write-max': 1200,
    'iops-write-max-length': 10,
  })
})

test('a load that only reads still leaves writes a tenth, since 0 would be unlimited', () => {
  expect(splitTotal({ 'bps-total': 1000 }, 'bps', 1)).toEqual({ 'bps-read': 900, 'bps-write': 100 })
  expect(splitTotal({ 'iops-total': 1 }, 'iops', 0.5)).toEqual({ 'iops-read': 1, 'iops-write': 1 })
})

test('split and joined again is what it was', () => {
  for (const share of [0, 0.13, 0.5, 0.777, 1]) {
    for (const avg of [10, 999, 1000, 52_428_800]) {
      const limits = { 'iops-total': avg, 'iops-total-max': avg * 3 + 1, 'iops-total-max-length': 7, 'iops-size': 512 }
      const split = splitTotal(limits, 'iops', share)
      expect(limitBreaches(split)).toEqual([])
      expect(joinSplit(split, 'iops')).toEqual(limits)
    }
  }
})

test('joining a limited and an unlimited direction keeps the limit', () => {
  expect(joinSplit({ 'bps-read': 64 }, 'bps')).toEqual({ 'bps-total': 64 })
})

test('joining where one direction bursts gives a valid burst with the pools added', () => {
  const joined = joinSplit(
    { 'iops-read': 100, 'iops-read-max': 300, 'iops-read-max-length': 20, 'iops-write': 500 },
    'iops',
  )
  expect(joined).toEqual({ 'iops-total': 600, 'iops-total-max': 800, 'iops-total-max-length': 20 })
  expect(limitBreaches(joined)).toEqual([])
})

test('nothing to split changes nothing', () => {
  const limits = { 'bps-total': 5 }
  expect(splitTotal(limits, 'iops', 0.5)).toBe(limits)
})

test('a limit taken away takes its burst along, the last IOPS limit the size too', () => {
  expect(setAverage({ ...BURSTING, 'iops-size': 4096, 'bps-read': 9 }, 'iops-total', 0)).toEqual({ 'bps-read': 9 })
  expect(setAverage({ 'iops-read': 5, 'iops-write': 6, 'iops-size': 4096 }, 'iops-read', 0)).toEqual({
    'iops-write': 6,
    'iops-size': 4096,
  })
  expect(setAverage({ 'bps-read': 9, 'iops-total': 3, 'iops-size': 4096 }, 'bps-read', 0)).toEqual({
    'iops-total': 3,
    'iops-size': 4096,
  })
})

test('a burst taken away takes its length along', () => {
  expect(setBurst(BURSTING, 'iops-total', 0)).toEqual({ 'iops-total': 1000 })
  expect(setBurst(BURSTING, 'iops-total', 2000)['iops-total-max-length']).toBe(10)
})

test('what is in use tells whether a unit is split', () => {
  expect([appliesTo({}, 'iops'), appliesTo(BURSTING, 'iops'), appliesTo({ 'iops-write': 1 }, 'iops')]).toEqual([
    null,
    'total',
    'split',
  ])
  expect(appliesTo({ 'bps-read-max': 5 }, 'bps')).toBe('split')
})
