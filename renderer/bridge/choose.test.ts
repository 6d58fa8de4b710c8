import { expect, test } from 'vitest'
import { limitsHolding, withLength } from '#shared/frontier.ts'
import { stagedLimits } from './choose.ts'

const POINT = { rate: 100, bucket: 1000 }

test('a burst may be spread over seconds, and is no slower than the rate', () => {
  expect(limitsHolding('iops-total', POINT)).toEqual({ 'iops-total': 100, 'iops-total-max': 1000 })
  expect(limitsHolding('iops-total', withLength(POINT, 4))).toEqual({
    'iops-total': 100,
    'iops-total-max': 250,
    'iops-total-max-length': 4,
  })
  expect(withLength(POINT, 60)).toEqual({ ...POINT, lengthS: 10 })
  expect(limitsHolding('iops-total', withLength({ rate: 100, bucket: 10 }, 60))).toEqual({ 'iops-total': 100 })
})

test('a total takes the place of all of its unit, reads or writes that of themselves and the total', () => {
  const before = { 'iops-read': 5, 'iops-read-max': 50, 'iops-write': 7, 'bps-total': 9000 }
  const chosen = { 'iops-total': 100, 'iops-total-max': 1000 }
  expect(stagedLimits(before, 'iops-total', POINT)).toEqual({ 'bps-total': 9000, ...chosen })
  const write = { 'iops-write': 100, 'iops-write-max': 1000 }
  expect(stagedLimits(before, 'iops-write', POINT)).toEqual({
    'bps-total': 9000,
    'iops-read': 5,
    'iops-read-max': 50,
    ...write,
  })
  expect(stagedLimits({ ...chosen, 'bps-total': 9000 }, 'iops-write', POINT)).toEqual({ 'bps-total': 9000, ...write })
})
