import fc from 'fast-check'
import { test } from 'vitest'
import { Simulation } from '#main/simulate/simulation.ts'
import { admittedUnits, type BucketLimits, burstDurationS, burstPhases, refillS } from '#shared/throttle/burst.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import {
  DEFAULT_WORKLOAD,
  EMPTY_WORKSPACE,
  type SyntheticWorkload,
  type Workspace,
} from '#shared/workspace/workspace.ts'

// What the panels say about bursts, held against the simulator, which is QEMU to the nanosecond.

const S = 1e9
/** Requests are grains of the lines: one passes a full bucket, one may be under way at the end. */
const GRAINS = 2.5

function must(holds: boolean, fact: string): void {
  if (!holds) throw new Error(`does not hold: ${fact}`)
}

function limitsOf({ avg, max, lengthS }: BucketLimits): Limits {
  return { 'iops-total': avg, 'iops-total-max': max, 'iops-total-max-length': lengthS }
}

function workspaceOf(bucket: BucketLimits, demand: number, rest: Partial<SyntheticWorkload> = {}): Workspace {
  const load: Partial<SyntheticWorkload> =
    demand === Number.POSITIVE_INFINITY ? { iodepth: 256 } : { arrivals: 'fixed', rateIops: demand, iodepth: 1024 }
  return {
    ...EMPTY_WORKSPACE,
    groups: { gold: limitsOf(bucket) },
    devices: [
      {
        id: 'db',
        groups: ['gold'],
        iothread: null,
        // A million requests a second: what it takes cannot be seen beside the limits.
        disk: { kind: 'null', sizeBytes: 2 ** 30, service: { kind: 'fixed', us: 1 } },
        workload: { ...DEFAULT_WORKLOAD, readPercent: 100, ...load, ...rest },
        qemu: {},
      },
    ],
  }
}

/** Requests done by `atS` seconds. */
function doneBy(simulation: Simulation, atS: number): number {
  simulation.advance(Math.round(atS * S))
  return simulation.requests
}

const bucketArbitrary = fc
  .record({
    avg: fc.integer({ min: 20, max: 500 }),
    factor: fc.option(fc.integer({ min: 1, max: 10 })),
    lengthS: fc.integer({ min: 1, max: 5 }),
  })
  .map(
    ({ avg, factor, lengthS }): BucketLimits =>
      factor === null ? { avg, max: 0, lengthS: 1 } : { avg, max: avg * factor, lengthS },
  )

const demandArbitrary = fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.integer({ min: 1, max: 30_000 }))

test('the admitted units of the curve are those of the simulator at any time', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(
      bucketArbitrary,
      demandArbitrary,
      fc.array(fc.integer({ min: 1, max: 9000 }), { minLength: 1, maxLength: 5 }),
      (bucket, demand, times) => {
        const simulation = new Simulation({ workspace: workspaceOf(bucket, demand) })
        for (const atMs of [...times].sort((a, b) => a - b)) {
          const most = admittedUnits(bucket, demand, atMs / 1000)
          const least = demand === Infinity ? admittedUnits(bucket, 1e6, atMs / 1000) : most
          const done = doneBy(simulation, atMs / 1000)
          must(done >= least - GRAINS && done <= most + GRAINS, `${done} done by ${atMs} ms, ${most} said`)
        }
      },
    ),
    { numRuns: 25 },
  )
})

test('a load is held at its average from the end of the burst on, and not before', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(bucketArbitrary, demandArbitrary, (bucket, demand) => {
      const endS = burstDurationS(bucket, demand)
      fc.pre(endS > 0.2 && endS < 60)
      const simulation = new Simulation({ workspace: workspaceOf(bucket, demand) })
      const before = burstPhases(bucket, demand).findLast((phase) => phase.toS <= endS)
      const [a, b] = [doneBy(simulation, endS - 0.1), doneBy(simulation, endS)]
      const [c, d] = [doneBy(simulation, endS + 0.1), doneBy(simulation, endS + 1.1)]
      must(Math.abs(d - c - bucket.avg) <= GRAINS, `${d - c} in a second after the burst`)
      if (before !== undefined && before.rate !== Number.POSITIVE_INFINITY && before.fromS < endS - 0.1) {
        const rate = (b - a) / 0.1
        must(
          Math.abs(rate - before.rate) <= GRAINS * 10 + before.rate * 0.02,
          `${rate} a second before its end, ${before.rate} said`,
        )
      }
    }),
    { numRuns: 25 },
  )
})

test('after the refill time of idleness the whole burst is back', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(bucketArbitrary, (bucket) => {
      const pauseS = refillS(bucket)
      fc.pre(pauseS < 100)
      // On for 10 s, off for as long as the refill takes (and what was admitted above the pool leaks), on again.
      const onS = 10
      const rest = { onS, offS: pauseS + 0.01, iodepth: 1 }
      const simulation = new Simulation({ workspace: workspaceOf(bucket, Number.POSITIVE_INFINITY, rest) })
      const first = doneBy(simulation, 1)
      const restartS = onS + pauseS + 0.01
      const idle = doneBy(simulation, restartS - 1e-6)
      const second = doneBy(simulation, restartS + 1) - idle
      must(
        Math.abs(second - first) <= GRAINS + first * 2e-3,
        `${second} in the first second after the pause, ${first} at the start`,
      )
    }),
    { numRuns: 15 },
  )
})
