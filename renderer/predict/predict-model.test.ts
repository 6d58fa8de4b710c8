import { expect, test } from 'vitest'
import type { DeviceSnapshot, Snapshot } from '#shared/snapshot.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { IDLE_FLOW } from '../store/testing/idle-flow.ts'
import {
  curveOf,
  durationText,
  momentScale,
  momentText,
  parseRunDuration,
  stepDuration,
  ticksOf,
} from './predict-model.ts'

test.each([
  ['10s', 10],
  ['1.5 min', 90],
  ['1h', 3600],
  ['1 day', 86_400],
  ['2 days', 172_800],
])('%s is %d seconds', (text, expected) => {
  expect(parseRunDuration(text)).toBe(expected)
})

test.each(['soon', '0s', '31d', ''])('%s is no duration', (text) => {
  expect(parseRunDuration(text)).toHaveProperty('problem')
})

test('a duration is told as it can be read again', () => {
  for (const durationS of [0.5, 10, 60, 90, 600, 3600, 86_400, 172_800]) {
    const { value, unit } = durationText(durationS)
    expect(parseRunDuration(`${value} ${unit}`)).toBe(durationS)
  }
})

test('the arrow keys go through the usual durations and stop at the ends', () => {
  expect([
    stepDuration(60, 'up'),
    stepDuration(90, 'down'),
    stepDuration(10, 'down'),
    stepDuration(86_400, 'up'),
  ]).toEqual([600, 60, 10, 86_400])
})

test('the scrubber goes moment by moment or by tenths', () => {
  const scale = momentScale(101)
  expect([
    scale.toPosition(50),
    scale.toValue(0.504),
    scale.step(0, 'up', 'large'),
    scale.step(0, 'down', 'small'),
  ]).toEqual([0.5, 50, 10, 0])
})

function snapshot(atS: number, iops: number, limits: Limits = { 'iops-total': 100 }): Snapshot {
  const direction = { iops: iops / 2, bps: iops, token: null, timerInNs: null, queued: null, tokenMoves: null }
  const bucket = { level: 5, size: 10, burstLevel: null, burstSize: null, errorUnits: 0 }
  return {
    source: 'simulation',
    revision: 1,
    appliedRevision: 0,
    state: 'running',
    nowNs: atS * 1e9,
    groups: {
      g: {
        limits,
        ring: null,
        members: ['db'],
        read: direction,
        write: direction,
        buckets: { 'iops-total': bucket },
        estimated: false,
      },
    },
    devices: { db: device({ iops: iops / 2, bps: (iops / 2) * 65_536 }) },
    events: [],
  }
}

function device(rates: { readonly iops: number; readonly bps: number }): DeviceSnapshot {
  const flow = { ...IDLE_FLOW, ...rates }
  return {
    group: 'g',
    iothread: 0,
    status: 'running',
    reason: null,
    read: flow,
    write: flow,
    demandIops: null,
    throttledShare: 0,
    waitCounts: [],
  }
}

test('what is held against a limit that counts large requests as several is counted so, too', () => {
  const [point] = curveOf('g', 'iops', [snapshot(1, 10, { 'iops-total': 100, 'iops-size': 16_384 })], [])
  expect(point).toMatchObject({ now: 40, limit: 100 })
})

test('a curve joins two runs by time, also where one is sampled more coarsely or ends earlier', () => {
  const now = [1, 2, 3, 4].map((atS) => snapshot(atS, atS * 10))
  const before = [2, 3].map((atS) => snapshot(atS, atS * 100))
  expect(curveOf('g', 'iops', now, before)).toEqual([
    { atS: 1, now: 10, before: 200, limit: 100 },
    { atS: 2, now: 20, before: 200, limit: 100 },
    { atS: 3, now: 30, before: 300, limit: 100 },
    { atS: 4, now: 40, before: null, limit: 100 },
  ])
  expect(curveOf('g', 'fill', now.slice(0, 1), [])).toEqual([{ atS: 1, now: 0.5, before: null, limit: null }])
  expect(curveOf('gone', 'iops', now.slice(0, 1), [])).toEqual([{ atS: 1, now: null, before: null, limit: null }])
})

test('long curves are thinned and keep their end', () => {
  const points = curveOf(
    'g',
    'iops',
    Array.from({ length: 1000 }, (_, index) => snapshot(index + 1, 1)),
    [],
  )
  expect(points.length).toBeLessThanOrEqual(301)
  expect(points.at(-1)?.atS).toBe(1000)
})

test('ticks stand at round moments, not too many', () => {
  expect([ticksOf(10), ticksOf(300), ticksOf(3600)].map((ticks) => ticks.join(' '))).toEqual([
    '0 2 4 6 8 10',
    '0 60 120 180 240 300',
    '0 600 1200 1800 2400 3000 3600',
  ])
})

test('moments in words', () => {
  expect([0, 42, 125, 12_000].map(momentText)).toEqual(['0 s', '42 s', '2 min 5 s', '3 h 20 min'])
})
