import { expect, test } from 'vitest'
import type { Trace } from '#main/load/trace.ts'
import { EMPTY_WORKSPACE, type Workspace } from '#shared/workspace/workspace.ts'
import { type FactsOptions, factsAt } from './facts.ts'

/** Five requests at once, and one more after ten seconds. */
const FIVE: Trace = {
  count: 6,
  timesNs: Float64Array.of(0, 0, 0, 0, 0, 10e9),
  offsets: new Float64Array(6),
  sizes: new Uint32Array(6).fill(4096),
}

function optionsFor(ids: readonly string[]): FactsOptions {
  const workspace: Workspace = {
    ...EMPTY_WORKSPACE,
    groups: { gold: { 'iops-total': 1000 } },
    devices: ids.map((id) => ({
      id,
      groups: ['gold'],
      iothread: null,
      disk: { kind: 'null', sizeBytes: 2 ** 30 },
      workload: { kind: 'trace', path: 'five', iodepth: 64, speed: 1, loop: false },
      qemu: {},
    })),
  }
  const loads = ids.map((id) => ({ id, trace: FIVE, intervals: null, isClosedLoop: false }))
  return { workspace, traces: new Map([['five', FIVE]]), loads, durationS: 1 }
}

function facts(ids: readonly string[], limits: object) {
  const steps = factsAt(optionsFor(ids), limits)
  for (;;) {
    const step = steps.next()
    if (step.done === true) return step.value
  }
}

test('one disk: what each request of a burst waits, worked by hand', () => {
  // A bucket of 2 lets three go (levels 0, 1 and 2 before them); the others follow at 1 a second.
  const { requests, delayedShare, waitS, atLimitShare, longestAtLimitS } = facts(['a'], {
    'iops-total': 1,
    'iops-total-max': 2,
  })
  expect({ requests, delayedShare, max: waitS.max, atLimitShare, longestAtLimitS }).toEqual({
    requests: 6,
    delayedShare: 2 / 6,
    max: 2,
    atLimitShare: 0.2,
    longestAtLimitS: 2,
  })
})

test('disks that share a group wait for each other; the limits they have today do not count', () => {
  // Ten at once: three go, seven follow at 1 a second. By the tenth second the bucket is empty again.
  const { requests, delayedShare, waitS } = facts(['a', 'b'], { 'iops-total': 1, 'iops-total-max': 2 })
  expect({ requests, delayedShare, max: waitS.max }).toEqual({ requests: 12, delayedShare: 7 / 12, max: 7 })
})

test('two buckets of one disk: the tighter one binds', () => {
  const { waitS } = facts(['a'], { 'iops-total': 1, 'iops-total-max': 2, 'bps-total': 2048, 'bps-total-max': 4096 })
  // A bucket of 4096 bytes lets two go (0 and 4096 before them); each of the others takes 2 s more.
  expect(waitS.max).toBe(6)
})

test('no limits, no waits', () => {
  expect(facts(['a'], {})).toMatchObject({ delayedShare: 0, atLimitShare: 0, longestAtLimitS: 0 })
})

test('the queue over time: how many wait, how many have gone, and when the last one has', () => {
  // Of five at once three go; the others go after 1 and 2 s. The last request of all comes after ten and does not wait.
  const { spanS, waiting, gone } = facts(['a'], { 'iops-total': 1, 'iops-total-max': 2 }).queue
  const inSeconds = ({ binS, values }: typeof waiting, seconds: readonly number[]) =>
    seconds.map((second) => values[Math.round(second / binS)])
  expect(spanS).toBe(10)
  expect(inSeconds(waiting, [0, 0.5, 1, 1.5, 2, 2.5, 9.5])).toEqual([2, 2, 2, 1, 1, 0, 0])
  expect(inSeconds(gone, [0, 0.5, 1, 1.5, 2, 9.5, 10])).toEqual([3, 3, 4, 4, 5, 5, 6])
})
