import { expect, test } from 'vitest'
import { NS_PER_S } from '#shared/units.ts'
import { buildModel, type SampleSpan } from './chart-model.ts'
import type { TimelineSeries } from './timeline-series.ts'

function series(key: string, values: readonly number[], part: Partial<TimelineSeries> = {}): TimelineSeries {
  return {
    key,
    label: key,
    tone: 'read',
    shape: 'line',
    combine: 'mean',
    value: (sample) => values[sample] ?? Number.NaN,
    ...part,
  }
}

function span(end: number): SampleSpan {
  return { first: 0, end, fromNs: 0, toNs: end * NS_PER_S, timeNs: (sample) => sample * NS_PER_S }
}

const build = (lines: readonly TimelineSeries[], samples: number) =>
  buildModel({ kind: 'iops', series: lines }, span(samples), 'binary')

test('stacked flows end the axis above their sum', () => {
  const flows = [series('read', [600, 700], { stacked: true }), series('write', [300, 250], { stacked: true })]
  expect(build(flows, 2)).toMatchObject({
    top: 1000,
    momentsS: [0, 1],
    series: [{ column: [600, 700] }, { column: [300, 250] }],
  })
})

test('a limit in sight is drawn and lifts the axis', () => {
  const model = build([series('read', [500]), series('limit', [1000], { isBound: true })], 1)
  expect([model.top, model.series.map(({ key }) => key), model.above]).toEqual([1500, ['read', 'limit'], []])
})

test('a limit far above is told, not drawn', () => {
  const model = build([series('read', [10]), series('limit', [1000], { isBound: true, tone: 'limit' })], 1)
  expect(model.series.map(({ key }) => key)).toEqual(['read'])
  expect(model.above).toEqual([{ label: 'limit', tone: 'limit', value: 1000 }])
  expect(model.top).toBe(15)
})

test('a limit alone is in sight whatever its height', () => {
  expect(build([series('read', [0]), series('limit', [1000], { isBound: true })], 1).top).toBe(1500)
})

test('no line leads over a time in which nothing was measured', () => {
  const times = [0, 1, 2, 3, 9, 10, 12.5]
  const gappy = { ...span(times.length), timeNs: (sample: number) => (times[sample] ?? 0) * NS_PER_S }
  const model = buildModel(
    {
      kind: 'iops',
      series: [
        series(
          'read',
          times.map(() => 5),
        ),
      ],
    },
    gappy,
    'binary',
  )
  expect(model.momentsS).toEqual([0, 1, 2, 3, 6, 9, 10, 12.5])
  expect(model.series[0]?.column).toEqual([5, 5, 5, 5, null, 5, 5, 5])
  expect(model.series[0]?.summary?.min).toBe(5)
})

test('what was never measured has no line', () => {
  expect(build([series('read', [1]), series('demand', [])], 1).series.map(({ key }) => key)).toEqual(['read'])
})

test('no figure of the legend lies outside the line it stands for', () => {
  const values = Array.from({ length: 1000 }, (_none, index) => (index === 500 ? 9000 : 100))
  const [read] = build([series('read', values)], 1000).series
  const drawn = (read?.column ?? []).map((value) => value ?? 0)
  expect(drawn.length).toBeLessThanOrEqual(180)
  expect(read?.summary).toMatchObject({ min: Math.min(...drawn), max: Math.max(...drawn) })
  expect(read?.summary?.max).toBeLessThan(9000)
})

test('the axis in % ends where a bucket is full, and above it only where one was overdrawn', () => {
  const level = (values: readonly number[]) =>
    build([series('read', [5]), series('level', values, { onShare: true })], 1).shareTop
  expect([level([0.4]), level([1]), level([1.3]), level([7])]).toEqual([1, 1, 1.5, 2])
  expect(build([series('read', [5])], 1).shareTop).toBeNull()
})

test('nothing measured is an empty chart', () => {
  expect(build([series('read', [])], 0)).toMatchObject({ momentsS: [], series: [], top: 1 })
})
