import { expect, test } from 'vitest'
import type { FrontierChart } from '#shared/frontier.ts'
import { bandLabels, placeOn, plotOf, roundedWait, snapped, ticksOn, valueOn, waitThrough } from './choose-model.ts'

/** One level at every rate: 100 requests at once and nothing else. */
const CHART: FrontierChart = {
  bucket: 'iops-total',
  devices: ['db'],
  requests: 100,
  spanS: 10,
  meanRate: 10,
  frontier: [10, 20, 50, 100, 200, 500, 1000, 4000].map((rate) => ({ rate, noWait: 99, p95: 94, p99: 98, p999: 99 })),
  closedLoops: [],
  steady: [],
  limited: null,
  measured: [],
  isAligned: null,
  most: null,
  overTime: { binS: 1, values: [100] },
}
const PLOT = plotOf(CHART, 1000, 500)

test('a value and its pixel belong together, on both axes', () => {
  for (const axis of [PLOT.x, PLOT.y]) {
    for (const share of [0.1, 0.5, 0.9]) {
      const value = axis.min * (axis.max / axis.min) ** share
      expect(valueOn(axis, placeOn(axis, value))).toBeCloseTo(value, 6)
    }
    expect(placeOn(axis, axis.min)).toBe(axis.from)
    expect(placeOn(axis, axis.max)).toBeCloseTo(axis.to, 9)
  }
})

test('ticks are 1, 2 and 5 times powers of ten inside the axis', () => {
  expect(ticksOn({ min: 3, max: 120, from: 0, to: 1 })).toEqual([5, 10, 20, 50, 100])
})

test('a point snaps to limits that QEMU takes: no burst, or a burst of the limit and more', () => {
  expect(snapped(PLOT, { rate: 101.3, bucket: 12 })).toEqual({ rate: 100, bucket: 10 })
  expect(snapped(PLOT, { rate: 101.3, bucket: 60 })).toEqual({ rate: 100, bucket: 100 })
  expect(snapped(PLOT, { rate: 20, bucket: 57.4 })).toEqual({ rate: 20, bucket: 57 })
  // The chart ends at a burst of 720: of what can be set at this limit, none is nearest.
  expect(snapped(PLOT, { rate: 1e9, bucket: 1e9 })).toEqual({ rate: 4000, bucket: 400 })
})

test('the wait line through a point is the wait that the point brings', () => {
  expect(waitThrough(CHART, 99, { rate: 100, bucket: 97 })).toBe(0.01)
  expect(waitThrough(CHART, 100, { rate: 10, bucket: 50 })).toBe(4.9)
  expect([roundedWait(0), roundedWait(0.01234), roundedWait(1e6)]).toEqual([1e-4, 0.012, 100])
})

test('bands are named where they are highest, and a band too thin is not', () => {
  const labels = bandLabels(CHART, PLOT, 99)
  expect(labels.map(({ band }) => band)).toEqual(['no-wait', '100ms', 'over'])
  for (const { x, y } of labels) expect(x > PLOT.x.from && x < PLOT.x.to && y > PLOT.y.to && y < PLOT.y.from).toBe(true)
})
