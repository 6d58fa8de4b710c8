import type { GroupWaits } from '#shared/result.ts'
import { BIN_COUNT } from './log-linear.ts'
import { percentilesNs } from './percentile.ts'
import { flowAt, type StatsMemory, WAIT_MAX_NS, WAIT_TOP_BIN, waitBinsAt } from './stats-memory.ts'

// The waits of a group's requests are those of its members, each for the time in which it was one: histograms add up.

/** How many requests of a device, reads and writes together, waited how long until a moment. */
export interface DeviceWaits {
  /** By bin, up to the highest in use. */
  readonly counts: Float64Array
  readonly maxNs: number
}

export function deviceWaits({ numbers }: StatsMemory, slot: number): DeviceWaits {
  const flows = ([0, 1] as const).map((direction) => ({
    top: numbers[flowAt(slot, direction) + WAIT_TOP_BIN]!,
    maxNs: numbers[flowAt(slot, direction) + WAIT_MAX_NS]!,
    at: waitBinsAt(slot, direction),
  }))
  const counts = new Float64Array(Math.max(...flows.map(({ top }) => top)) + 1)
  for (const { at, top } of flows) for (let bin = 0; bin <= top; bin += 1) counts[bin]! += numbers[at + bin]!
  return { counts, maxNs: Math.max(...flows.map(({ maxNs }) => maxNs)) }
}

/** Sums what several members waited. */
export class WaitSum {
  readonly #counts = new Float64Array(BIN_COUNT)
  #topBin = 0
  /** None of the requests waited longer. */
  #maxNs = 0

  /** What a member did between two moments. */
  addBetween(before: DeviceWaits, after: DeviceWaits): void {
    for (const [bin, count] of after.counts.entries()) {
      this.#counts[bin]! += count - (before.counts[bin] ?? 0)
      if (this.#counts[bin]! > 0) this.#topBin = Math.max(this.#topBin, bin)
    }
    this.#maxNs = Math.max(this.#maxNs, after.maxNs)
  }

  add(other: WaitSum): void {
    for (let bin = 0; bin <= other.#topBin; bin += 1) this.#counts[bin]! += other.#counts[bin]!
    this.#topBin = Math.max(this.#topBin, other.#topBin)
    this.#maxNs = Math.max(this.#maxNs, other.#maxNs)
  }

  /** null: there was no request. */
  percentiles(): GroupWaits | null {
    const count = this.#counts.reduce((sum, each) => sum + each, 0)
    if (count === 0) return null
    const histogram = { numbers: this.#counts, at: 0, topBin: this.#topBin }
    const [p50 = 0, p95 = 0, p99 = 0] = percentilesNs(histogram, count, [0.5, 0.95, 0.99])
    const max = Math.round(this.#maxNs)
    return { p50: Math.min(p50, max), p95: Math.min(p95, max), p99: Math.min(p99, max) }
  }
}
