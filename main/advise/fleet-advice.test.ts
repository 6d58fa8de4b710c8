import { describe, expect, test } from 'vitest'
import { adviseBucket, type BucketHistory, percentileInterval, proposedLimits } from './fleet-advice.ts'

const LIMITS = { 'iops-total': 1000, 'iops-total-max': 1500, 'iops-total-max-length': 60 }
const STEPS = 1000

/** A history in which every step is alike, but for those that `change` says. */
function history(of: Partial<Record<'use' | 'peak' | 'atLimit' | 'stretch', (step: number) => number>>): BucketHistory {
  const values = (name: keyof typeof of, usual: number) =>
    Array.from({ length: STEPS }, (_, step) => of[name]?.(step) ?? usual)
  const use = values('use', 0.7)
  return {
    bucket: 'iops-total',
    use,
    peak: of.peak === undefined ? use : values('peak', 0),
    atLimit: values('atLimit', 0),
    stretch: values('stretch', 1),
  }
}

const advise = (of: Parameters<typeof history>[0], stepS = 300) => adviseBucket(history(of), LIMITS, stepS)

test('a limit that is used to 70 % and never reached fits', () => {
  expect(advise({})).toMatchObject({
    verdict: 'well',
    limit: 1000,
    proposed: 1000,
    slack: 0,
    atLimitShare: 0,
    known: 1,
  })
})

test('held for a part of the time it is too small: what the load wants lies between the limit and Little’s law', () => {
  const held = (step: number) => step % 10 === 0
  const advice = advise({
    atLimit: (step) => (held(step) ? 1 : 0),
    use: (step) => (held(step) ? 1 : 0.3),
    stretch: () => 1.6,
  })
  expect(advice).toMatchObject({ verdict: 'under', demand: { low: 1000, high: 1600 }, proposed: 1600 })
  expect(advice.atLimitShare).toBeCloseTo(0.1)
  expect(advice.slack).toBeCloseTo(-0.6)
})

test('a raise at once is at most twice the limit, and where nothing bounds the demand it is said', () => {
  expect(advise({ atLimit: () => 1, stretch: () => 40 })).toMatchObject({ demand: { high: 40_000 }, proposed: 2000 })
  expect(advise({ atLimit: () => 1, stretch: () => Number.NaN })).toMatchObject({
    demand: { high: null },
    proposed: 2000,
  })
})

test('a quarter of an hour at once is too long, however rare', () => {
  const once = (step: number) => (step >= 500 && step < 503 ? 1 : 0)
  expect(advise({ atLimit: once })).toMatchObject({ verdict: 'under', longestHeldS: 900 })
  expect(advise({ atLimit: once }, 60)).toMatchObject({ verdict: 'well', longestHeldS: 180 })
})

test('never above half of its limit, it gives back what is not used, with room for what was not seen', () => {
  const advice = advise({ use: () => 0.1, peak: (step) => (step === 7 ? 0.2 : 0.1) })
  expect(advice).toMatchObject({ verdict: 'over', usePeak: 0.2, proposed: 300 })
  expect(advice.slack).toBeCloseTo(0.7)
})

test('one high second between two samples keeps the limit where it is', () => {
  expect(advise({ use: () => 0.1, peak: (step) => (step === 7 ? 0.8 : 0.1) }).verdict).toBe('well')
})

test('of half of the time nothing is known: no proposal', () => {
  const advice = advise({ use: (step) => (step % 3 === 0 ? 0.1 : Number.NaN) })
  expect(advice).toMatchObject({ verdict: 'unknown', proposed: 1000 })
  expect(advice.known).toBeCloseTo(0.334)
})

test('a burst below the proposed limit goes, one above it stays', () => {
  const raised = advise({ atLimit: () => 1, stretch: () => 1.6 })
  expect(proposedLimits(LIMITS, [raised])).toEqual({ 'iops-total': 1600 })
  const less = advise({ use: () => 0.1 })
  expect(proposedLimits({ ...LIMITS, 'iops-size': 4096 }, [less])).toEqual({
    ...LIMITS,
    'iops-total': 150,
    'iops-size': 4096,
  })
})

describe('the bounds of a percentile', () => {
  test('hold the true one in about 95 of 100 samples', () => {
    let held = 0
    let state = 42
    const uniform = () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0
      return state / 2 ** 32
    }
    for (let round = 0; round < 400; round += 1) {
      const ordered = Array.from({ length: 1000 }, uniform).sort((a, b) => a - b)
      const { low, high } = percentileInterval(ordered, 0.99)
      if (low <= 0.99 && (high === null || high >= 0.99)) held += 1
    }
    expect(held / 400).toBeGreaterThan(0.92)
  })

  test('too few samples bound it from below only', () => {
    expect(
      percentileInterval(
        Array.from({ length: 50 }, (_, index) => index / 50),
        0.99,
      ).high,
    ).toBeNull()
    expect(percentileInterval([], 0.99)).toEqual({ low: 0, high: null })
  })
})
