import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Trace } from '#main/load/trace.ts'
import { Simulation } from '#main/simulate/simulation.ts'
import { bucketFor, cornerOf, waitFor } from '#shared/frontier.ts'
import { type Bucket, type Limits, lengthKey, maxKey } from '#shared/throttle/limits.ts'
import { EMPTY_WORKSPACE } from '#shared/workspace/workspace.ts'
import { arrivalsOf, workOfBucket } from './arrivals.ts'
import { frontierOf, frontierRates, rateForWait, rateWithoutBurst } from './frontier.ts'
import { levelsOf } from './levels.ts'
import { rankOf } from './select.ts'
import { traceArbitrary } from './testing/random-load.ts'
import { type BucketLimit, waitsAt } from './waits.ts'

const SEED = 20_251_128

/** Ns that each request of the trace waits in the simulator, in the order of the trace: its offsets count it. */
function simulatedWaits(trace: Trace, limits: Limits): readonly number[] {
  const waits = Array.from({ length: trace.count }, () => -1)
  const simulation = new Simulation({
    workspace: {
      ...EMPTY_WORKSPACE,
      groups: { g: limits },
      devices: [
        {
          id: 'd',
          groups: ['g'],
          iothread: null,
          disk: { kind: 'null', sizeBytes: 2 ** 40 },
          workload: { kind: 'trace', path: 't', iodepth: 1024, speed: 1, loop: false },
          qemu: {},
        },
      ],
    },
    traces: new Map([['t', trace]]),
    onRequest: (_flow, offset, _bytes, arrivalNs, goNs) => {
      waits[offset / 2 ** 20] = goNs - arrivalNs
    },
  })
  simulation.advance(1e18)
  return waits
}

function limitsOf(bucket: Bucket, { avg, max, lengthS }: BucketLimit): Limits {
  return { [bucket]: avg, [maxKey(bucket)]: max, [lengthKey(bucket)]: lengthS }
}

const limitArbitrary = fc
  .record({
    avg: fc.integer({ min: 1, max: 500 }),
    factor: fc.option(fc.integer({ min: 1, max: 9 })),
    lengthS: fc.integer({ min: 1, max: 3 }),
  })
  .map(
    ({ avg, factor, lengthS }): BucketLimit =>
      factor === null ? { avg, max: 0, lengthS: 1 } : { avg, max: avg * factor, lengthS },
  )

test(`reads and writes that share a bucket wait as long as in the simulator, to the ns (seed ${SEED})`, () => {
  fc.assert(
    fc.property(
      traceArbitrary('both directions'),
      limitArbitrary,
      fc.constantFrom<Bucket>('iops-total', 'iops-read', 'bps-total', 'bps-write'),
      (trace, small, bucket) => {
        const scale = bucket.startsWith('bps') ? 65_536 : 1
        const limit = { ...small, avg: small.avg * scale, max: small.max * scale }
        const arrivals = arrivalsOf([trace], workOfBucket(bucket, 0))
        const simulated = simulatedWaits(trace, limitsOf(bucket, limit)).filter(
          (_, index) => workOfBucket(bucket, 0)(1, trace.sizes[index]! >= 2 ** 31 ? 1 : 0) > 0,
        )
        expect([...waitsAt(arrivals, limit)]).toEqual(simulated)
      },
    ),
    { seed: SEED, numRuns: 150 },
  )
})

test(`every wait along the frontier is the simulator's, within the ns that QEMU cuts off (seed ${SEED})`, () => {
  fc.assert(
    fc.property(
      traceArbitrary('one direction'),
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(95, 99, 99.9, 100),
      (trace, rate, factor, percent) => {
        const arrivals = arrivalsOf([trace], workOfBucket('iops-total', 0))
        const [levels] = frontierOf(arrivals, [rate])
        const bucket = rate * factor
        const waits = simulatedWaits(trace, { 'iops-total': rate, 'iops-total-max': bucket }).toSorted((a, b) => a - b)
        const simulatedNs = waits[rankOf(percent, waits.length)]!
        const predictedNs = waitFor(levels!, percent as 95, bucket) * 1e9
        expect(Math.abs(predictedNs - simulatedNs)).toBeLessThanOrEqual(1 + predictedNs * 1e-9)
      },
    ),
    { seed: SEED, numRuns: 150 },
  )
})

test(`the levels are those of plain sorting, whatever rates are measured together (seed ${SEED})`, () => {
  fc.assert(
    fc.property(
      traceArbitrary('both directions'),
      fc.uniqueArray(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 11 }),
      (trace, unsorted) => {
        const rates = unsorted.toSorted((a, b) => a - b)
        const arrivals = arrivalsOf([trace], workOfBucket('iops-total', 8192))
        const found = levelsOf(arrivals, { rates, percentiles: [50, 95, 99.9] })
        const plain = rates.map((rate) => {
          let level = 0
          const levels = Array.from({ length: arrivals.count }, (_, index) => {
            level = Math.max(0, level - rate * arrivals.gapsS[index]!)
            const before = level
            level += arrivals.units[index]!
            return before
          }).toSorted((a, b) => a - b)
          const percentiles = [50, 95, 99.9].map((percent) => levels[rankOf(percent, levels.length)]!)
          return { rate, noWait: levels.at(-1)!, percentiles }
        })
        expect(found).toEqual(plain)
      },
    ),
    { seed: SEED, numRuns: 150 },
  )
})

// A bucket that is not too full takes one whole request more than its size: two buckets take two. With that request
// made good, what two buckets hold is never better than the same in one.
test(`splitting a bucket never lowers the sum of waits (seed ${SEED})`, () => {
  const sumOf = (waits: Float64Array) => waits.reduce((sum, wait) => sum + wait, 0)
  fc.assert(
    fc.property(
      traceArbitrary('one direction', 200),
      traceArbitrary('one direction', 200),
      fc.tuple(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 1, max: 300 })),
      fc.tuple(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1, max: 60 })),
      (first, second, [rateA, rateB], [sizeA, sizeB]) => {
        const one = workOfBucket('iops-total', 0)
        const apart =
          sumOf(waitsAt(arrivalsOf([first], one), { avg: rateA, max: sizeA, lengthS: 1 })) +
          sumOf(waitsAt(arrivalsOf([second], one), { avg: rateB, max: sizeB, lengthS: 1 }))
        const shared = { avg: rateA + rateB, max: sizeA + sizeB + 1, lengthS: 1 }
        const both = arrivalsOf([first, second], one)
        expect(sumOf(waitsAt(both, shared))).toBeLessThanOrEqual(apart + both.count)
      },
    ),
    { seed: SEED, numRuns: 300 },
  )
})

// Four requests at once, then one a second: at 2 a second the fourth finds 3 in the bucket.
const FOUR: Trace = {
  count: 6,
  timesNs: Float64Array.of(0, 0, 0, 0, 1e9, 2e9),
  offsets: new Float64Array(6),
  sizes: new Uint32Array(6).fill(4096),
}

test('a frontier worked by hand', () => {
  const arrivals = arrivalsOf([FOUR], workOfBucket('iops-total', 0))
  const [at2, at4] = frontierOf(arrivals, [2, 4])
  // Levels found at 2 a second: 0 1 2 3, then 4 − 2, then 3 − 2.
  expect(at2).toEqual({ rate: 2, noWait: 3, p95: 3, p99: 3, p999: 3 })
  expect(at4).toEqual({ rate: 4, noWait: 3, p95: 3, p99: 3, p999: 3 })
  expect(bucketFor(at2!, 99, 0.5)).toBe(2)
  expect(waitFor(at2!, 99, 2)).toBe(0.5)
  expect(rateWithoutBurst(arrivals)).toBe(30)
  expect(rateForWait(arrivals, 100, 0.1)).toBe(15)
  expect(frontierRates(arrivals, 3)).toEqual([2, 15, 120])
})

test('an empty load needs nothing', () => {
  const none = arrivalsOf([], workOfBucket('bps-total', 0))
  expect(frontierOf(none, [5])).toEqual([{ rate: 5, noWait: 0, p95: 0, p99: 0, p999: 0 }])
})

test('the corner leaves room above the mean, for a load that comes again is never quite the same', () => {
  // A load of 20 a second: at 21 a second and more it keeps the promise, and the product is least right there.
  const level = { p95: 90, p99: 90, p999: 90 }
  const frontier = [19, 21, 22.5, 30].map((rate) => ({ rate, noWait: 90, ...level }))
  const promise = { percentile: 99, waitS: 0.1 } as const
  expect(cornerOf(frontier, promise, 20)?.rate).toBe(22.5)
  expect(cornerOf(frontier.slice(0, 2), promise, 20)?.rate).toBe(21)
  expect(cornerOf(frontier.slice(0, 1), promise, 20)).toBeNull()
})
