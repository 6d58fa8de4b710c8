import type { Trace } from '#main/load/trace.ts'
import { TRACE_WRITE_BIT } from '#shared/formats/loads/trace-columns.ts'
import { bucketUnit, directionsOf, requestUnits } from '#shared/throttle/counting.ts'
import { type Bucket, DIRECTIONS } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'

// What a recorded load asks of one bucket: when, how many units, in which direction.

export interface Arrivals {
  readonly count: number
  /** Since the first request of the recording; never falls. */
  readonly timesNs: Float64Array
  /** Since the arrival before, in seconds; 0 for the first. */
  readonly gapsS: Float64Array
  /** Requests (weighted by `iops-size`) or bytes. */
  readonly units: Float64Array
  /** 0 read, 1 write: QEMU keeps a timer for each. */
  readonly directions: Uint8Array
  /** Units that it all comes to. */
  readonly totalUnits: number
}

/** Units of a request of `bytes` in `direction` (0 read, 1 write); 0: the bucket does not look at it. */
export type WorkOf = (bytes: number, direction: 0 | 1) => number

/** How QEMU charges a bucket of this kind: bytes, or requests of which a large one counts as several. */
export function workOfBucket(bucket: Bucket, iopsSizeBytes: number): WorkOf {
  const isCounted = DIRECTIONS.map((direction) => directionsOf(bucket).includes(direction))
  const isBytes = bucketUnit(bucket) === 'bps'
  return (bytes, direction) => {
    if (isCounted[direction] !== true) return 0
    return isBytes ? bytes : requestUnits(bytes, iopsSizeBytes)
  }
}

/** The most that so many requests of so many bytes together can be charged: one has what the others leave. */
export function spanWork(
  workOf: WorkOf,
  { requests, bytes }: { readonly requests: number; readonly bytes: number },
  direction: 0 | 1,
): number {
  if (requests === 0) return 0
  return workOf(Math.max(1, bytes - (requests - 1)), direction) + (requests - 1) * workOf(1, direction)
}

/** Those requests of the traces that `workOf` counts, in the order in which they come; of one moment, in the order of the traces. */
export function arrivalsOf(traces: readonly Trace[], workOf: WorkOf): Arrivals {
  const most = traces.reduce((sum, trace) => sum + trace.count, 0)
  const timesNs = new Float64Array(most)
  const units = new Float64Array(most)
  const directions = new Uint8Array(most)
  let count = 0
  forEachInOrder(traces, (trace, index) => {
    const size = trace.sizes[index]!
    const direction = size >= TRACE_WRITE_BIT ? 1 : 0
    const work = workOf(direction === 1 ? size - TRACE_WRITE_BIT : size, direction)
    if (work === 0) return
    timesNs[count] = trace.timesNs[index]!
    units[count] = work
    directions[count] = direction
    count += 1
  })
  return finishArrivals({ count, timesNs, units, directions })
}

/** Adds what follows from times and units. */
export function finishArrivals(columns: Pick<Arrivals, 'count' | 'timesNs' | 'units' | 'directions'>): Arrivals {
  const { count, timesNs, units } = columns
  const gapsS = new Float64Array(count)
  let totalUnits = 0
  for (let index = 0; index < count; index += 1) {
    if (index > 0) gapsS[index] = (timesNs[index]! - timesNs[index - 1]!) / NS_PER_S
    totalUnits += units[index]!
  }
  return { ...columns, gapsS, totalUnits }
}

/** Seconds from the first to the last request. */
export function spanS({ count, timesNs }: Arrivals): number {
  return count === 0 ? 0 : (timesNs[count - 1]! - timesNs[0]!) / NS_PER_S
}

function forEachInOrder(traces: readonly Trace[], visit: (trace: Trace, index: number) => void): void {
  const [only] = traces
  if (traces.length === 1 && only !== undefined) {
    for (let index = 0; index < only.count; index += 1) visit(only, index)
    return
  }
  const next = new Uint32Array(traces.length)
  for (;;) {
    let first = -1
    let firstNs = Number.POSITIVE_INFINITY
    for (const [number, trace] of traces.entries()) {
      const index = next[number]!
      if (index === trace.count || trace.timesNs[index]! >= firstNs) continue
      first = number
      firstNs = trace.timesNs[index]!
    }
    if (first === -1) return
    visit(traces[first]!, next[first]!)
    next[first]! += 1
  }
}
