import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Trace } from '#main/load/trace.ts'
import { TraceReading } from '#main/load/trace-reading.ts'
import type { Interval } from '#shared/formats/loads/recording-rows.ts'
import { settleTrace } from '#shared/formats/loads/trace-draft.ts'
import { arrivalsOf, workOfBucket } from './arrivals.ts'
import { frontierOf } from './frontier.ts'
import type { DeviceLoad } from './group-loads.ts'
import { mostLevel, mostLevels } from './recording.ts'
import { traceArbitrary } from './testing/random-load.ts'

const HEAD = '# weir-recording/1\n# {"name":"web01"}\n'
const OLD = 'from_s,to_s,device,reads,read_bytes,writes,write_bytes\n'
const NEW = 'from_s,to_s,device,reads,read_bytes,writes,write_bytes,limit_share,outstanding\n'
const REST = { limitShare: null, outstanding: null }

function read(text: string) {
  const reading = new TraceReading(null)
  reading.push(text)
  const gathered = reading.finish()
  if (!gathered.ok) throw new Error(gathered.issues.map(({ message }) => message).join('; '))
  const { trace } = gathered.value
  const losses = settleTrace(trace)
  return { ...trace, losses: losses.ok ? losses.value : [] }
}

test('a recording is read by device; a name may hold commas; earlier ones have two columns less', () => {
  const { intervals } = read(`${HEAD}${OLD}0,1,vda,2,8192,1,4096\n0,1,a,b,1,512,0,0\n1,2.5,vda,0,0,3,3000\n`)
  expect([...intervals]).toEqual([
    [
      'vda',
      [
        { fromS: 0, toS: 1, reads: 2, readBytes: 8192, writes: 1, writeBytes: 4096, ...REST },
        { fromS: 1, toS: 2.5, reads: 0, readBytes: 0, writes: 3, writeBytes: 3000, ...REST },
      ],
    ],
    ['a,b', [{ fromS: 0, toS: 1, reads: 1, readBytes: 512, writes: 0, writeBytes: 0, ...REST }]],
  ])
  const newer = read(`${HEAD}${NEW}0,1,a,b,1,512,0,0,0.97,2.5\n1,2,a,b,1,512,0,0,,\n`)
  expect(newer.intervals.get('a,b')?.map(({ limitShare, outstanding }) => [limitShare, outstanding])).toEqual([
    [0.97, 2.5],
    [null, null],
  ])
})

test.each(['1,0,vda,1,1,0,0', '0,1,vda,1.5,1,0,0', '0,1,,1,1,0,0', '0,1,vda,-1,1,0,0', 'what'])(
  '%s is reported with its line',
  (row) => {
    expect(read(`${HEAD}${OLD}${row}\n0,1,vda,1,512,0,0\n`).losses).toMatchObject([
      { path: 'line 4', kind: 'not-understood' },
      { message: '1 × lines that are not of this format left out' },
    ])
  },
)

test('evenly means as many requests and bytes, apart by the same time, one behind the other', () => {
  const columns = read(`${HEAD}${OLD}3,4,vda,2,8192,2,2048\n`).columns.get('vda')!
  expect([...columns.timesNs.subarray(0, columns.count)]).toEqual([3.125e9, 3.375e9, 3.625e9, 3.875e9])
  const sizes = [...columns.sizes.subarray(0, columns.count)].map((size) => size % 2 ** 31)
  expect(sizes).toEqual([4096, 1024, 4096, 1024])
  expect([...columns.offsets.subarray(0, columns.count)]).toEqual([0, 4096, 5120, 9216])
})

test('no byte is lost where the mean is not whole', () => {
  const columns = read(`${HEAD}${OLD}0,1,vda,3,${512 * 10},0,0\n`).columns.get('vda')!
  expect([...columns.sizes.subarray(0, columns.count)]).toEqual([512 * 3, 512 * 3, 512 * 4])
})

const SEED = 171

function counted(trace: Trace, intervalS: number, fromS: number): readonly Interval[] {
  const intervals = new Map<number, Interval>()
  for (let index = 0; index < trace.count; index += 1) {
    const slot = Math.floor((trace.timesNs[index]! / 1e9 - fromS) / intervalS)
    const known = intervals.get(slot) ?? { reads: 0, readBytes: 0 }
    intervals.set(slot, {
      fromS: fromS + slot * intervalS,
      toS: fromS + (slot + 1) * intervalS,
      reads: known.reads + 1,
      readBytes: known.readBytes + trace.sizes[index]!,
      writes: 0,
      writeBytes: 0,
      ...REST,
    })
  }
  return [...intervals.values()]
}

const load = (id: string, trace: Trace, intervals: DeviceLoad['intervals']): DeviceLoad => ({
  id,
  trace,
  intervals,
  isClosedLoop: false,
})

test(`no order of the requests within their intervals needs more than the bound says (seed ${SEED})`, () => {
  const traces = traceArbitrary('one direction', 200)
  const [rates, lengths] = [fc.integer({ min: 1, max: 500 }), fc.constantFrom(0.1, 1, 5)]
  const kinds = fc.constantFrom(['iops-total', 0] as const, ['iops-total', 4096] as const, ['bps-total', 0] as const)
  fc.assert(
    fc.property(traces, traces, rates, lengths, kinds, (a, b, rate, intervalS, [bucket, iopsSizeBytes]) => {
      const work = workOfBucket(bucket, iopsSizeBytes)
      const scaled = bucket === 'iops-total' ? rate : rate * 4096
      // Two recordings that were not looked at at the same moments, and a load whose requests are timed.
      for (const loads of [
        [load('a', a, counted(a, intervalS, 0))],
        [load('a', a, counted(a, intervalS, 0)), load('b', b, counted(b, 0.7 * intervalS, -0.3 * intervalS))],
        [load('a', a, counted(a, intervalS, 0)), load('b', b, null)],
      ]) {
        const [most] = mostLevels(loads, work, [scaled])
        const [real] = frontierOf(
          arrivalsOf(
            loads.map(({ trace }) => trace),
            work,
          ),
          [scaled],
        )
        for (const key of ['noWait', 'p95', 'p99', 'p999'] as const) {
          expect(most![key]).toBeGreaterThanOrEqual(real![key] * (1 - 1e-9) - 1e-6)
        }
      }
    }),
    { seed: SEED, numRuns: 300 },
  )
})

test('the bound of each device is that of its own intervals', () => {
  const interval = { readBytes: 0, writes: 0, writeBytes: 0, ...REST }
  const nothing = { count: 0, timesNs: new Float64Array(), offsets: new Float64Array(), sizes: new Uint32Array() }
  const busy = load('busy', nothing, [{ ...interval, fromS: 0, toS: 1, reads: 100 }])
  const late = load('late', nothing, [{ ...interval, fromS: 5, toS: 6, reads: 1 }])
  const level = mostLevel([busy, late], workOfBucket('iops-total', 0))
  expect(level(10, 99, 'each')).toBe(100)
  // Of the 101 requests one alone may meet what the last interval left: 100 − 10 · 4 s + its own.
  expect(mostLevel([late], workOfBucket('iops-total', 0))(10, 100, 'all')).toBe(1)
  expect(level(10, 100, 'all')).toBe(100)
})
