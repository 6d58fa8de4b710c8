import { expect, test } from 'vitest'
import { limitsHolding, pointOf, withLength } from '#shared/frontier.ts'
import { PRESETS, presetLimits } from '#shared/presets/presets.ts'
import { bucketLimits } from '#shared/throttle/burst.ts'
import { BUCKETS } from '#shared/throttle/limits.ts'
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
  // Without a burst the old one does not stay behind.
  const burst = { 'iops-write': 7, 'iops-write-max': 70 }
  expect(stagedLimits(burst, 'iops-write', { rate: 100, bucket: 10 })).toEqual({ 'iops-write': 100 })
  expect(stagedLimits({ ...chosen, 'bps-total': 9000 }, 'iops-write', POINT)).toEqual({ 'bps-total': 9000, ...write })
})

test('ready-made limits are proposed as they are, the length of their burst too', () => {
  const lengths = new Set<number>()
  for (const preset of PRESETS) {
    const limits = presetLimits(preset, preset.kind === 'sized' ? preset.defaultGib : 0)
    for (const bucket of BUCKETS) {
      const given = bucketLimits(limits, bucket)
      if (given.avg === 0) continue
      const point = pointOf(given)
      const proposed = limitsHolding(bucket, withLength(point, point.lengthS ?? 1))
      expect(bucketLimits(proposed, bucket), `${preset.id} ${bucket}`).toEqual(given)
      lengths.add(given.lengthS)
    }
  }
  expect(lengths.size).toBeGreaterThan(1)
})
