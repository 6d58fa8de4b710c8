import { assert } from '#shared/assert.ts'

// What a load asks for over time, before any limit: requests and bytes per tenth of a second, from which the rates of
// whole seconds and the height of bursts follow.

const TENTH_NS = 100_000_000
const TENTHS_PER_S = 10
/** A day. Longer recordings say nothing more about a limit. */
export const MAX_DEMAND_S = 86_400

/** Rates over seconds: units per second. */
export interface Rates {
  readonly mean: number
  readonly p50: number
  readonly p90: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

export type RateName = keyof Rates

/** Units (requests or bytes) by tenth of a second. */
export class DemandMeter {
  readonly #tenths: Float64Array
  readonly #seconds: number

  constructor(durationS: number) {
    assert(durationS > 0 && durationS <= MAX_DEMAND_S, 'a demand is measured for a day at most')
    this.#seconds = Math.max(1, Math.floor(durationS))
    this.#tenths = new Float64Array(this.#seconds * TENTHS_PER_S)
  }

  /** Counts `units` that arrived at `ns`. What comes after the last whole second is left out: it would count too little. */
  add(ns: number, units: number): void {
    const tenth = Math.floor(ns / TENTH_NS)
    if (tenth < this.#tenths.length) this.#tenths[tenth] = this.#tenths[tenth]! + units
  }

  rates(): Rates {
    const perSecond = Float64Array.from({ length: this.#seconds }, (_, second) => {
      const from = second * TENTHS_PER_S
      return this.#tenths.subarray(from, from + TENTHS_PER_S).reduce((sum, units) => sum + units, 0)
    }).sort()
    const at = (share: number) => perSecond[Math.max(0, Math.ceil(share * this.#seconds) - 1)]! // within the array
    const mean = perSecond.reduce((sum, units) => sum + units, 0) / this.#seconds
    return { mean, p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99), max: at(1) }
  }

  /** The highest rate of a tenth of a second, as units per second. */
  peakRate(): number {
    return this.#tenths.reduce((most, units) => Math.max(most, units), 0) * TENTHS_PER_S
  }

  /** The most units that were ever ahead of a steady `avg` per second: what a bucket must hold so that nobody waits. */
  mostAhead(avg: number): number {
    let ahead = 0
    let most = 0
    for (const units of this.#tenths) {
      ahead = Math.max(0, ahead - avg / TENTHS_PER_S) + units
      most = Math.max(most, ahead)
    }
    return most
  }
}
