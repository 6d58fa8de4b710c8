import { expect, test } from 'vitest'
import { type AlarmKind, type AlarmReading, type LimitReading, USUAL_ALARM_RULES } from './alarm.ts'
import { AlarmWatch } from './alarm-watch.ts'

const S = 1_000_000_000
const MS = 1_000_000
const QUIET: AlarmReading = { problem: null, limits: [], disks: [], drift: null }
const LIMIT: LimitReading = {
  group: 'gold',
  bucket: 'iops-total',
  avg: 1000,
  rate: 1000,
  atLimit: false,
  bursts: false,
  headroomNs: null,
}
const limit = (of: Partial<LimitReading>): AlarmReading => ({ ...QUIET, limits: [{ ...LIMIT, ...of }] })
const disk = (latencyMs: number | null, failed: number | null = 0): AlarmReading => ({
  ...QUIET,
  disks: [
    {
      id: 'vda',
      latencyNs: { read: latencyMs === null ? null : latencyMs * MS, write: null },
      failed: { read: failed, write: 0 },
    },
  ],
})

/** Second → reading; what is left out is as the second before. Gives `second event text`. */
function run(readings: Readonly<Record<number, AlarmReading>>, toS: number, kinds?: readonly AlarmKind[]) {
  const watch = new AlarmWatch(kinds === undefined ? USUAL_ALARM_RULES : { ...USUAL_ALARM_RULES, kinds })
  let reading = QUIET
  const said: string[] = []
  for (let second = 0; second <= toS; second += 1) {
    reading = readings[second] ?? reading
    for (const { event, alarm } of watch.read(reading, second * S)) said.push(`${second} ${event} ${alarm.text}`)
  }
  return said.map((text) => text.replaceAll('\u2009', ' ').replaceAll('\u00a0', ' '))
}

test('a limit that holds for ten seconds is an alarm; it ends when it has not held for five', () => {
  expect(run({ 1: limit({ atLimit: true }), 20: limit({ atLimit: false }) }, 30)).toEqual([
    '11 begin gold: at its IOPS limit of 1 000 for 10 s',
    '25 end gold: at its IOPS limit of 1 000 for 10 s',
  ])
})

test('a limit that holds for a moment again and again is none, and a gap of a moment ends none', () => {
  const flicker = Object.fromEntries(Array.from({ length: 40 }, (_, s) => [s, limit({ atLimit: s % 4 !== 0 })]))
  expect(run(flicker, 39)).toEqual([])
  expect(run({ 0: limit({ atLimit: true }), 15: limit({ atLimit: false }), 18: limit({ atLimit: true }) }, 40)).toEqual(
    ['10 begin gold: at its IOPS limit of 1 000 for 10 s'],
  )
})

test('what is not known begins nothing and ends nothing', () => {
  const readings = { 0: limit({ atLimit: true }), 12: limit({ atLimit: null }) }
  expect(run(readings, 60)).toEqual(['10 begin gold: at its IOPS limit of 1 000 for 10 s'])
  expect(run({ 0: limit({ atLimit: null }), 5: disk(null, null) }, 60)).toEqual([])
})

test('a burst that is spent within a minute is an alarm until the limit holds', () => {
  const burst = { bursts: true, rate: 2000 }
  expect(
    run(
      {
        0: limit({ ...burst, headroomNs: 90 * S }),
        5: limit({ ...burst, headroomNs: 45 * S }),
        20: limit({ ...burst, atLimit: true, headroomNs: 0 }),
      },
      31,
    ),
  ).toEqual([
    '8 begin gold: its IOPS burst is spent in ≈ 45 s at this rate',
    '25 end gold: its IOPS burst is spent in ≈ 45 s at this rate',
    '30 begin gold: at its IOPS limit of 1 000 for 10 s',
  ])
  expect(run({ 0: limit({ bursts: true, rate: 900, headroomNs: 10 * S }) }, 20)).toEqual([])
  expect(run({ 0: limit({ rate: 2000, headroomNs: S }) }, 20)).toEqual([])
})

test('slow requests are an alarm after three seconds; a disk that does nothing is not slow', () => {
  expect(run({ 1: disk(120), 10: disk(20), 30: disk(120), 33: disk(null) }, 50)).toEqual([
    '4 begin vda: reads take 120 ms on average',
    '15 end vda: reads take 120 ms on average',
  ])
})

test('failed operations are counted from the first look, and are over after a quiet minute', () => {
  expect(run({ 0: disk(null, 7), 3: disk(null, 9), 10: disk(null, 10) }, 80)).toEqual([
    '3 begin vda: 2 reads failed',
    '71 end vda: 2 reads failed',
  ])
})

test('drift begins and ends at once; a VM that does not answer is lost, and its other alarms wait', () => {
  const off: AlarmReading = { ...QUIET, drift: ['gold: IOPS: 1 000 → 7'] }
  expect(
    run({ 2: off, 4: { ...QUIET, problem: 'It does not answer.' }, 9: off, 12: { ...QUIET, drift: [] } }, 15),
  ).toEqual([
    '2 begin drifted: gold: IOPS: 1 000 → 7',
    '7 begin It does not answer.',
    '9 end It does not answer.',
    '12 end drifted: gold: IOPS: 1 000 → 7',
  ])
})

test('alarms of what is gone end, and so do kinds that are not asked for', () => {
  expect(run({ 0: limit({ atLimit: true }), 15: QUIET }, 20)).toEqual([
    '10 begin gold: at its IOPS limit of 1 000 for 10 s',
    '15 end gold: at its IOPS limit of 1 000 for 10 s',
  ])
  expect(run({ 0: limit({ atLimit: true }) }, 20, ['drift'])).toEqual([])
})
