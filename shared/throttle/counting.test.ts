import { expect, test } from 'vitest'
import { directionsOf, leastUnits, mostUnits, requestUnits } from './counting.ts'
import { BUCKETS } from './limits.ts'

const KIB = 1024

test('units keep their fraction: 6 KiB at 4 KiB is one and a half', () => {
  expect([requestUnits(6 * KIB, 4 * KIB), requestUnits(4 * KIB, 4 * KIB), requestUnits(9 * KIB, 0)]).toEqual([
    1.5, 1, 1,
  ])
})

test('of requests together the units lie between all of one size and one with nearly all bytes', () => {
  const counted = { requests: 4, bytes: 10 * KIB }
  expect([leastUnits(counted, 4 * KIB), mostUnits(counted, 4 * KIB)]).toEqual([4, 5.5])
  expect([leastUnits(counted, KIB), mostUnits(counted, KIB)]).toEqual([10, 13])
  expect([leastUnits(counted, 0), mostUnits(counted, 0)]).toEqual([4, 4])
})

test('a bucket counts the direction that it is named for, a total both', () => {
  expect(BUCKETS.map((bucket) => directionsOf(bucket).join('+'))).toEqual([
    'read+write',
    'read',
    'write',
    'read+write',
    'read',
    'write',
  ])
})
