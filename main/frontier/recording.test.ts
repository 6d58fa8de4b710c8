import fc from 'fast-check'
import { expect, test } from 'vitest'
import { arrivalsOf, workOfBucket } from './arrivals.ts'
import { frontierOf } from './frontier.ts'
import { evenTrace, type Interval, mostLevels, parseRecording } from './recording.ts'
import { traceArbitrary } from './testing/random-load.ts'

const HEAD = '# weir-recording/1\n# {"name":"web01"}\nfrom_s,to_s,device,reads,read_bytes,writes,write_bytes\n'

test('a recording is read by device; a name may hold commas', () => {
  const read = parseRecording(`${HEAD}0,1,vda,2,8192,1,4096\n0,1,a,b,1,512,0,0\n1,2.5,vda,0,0,3,3000\n`)
  expect(read.ok && [...read.value]).toEqual([
    [
      'vda',
      [
        { fromS: 0, toS: 1, reads: 2, readBytes: 8192, writes: 1, writeBytes: 4096 },
        { fromS: 1, toS: 2.5, reads: 0, readBytes: 0, writes: 3, writeBytes: 3000 },
      ],
    ],
    ['a,b', [{ fromS: 0, toS: 1, reads: 1, readBytes: 512, writes: 0, writeBytes: 0 }]],
  ])
})

test.each(['1,0,vda,1,1,0,0', '0,1,vda,1.5,1,0,0', '0,1,,1,1,0,0', '0,1,vda,-1,1,0,0', 'what'])(
  '%s is refused with its line',
  (row) => {
    expect(parseRecording(`${HEAD}${row}\n`)).toMatchObject({ ok: false, issues: [{ path: 'line 4' }] })
  },
)

test('evenly means as many requests and bytes, apart by the same time', () => {
  const trace = evenTrace([{ fromS: 0, toS: 1, reads: 2, readBytes: 8192, writes: 2, writeBytes: 2048 }])
  expect([...trace.timesNs]).toEqual([0.125e9, 0.375e9, 0.625e9, 0.875e9])
  expect([...trace.sizes].map((size) => size % 2 ** 31)).toEqual([4096, 1024, 4096, 1024])
})

const SEED = 171

test(`no order of the requests within their intervals needs more than the bound says (seed ${SEED})`, () => {
  fc.assert(
    fc.property(
      traceArbitrary('one direction', 200),
      fc.integer({ min: 1, max: 500 }),
      fc.constantFrom(0.1, 1, 5),
      (trace, rate, intervalS) => {
        const intervals = new Map<number, Interval>()
        for (let index = 0; index < trace.count; index += 1) {
          const slot = Math.floor(trace.timesNs[index]! / 1e9 / intervalS)
          const known = intervals.get(slot) ?? { reads: 0, readBytes: 0 }
          intervals.set(slot, {
            fromS: slot * intervalS,
            toS: (slot + 1) * intervalS,
            reads: known.reads + 1,
            readBytes: known.readBytes + trace.sizes[index]!,
            writes: 0,
            writeBytes: 0,
          })
        }
        const work = workOfBucket('iops-total', 0)
        const [most] = mostLevels(new Map([['a', [...intervals.values()]]]), work, [rate])
        const [real] = frontierOf(arrivalsOf([trace], work), [rate])
        for (const key of ['noWait', 'p95', 'p99', 'p999'] as const) {
          expect(most![key]).toBeGreaterThanOrEqual(real![key] - 1e-6)
        }
      },
    ),
    { seed: SEED, numRuns: 300 },
  )
})
