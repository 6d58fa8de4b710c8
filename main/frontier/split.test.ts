import { expect, test } from 'vitest'
import type { Trace } from '#main/load/trace.ts'
import { splitOrShare } from './split.ts'

const OPTIONS = { bucket: 'iops-total', iopsSizeBytes: 0, percentile: 100, waitS: 0 } as const

/** `count` requests at once, at `atS`. */
function burst(count: number, atS: number): Trace {
  return {
    count,
    timesNs: new Float64Array(count).fill(atS * 1e9),
    offsets: new Float64Array(count),
    sizes: new Uint32Array(count).fill(4096),
  }
}

const load = (id: string, trace: Trace) => ({ id, trace, intervals: null, isClosedLoop: false })

test('disks that never peak together need one limit, those that do need the sum', () => {
  // 11 at once find up to 10 in the bucket: a tenth of 100 a second.
  const apart = splitOrShare([load('a', burst(11, 0)), load('b', burst(11, 60))], OPTIONS)
  expect(apart).toEqual({
    apart: [
      { id: 'a', rate: 100 },
      { id: 'b', rate: 100 },
    ],
    apartSum: 200,
    sharedByAll: 100,
    sharedByEach: 100,
    most: null,
  })
  const together = splitOrShare([load('a', burst(11, 0)), load('b', burst(11, 0))], OPTIONS)
  expect([together.apartSum, together.sharedByEach]).toEqual([200, 210])
})

test('a quiet disk among busy ones is lost in the percentile of all, not in its own', () => {
  // The busy disk's thousand fill the bucket once a second; the quiet one asks right after.
  const busy: Trace = {
    count: 2000,
    timesNs: Float64Array.from({ length: 2000 }, (_, index) => Math.floor(index / 100) * 1e9),
    offsets: new Float64Array(2000),
    sizes: new Uint32Array(2000).fill(4096),
  }
  const quiet = burst(1, 10.001)
  const { sharedByAll, sharedByEach } = splitOrShare([load('busy', busy), load('quiet', quiet)], {
    ...OPTIONS,
    percentile: 95,
    waitS: 0.05,
  })
  expect(sharedByEach).toBeGreaterThan(sharedByAll)
})
