import { expect, test } from 'vitest'
import {
  admittedUnits,
  atOnceUnits,
  type BucketLimits,
  bucketLimits,
  burstDurationS,
  burstKind,
  burstPhases,
  poolUnits,
  refillS,
} from './burst.ts'

function bucket(avg: number, max = 0, lengthS = 1): BucketLimits {
  return { avg, max, lengthS }
}

test('an absent burst is a pool of a tenth of a second', () => {
  const steady = bucket(1000)
  expect([burstKind(steady), poolUnits(steady), atOnceUnits(steady), refillS(steady)]).toEqual([
    'steady',
    100,
    100,
    0.1,
  ])
})

test('no limit never holds a load', () => {
  expect(burstKind(bucket(0))).toBe('none')
  expect(burstDurationS(bucket(0), 5000)).toBe(Infinity)
  expect(burstPhases(bucket(0), 5000)).toEqual([{ fromS: 0, toS: Infinity, rate: 5000 }])
})

test('max over one second is a pool: 100 with 2000 lets 2100 go in the first second, then 100 each', () => {
  const pool = bucket(100, 2000)
  expect(burstKind(pool)).toBe('pool')
  expect(admittedUnits(pool, Infinity, 1)).toBe(2100)
  expect(admittedUnits(pool, Infinity, 2)).toBe(2200)
  expect(burstPhases(pool, Infinity)).toEqual([{ fromS: 0, toS: Infinity, rate: 100 }])
  expect(atOnceUnits(pool)).toBe(2000)
})

test('how long a pool lasts is a matter of demand: 2000 units at 1100 a second against a leak of 100', () => {
  expect(burstDurationS(bucket(100, 2000), 1100)).toBe(2)
  expect(burstPhases(bucket(100, 2000), 1100)).toEqual([
    { fromS: 0, toS: 2, rate: 1100 },
    { fromS: 2, toS: Infinity, rate: 100 },
  ])
})

test('max over sixty seconds is enforced: 2000 a second for 63 s, then 100', () => {
  const enforced = bucket(100, 2000, 60)
  expect(burstKind(enforced)).toBe('enforced')
  expect(burstPhases(enforced, Infinity)).toEqual([
    { fromS: 0, toS: (120_000 - 200) / 1900, rate: 2000 },
    { fromS: (120_000 - 200) / 1900, toS: Infinity, rate: 100 },
  ])
  expect(burstDurationS(enforced, Infinity)).toBeCloseTo(63.05, 2)
  expect(refillS(enforced)).toBe(1200)
})

test('a demand between avg and max drains an enforced burst more slowly', () => {
  expect(burstDurationS(bucket(1000, 4000, 10), 2000)).toBe(40)
})

test('a demand above max runs ahead for as long as the burst bucket holds, then at max, then at avg', () => {
  const phases = burstPhases(bucket(1000, 4000, 10), 8000)
  expect(phases.map((phase) => phase.rate)).toEqual([8000, 4000, 1000])
  expect(phases.map((phase) => phase.fromS)).toEqual([0, 0.1, 13.2])
})

test('a demand below the limit is never held', () => {
  expect(burstDurationS(bucket(1000, 4000, 10), 900)).toBe(Infinity)
  expect(burstPhases(bucket(1000, 4000, 10), 900)).toEqual([{ fromS: 0, toS: Infinity, rate: 900 }])
})

test('max equal to avg with a length is no burst, only a tenth of a second at once', () => {
  const level = bucket(1000, 1000, 5)
  expect([burstKind(level), atOnceUnits(level), burstDurationS(level, Infinity)]).toEqual(['steady', 100, 0])
})

test('gp2 of 100 GiB bursts to 3000 for half an hour and refills in five', () => {
  const gp2 = bucketLimits({ 'iops-total': 300, 'iops-total-max': 3000, 'iops-total-max-length': 1800 }, 'iops-total')
  expect(burstDurationS(gp2, Infinity) / 60).toBeCloseTo(33.3, 1)
  expect(refillS(gp2) / 3600).toBe(5)
})

test('phases add up to what is admitted', () => {
  for (const limits of [bucket(100, 2000, 60), bucket(100, 2000), bucket(50), bucket(10, 10, 9)]) {
    for (const demand of [20, 99, 101, 1500, 2500, 100_000]) {
      const phases = burstPhases(limits, demand)
      for (const atS of [0.01, 0.5, 3, 70, 5000]) {
        const sum = phases.reduce(
          (units, { fromS, toS, rate }) => units + Math.max(0, Math.min(atS, toS) - fromS) * rate,
          0,
        )
        expect(sum).toBeCloseTo(admittedUnits(limits, demand, atS), 6)
      }
    }
  }
})
