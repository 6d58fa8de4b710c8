import type { RecordedLoad } from '#main/load/trace.ts'
import type { Interval } from '#shared/formats/loads/recording-rows.ts'
import type { LimitedLoad } from '#shared/frontier.ts'
import type { HiddenDemand } from '#shared/result.ts'
import { spanWork, type WorkOf } from './arrivals.ts'
import type { DeviceLoad } from './group-loads.ts'

// A load that was itself held back when it was recorded says what it was given, not what it wants: from the rate at which
// it was held on, nothing that is drawn is known.

/** Of a limit's average: from here on requests may have waited for it. */
const HELD_SHARE = 0.9
/** The number under way stays within this much of its median in a closed loop. */
const STEADY = 0.1
const LEAST_INTERVALS = 10

function wasHeld({ limitShare }: Interval): boolean {
  return limitShare !== null && limitShare >= HELD_SHARE
}

/** Share of the recorded time in which a limit may have held it, 0…1; 0 too where no limits are known. */
function heldShare(intervals: readonly Interval[]): number {
  const time = (some: readonly Interval[]) => some.reduce((sum, { fromS, toS }) => sum + toS - fromS, 0)
  return intervals.length === 0 ? 0 : time(intervals.filter(wasHeld)) / time(intervals)
}

export function hiddenDemand(loads: readonly RecordedLoad[]): readonly HiddenDemand[] {
  return loads.flatMap(({ id, about }): HiddenDemand[] => {
    const timeShare = heldShare(about.intervals ?? [])
    if (about.isClosedLoop) return [{ device: id, timeShare: null }]
    if (timeShare > 0) return [{ device: id, timeShare }]
    return isSteady(about.intervals ?? []) ? [{ device: id, timeShare: 0, isSteady: true }] : []
  })
}

/** null: no limit held any of the loads while they were recorded. */
export function limitedLoad(loads: readonly DeviceLoad[], workOf: WorkOf): LimitedLoad | null {
  const held = loads.filter(({ intervals }) => intervals?.some(wasHeld))
  if (held.length === 0) return null
  const poured = loads.map(({ intervals }) => new Poured(intervals ?? [], workOf))
  const rates = held.flatMap(({ intervals }) =>
    (intervals ?? []).filter(wasHeld).map(({ fromS, toS }) => {
      const units = poured.reduce((sum, each) => sum + each.by(toS) - each.by(fromS), 0)
      return units / (toS - fromS)
    }),
  )
  const asked = rates.filter((rate) => rate > 0)
  if (asked.length === 0) return null
  return {
    devices: held.map(({ id }) => id),
    timeShare: Math.max(...held.map(({ intervals }) => heldShare(intervals ?? []))),
    fromRate: asked.reduce((least, rate) => Math.min(least, rate), Number.POSITIVE_INFINITY),
  }
}

/** As many requests under way all the time: a closed loop, or a load as steady as one. Which of them cannot be known. */
export function isSteady(intervals: readonly Interval[]): boolean {
  const under = intervals.flatMap(({ outstanding }) => outstanding ?? []).sort((a, b) => a - b)
  const at = (share: number) => under[Math.floor(share * (under.length - 1))] ?? 0
  const median = at(0.5)
  return (
    under.length >= LEAST_INTERVALS &&
    median >= 1 - STEADY &&
    at(0.1) >= median * (1 - STEADY) &&
    at(0.9) <= median * (1 + STEADY)
  )
}

/** Units until a moment, those of an interval evenly over it. */
class Poured {
  readonly #intervals: readonly Interval[]
  readonly #before: Float64Array

  constructor(intervals: readonly Interval[], workOf: WorkOf) {
    this.#intervals = [...intervals].sort((a, b) => a.fromS - b.fromS)
    this.#before = new Float64Array(intervals.length + 1)
    for (const [index, { reads, readBytes, writes, writeBytes }] of this.#intervals.entries()) {
      const units =
        spanWork(workOf, { requests: reads, bytes: readBytes }, 0) +
        spanWork(workOf, { requests: writes, bytes: writeBytes }, 1)
      this.#before[index + 1] = this.#before[index]! + units
    }
  }

  by(atS: number): number {
    let low = 0
    let high = this.#intervals.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#intervals[middle]!.fromS < atS) low = middle + 1
      else high = middle
    }
    if (low === 0) return 0
    const { fromS, toS } = this.#intervals[low - 1]!
    const share = Math.min(1, (atS - fromS) / (toS - fromS))
    return this.#before[low - 1]! + share * (this.#before[low]! - this.#before[low - 1]!)
  }
}
