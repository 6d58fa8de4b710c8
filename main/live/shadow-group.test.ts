import { expect, test } from 'vitest'
import type { Bucket, Limits } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import type { Waiting } from './fullness.ts'
import type { Interval } from './poured.ts'
import { ShadowGroup, type ShadowStart } from './shadow-group.ts'

const NONE = { requests: 0, bytes: 0 }

function interval(fromS: number, toS: number, read: number, { write = 0, bytes = 4096 } = {}): Interval {
  return {
    fromNs: fromS * NS_PER_S,
    toNs: toS * NS_PER_S,
    slackNs: 0,
    read: { requests: read, bytes: read * bytes },
    write: { requests: write, bytes: write * bytes },
  }
}

/** Level and error of the one bucket after one interval per entry of `reads`, each a second long. */
function check(
  limits: Limits,
  start: ShadowStart,
  reads: readonly number[],
  expected: readonly (readonly [number, number])[],
) {
  const shadow = new ShadowGroup(limits, 0, start)
  const found = reads.map((count, second) => {
    shadow.observe(interval(second, second + 1, count))
    const [bucket] = Object.values(shadow.buckets())
    return [Math.round(bucket?.level ?? 0), Math.round(bucket?.errorUnits ?? 0)]
  })
  expect(found).toEqual(expected)
}

const POOL: Limits = { 'iops-total': 100, 'iops-total-max': 1000 }

test('a bucket that never empties is known exactly, but for the first look after it was emptied', () => {
  check(
    POOL,
    'emptied',
    [0, 400, 300, 0],
    [
      [0, 0],
      [306, 94],
      [506, 94],
      [406, 94],
    ],
  )
})

test('an unknown level becomes known once the bucket surely ran empty', () => {
  check(
    POOL,
    'unknown',
    [0, 0, 0, 0, 0, 0, 0, 0, 0, 0],
    [
      [0, 900],
      [0, 800],
      [0, 700],
      [0, 600],
      [0, 500],
      [0, 400],
      [0, 300],
      [0, 200],
      [0, 100],
      [0, 0],
    ],
  )
})

test('a rate that sits on the limit tells that the bucket is full, though it was never seen to fill', () => {
  check(
    POOL,
    'unknown',
    [100, 101, 99, 100, 100],
    [
      [6, 994],
      [7, 994],
      [6, 994],
      [1000, 1000],
      [1000, 1000],
    ],
  )
})

/** What holds the group after looks a second apart of `reads` requests each. */
function held(limits: Limits, reads: readonly number[], { bytes = 4096, waiting = 'unknown' as Waiting } = {}) {
  const shadow = new ShadowGroup(limits, 0, 'unknown')
  for (const [second, count] of reads.entries()) shadow.observe(interval(second, second + 1, count, { bytes }), waiting)
  const { throttleInNs } = Object.values(shadow.buckets())[0] ?? {}
  const at = shadow.heldAt()
  return at && [at.bucket, at.at, Math.round(at.share * 100), throttleInNs]
}

const FIVE = (count: number) => [count, count, count, count, count]

test('a group is held when its rate was at nine tenths of a limit for five seconds', () => {
  expect(held(POOL, FIVE(99))).toEqual(['iops-total', 'avg', 99, 0])
  expect(held(POOL, FIVE(91))).toEqual(['iops-total', 'avg', 91, 0])
  expect(held(POOL, FIVE(85))).toBeNull()
  expect(held(POOL, [99, 99, 99])).toBeNull()
  expect(held({ 'bps-total': 100 * 65_536 }, FIVE(99), { bytes: 65_536 })).toEqual(['bps-total', 'avg', 99, 0])
})

test('a burst that is spent is held at the limit, one that goes on is not, one at its own rate is', () => {
  const limits: Limits = { 'iops-total': 100, 'iops-total-max': 500, 'iops-total-max-length': 30 }
  expect(held(limits, [500, 500, ...FIVE(99)])).toEqual(['iops-total', 'avg', 99, 0])
  expect(held(limits, FIVE(300))).toBeNull()
  expect(held(limits, FIVE(498))).toEqual(['iops-total', 'max', 100, 0])
})

test('requests that count as several are held by what they count', () => {
  expect(held({ 'iops-total': 300, 'iops-size': 16_384 }, FIVE(74), { bytes: 65_536 })).toEqual([
    'iops-total',
    'avg',
    99,
    0,
  ])
})

test('a rate near the limit whose requests take no longer than they need is not held', () => {
  expect(held(POOL, FIVE(96), { waiting: 'none' })).toBeNull()
  expect(held(POOL, FIVE(96), { waiting: 'above' })).toEqual(['iops-total', 'avg', 96, 0])
})

test('when the load ends the group is not held any more', () => {
  expect(held(POOL, [...FIVE(99), 3])).toBeNull()
})

test('one look in which the load falls is not full, though the seconds before it were', () => {
  expect(held(POOL, [...FIVE(99), 60])).toBeNull()
  expect(held({ 'iops-total': 3 }, [3, 3, 3, 3, 2])).toEqual(['iops-total', 'avg', 93, 0])
})

test('a bucket whose level is known to be full holds its group at once, and every one that does says so', () => {
  const limits: Limits = {
    'iops-total': 100,
    'iops-total-max': 200,
    'bps-total': 100 * 4096,
    'bps-total-max': 200 * 4096,
  }
  const shadow = new ShadowGroup(limits, 0, 'emptied')
  const atLimits = [250, 180, 105, 50].map((count, second) => {
    shadow.observe(interval(second, second + 1, count))
    return Object.values(shadow.buckets()).map(({ atLimit }) => atLimit)
  })
  expect(atLimits).toEqual([
    [false, false],
    [true, true],
    [true, true],
    [false, false],
  ])
})

test('a bucket is no fuller than a request of each direction over its size', () => {
  const shadow = new ShadowGroup(POOL, 0, 'unknown')
  shadow.observe(interval(0, 1, 500, { write: 500 }))
  expect(shadow.buckets()['iops-total']).toMatchObject({ level: 906.25, errorUnits: 95.75 })
})

test('a burst fills at its own rate: both buckets are reckoned', () => {
  const shadow = new ShadowGroup({ 'bps-read': 1000, 'bps-read-max': 10_000, 'bps-read-max-length': 5 }, 0, 'emptied')
  shadow.observe(interval(0, 1, 10, { bytes: 1000 }))
  const bucket = shadow.buckets()['bps-read']
  expect(bucket).toMatchObject({ size: 50_000, burstSize: 1000 })
  expect(bucket?.level).toBeCloseTo(9062.5, 3)
  expect(bucket?.throttleInNs).toBeCloseTo(((50_000 - 9062.5) / 9000) * NS_PER_S, -3)
})

test('with an iops-size the spread of sizes is not known, and counts as error', () => {
  const shadow = new ShadowGroup({ ...POOL, 'iops-size': 4096 }, 0, 'emptied')
  shadow.observe(interval(0, 0.001, 10, { bytes: 8192 }))
  expect(shadow.buckets()['iops-total']?.level).toBeCloseTo(20, 0)
  const mixed = new ShadowGroup({ ...POOL, 'iops-size': 4096 }, 0, 'emptied')
  mixed.observe(interval(0, 0.001, 10, { bytes: 4096 }))
  expect(mixed.buckets()['iops-total']?.errorUnits).toBeGreaterThan(8)
})

test('room is told only where no order of the requests could have filled a bucket', () => {
  const hasRoom = (reads: number, bucket: Bucket = 'iops-total') =>
    new ShadowGroup({ [bucket]: 100 }, 0, 'emptied').hasRoom('read', interval(0, 1, reads))
  expect([10, 11].map((reads) => hasRoom(reads))).toEqual([true, false])
  expect(hasRoom(5000, 'iops-write')).toBe(true)
})

test('random requests never leave the bounds, whatever their order (seeds 1 to 60)', () => {
  for (let seed = 1; seed <= 60; seed += 1) {
    const random = seeded(seed)
    const limits: Limits = {
      'iops-total': 20 + random(200),
      'iops-total-max': 400,
      'iops-total-max-length': 1 + random(4),
    }
    const shadow = new ShadowGroup(limits, 0, 'emptied')
    const avg = limits['iops-total'] ?? 0
    const length = limits['iops-total-max-length'] ?? 1
    let [level, burst, atNs] = [0, 0, 0]
    shadow.observe({ fromNs: -1, toNs: 0, slackNs: 0, read: NONE, write: NONE })
    for (let look = 1; look <= 30; look += 1) {
      const times = Array.from({ length: random(80) }, () => (look - 1) * 1000 + random(1000)).sort((a, b) => a - b)
      let admitted = 0
      for (const ms of [...times, look * 1000]) {
        const elapsedS = (ms * 1e6 - atNs) / NS_PER_S
        level = Math.max(0, level - avg * elapsedS)
        burst = Math.max(0, burst - 400 * elapsedS)
        atNs = ms * 1e6
        if (ms === look * 1000 || level > 400 * length || (length > 1 && burst > 40)) continue
        level += 1
        burst += 1
        admitted += 1
      }
      shadow.observe(interval(look - 1, look, admitted))
      const bucket = shadow.buckets()['iops-total']
      const distance = Math.abs((bucket?.level ?? 0) - level)
      expect(distance, `seed ${seed}, look ${look}`).toBeLessThanOrEqual((bucket?.errorUnits ?? 0) + 1e-6)
    }
  }
})

/** Park and Miller's generator. */
function seeded(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 48_271) % 2_147_483_647
    return state % below
  }
}
