import { TRACE_WRITE_BIT } from '#shared/formats/loads/trace-columns.ts'
import type { FrontierLevels } from '#shared/frontier.ts'
import { spanWork, type WorkOf } from './arrivals.ts'
import type { DeviceLoad } from './group-loads.ts'
import { rankOf } from './select.ts'

// Recordings of counters say how much an interval had, not when it came within it. So there are two answers: as if it had
// come evenly (the traces), and a bound that holds however it came:
//
//   a request meets at most   what the intervals that are over can have left, if all of each came at its end,
//                             and all of every interval that is under way
//
// A request whose time is known is an interval without length.

interface Slice {
  readonly owner: number
  readonly fromS: number
  /** Not within it, unless it has no length. */
  readonly toS: number
  /** At most, however its bytes were shared out. */
  readonly units: number
  readonly requests: number
}

/** What each slice meets at most at a rate. */
interface Tops {
  readonly slices: readonly Slice[]
  readonly levels: Float64Array
}

export function isCounted(loads: readonly DeviceLoad[]): boolean {
  return loads.some(({ intervals }) => intervals !== null)
}

/** The levels that no order of the requests within their intervals exceeds. */
export function mostLevels(
  loads: readonly DeviceLoad[],
  workOf: WorkOf,
  rates: readonly number[],
): readonly FrontierLevels[] {
  const sweep = new Sweep(slicesOf(loads, workOf))
  return rates.map((rate) => {
    const [noWait = 0, p95 = 0, p99 = 0, p999 = 0] = levelsAtRanks(sweep.at(rate), [100, 95, 99, 99.9])
    return { rate, noWait, p95, p99, p999 }
  })
}

/** The same of one percentile at one rate: of all requests together, or of the device that meets most. */
export function mostLevel(
  loads: readonly DeviceLoad[],
  workOf: WorkOf,
): (rate: number, percentile: number, of: 'all' | 'each') => number {
  const sweep = new Sweep(slicesOf(loads, workOf))
  return (rate, percentile, of) => {
    const tops = sweep.at(rate)
    if (of === 'all') return levelsAtRanks(tops, [percentile])[0] ?? 0
    return Math.max(0, ...loads.map((_, owner) => levelsAtRanks(ownedBy(tops, owner), [percentile])[0] ?? 0))
  }
}

function ownedBy({ slices, levels }: Tops, owner: number): Tops {
  const own = slices.flatMap((slice, index) => (slice.owner === owner ? [index] : []))
  return { slices: own.map((index) => slices[index]!), levels: Float64Array.from(own, (index) => levels[index]!) }
}

function slicesOf(loads: readonly DeviceLoad[], workOf: WorkOf): readonly Slice[] {
  const slices = loads.flatMap((load, owner) =>
    load.intervals === null ? timedSlices(load, owner, workOf) : countedSlices(load.intervals, owner, workOf),
  )
  return slices.filter(({ units }) => units > 0).sort((a, b) => a.fromS - b.fromS || a.owner - b.owner)
}

function countedSlices(intervals: NonNullable<DeviceLoad['intervals']>, owner: number, workOf: WorkOf): Slice[] {
  return intervals.map(({ fromS, toS, reads, readBytes, writes, writeBytes }) => {
    const parts = [
      { requests: reads, units: spanWork(workOf, { requests: reads, bytes: readBytes }, 0) },
      { requests: writes, units: spanWork(workOf, { requests: writes, bytes: writeBytes }, 1) },
    ].filter(({ units }) => units > 0)
    return {
      owner,
      fromS,
      toS,
      units: parts.reduce((sum, { units }) => sum + units, 0),
      requests: parts.reduce((sum, { requests }) => sum + requests, 0),
    }
  })
}

function timedSlices({ trace }: DeviceLoad, owner: number, workOf: WorkOf): Slice[] {
  return Array.from({ length: trace.count }, (_, index) => {
    const size = trace.sizes[index]!
    const direction = size >= TRACE_WRITE_BIT ? 1 : 0
    const atS = trace.timesNs[index]! / 1e9
    return { owner, fromS: atS, toS: atS, units: workOf(size % TRACE_WRITE_BIT, direction), requests: 1 }
  })
}

/** One pass over the slices per rate. */
class Sweep {
  readonly #slices: readonly Slice[]
  /** In the order in which they end; those without length last of their moment. */
  readonly #ends: readonly number[]

  constructor(slices: readonly Slice[]) {
    this.#slices = slices
    const isLong = ({ fromS, toS }: Slice) => (toS > fromS ? 0 : 1)
    this.#ends = [...slices.keys()].sort((a, b) => {
      const [one, other] = [slices[a]!, slices[b]!]
      return one.toS - other.toS || isLong(one) - isLong(other)
    })
  }

  at(rate: number): Tops {
    const slices = this.#slices
    const levels = new Float64Array(slices.length)
    const under = new Set<number>()
    let [left, open, atS, ended] = [0, 0, 0, 0]
    const leakTo = (nowS: number) => {
      left = Math.max(0, left - rate * (nowS - atS))
      atS = nowS
    }
    for (let index = 0; index < slices.length; ) {
      const nowS = slices[index]!.fromS
      for (; ended < slices.length; ended += 1) {
        const number = this.#ends[ended]!
        const { fromS, toS, units } = slices[number]!
        if (toS > nowS || (toS === nowS && fromS === toS)) break
        leakTo(toS)
        left += units
        open -= units
        under.delete(number)
      }
      leakTo(nowS)
      const first = index
      for (; index < slices.length && slices[index]!.fromS === nowS; index += 1) open += slices[index]!.units
      for (let number = first; number < index; number += 1) if (slices[number]!.toS > nowS) under.add(number)
      const level = left + open
      for (let number = first; number < index; number += 1) levels[number] = level
      for (const number of under) levels[number] = Math.max(levels[number]!, level)
    }
    return { slices, levels }
  }
}

/** 100: the highest of all. */
function levelsAtRanks({ slices, levels }: Tops, percentiles: readonly number[]): readonly number[] {
  const order = [...slices.keys()].sort((a, b) => levels[a]! - levels[b]!)
  const requests = slices.reduce((sum, slice) => sum + slice.requests, 0)
  return percentiles.map((percent) => {
    const rank = rankOf(percent, requests)
    let seen = 0
    for (const index of order) {
      seen += slices[index]!.requests
      if (seen > rank) return levels[index]!
    }
    return 0
  })
}
