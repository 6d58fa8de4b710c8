import { expect, test } from 'vitest'
import type { BucketSnapshot, GroupSnapshot, HeldAt } from '#shared/snapshot.ts'
import { NS_PER_S } from '#shared/units.ts'
import { forecast } from './forecast.ts'

function group(bucket: Partial<BucketSnapshot>, heldAt: HeldAt | null = null): GroupSnapshot {
  const direction = { iops: 0, bps: 0, token: null, timerInNs: null, queued: null, tokenMoves: null }
  const level = {
    level: 5,
    size: 10,
    burstLevel: null,
    burstSize: null,
    errorUnits: 0,
    throttleInNs: null,
    refillInNs: 0,
  }
  const about = { limits: {}, ring: null, members: [], read: direction, write: direction, estimated: true }
  return { ...about, buckets: { 'iops-total': { ...level, ...bucket } }, heldAt }
}

test('a group that is held says so, whatever its estimated level', () => {
  const held = { bucket: 'iops-total', at: 'avg', share: 0.99 } as const
  expect(forecast(group({ level: 1, throttleInNs: 180 * NS_PER_S }, held))).toBe(
    'Throttling now: at 99 % of its IOPS limit.',
  )
  expect(forecast(group({}, { ...held, at: 'max' }))).toBe('Throttling now: at 99 % of its IOPS burst rate.')
})

test('a rate above the limit says when the bucket is full, one below that it is not', () => {
  expect(forecast(group({ throttleInNs: 180 * NS_PER_S }))).toBe('Throttles in 3 min at this rate.')
  expect(forecast(group({ level: 0 }))).toBe('Not throttling.')
  expect(forecast(group({ refillInNs: 2 * NS_PER_S }))).toBe(
    'Not throttling. The bucket is empty again after 2 s without requests.',
  )
  expect(forecast(group({ level: 12, throttleInNs: 0 }))).toBe('A bucket is full: the next requests wait.')
})
