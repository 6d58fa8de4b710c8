import { assert } from '#shared/assert.ts'
import type { Arrivals } from './arrivals.ts'
import { rankOf, selectRank } from './select.ts'

// How full an endless bucket is when each request comes, for many rates at once.
//
// QEMU lets a request go if the level before it is not above the bucket's size b. Charge every request when it comes
// instead of when it goes, and call the level it finds V:
//
//     V ← max(0, V − rate · Δt), then the request is charged: V ← V + units
//
// While requests wait the bucket is not empty, so it leaks at the full rate either way, and V is the real level plus what
// waits. Served in order, a request goes when what lies before it has leaked down to b: it waits max(0, V − b) / rate.
// So one pass per rate answers for every bucket and every wait:
//
//     nobody waits                 b ≥ the largest V
//     p percent wait at most W     b ≥ the p-th percentile of V − rate · W
//
// Exact for one bucket and requests that come whatever happens. (QEMU cuts waits to whole ns, and gives reads and writes
// that share a bucket a timer each: see waits.ts.)

/** Levels that one rate leads to, in units. */
export interface RateLevels {
  readonly rate: number
  /** The largest level before charging (or after it, see `charge`): the smallest bucket in which nobody waits. */
  readonly noWait: number
  /** Of the level before charging, one for each percentile asked for. */
  readonly percentiles: readonly number[]
}

export interface LevelOptions {
  /** Units a second, rising, above 0. */
  readonly rates: readonly number[]
  /** Rising, in percent; none: only `noWait` is of interest, which is quicker. */
  readonly percentiles: readonly number[]
  /** Which level the bucket must hold: QEMU looks before it charges a request; other shapers after. */
  readonly charge?: 'before' | 'after'
}

const AT_ONCE = 4

/** One pass over the arrivals per four rates. The longest wait of 200 rates over a million requests: under a second. */
export function levelsOf(
  arrivals: Arrivals,
  { rates, percentiles, charge = 'before' }: LevelOptions,
): readonly RateLevels[] {
  assert(
    rates.every((rate, index) => rate > (rates[index - 1] ?? 0)),
    'rates rise from above 0',
  )
  if (arrivals.count === 0) return rates.map((rate) => ({ rate, noWait: 0, percentiles: percentiles.map(() => 0) }))
  const pass = new LevelPass(arrivals, percentiles, charge)
  const found: RateLevels[] = []
  // From the highest rate down: levels only grow, so a percentile already found is a floor under the next ones.
  for (let end = rates.length; end > 0; end -= AT_ONCE) {
    found.push(...pass.measure(rates.slice(Math.max(0, end - AT_ONCE), end)).reverse())
  }
  return found.reverse()
}

class LevelPass {
  readonly #arrivals: Arrivals
  readonly #percentiles: readonly number[]
  readonly #charge: 'before' | 'after'
  /** Levels above the floor, one list per rate that is measured at once. */
  readonly #above: readonly Float64Array[]
  readonly #counts = new Uint32Array(AT_ONCE)
  readonly #tops = new Float64Array(AT_ONCE)
  /** The lowest percentile asked for lies at or above it for every rate still to come. */
  #floor = 0

  constructor(arrivals: Arrivals, percentiles: readonly number[], charge: 'before' | 'after') {
    this.#arrivals = arrivals
    this.#percentiles = percentiles
    this.#charge = charge
    const length = percentiles.length > 0 ? arrivals.count : 0
    this.#above = Array.from({ length: AT_ONCE }, () => new Float64Array(length))
  }

  measure(rates: readonly number[]): RateLevels[] {
    if (this.#charge === 'after') this.#topsAfter(rates)
    else if (this.#percentiles.length === 0) this.#topsBefore(rates)
    else this.#collect(rates)
    const found = rates.map((rate, lane) => ({ rate, ...this.#ranked(lane) }))
    this.#floor = found[0]?.percentiles[0] ?? 0
    return found
  }

  /** The floor stands for a percentile where no more levels than that allows lie above it. */
  #ranked(lane: number): Omit<RateLevels, 'rate'> {
    if (this.#percentiles.length === 0) return { noWait: this.#tops[lane]!, percentiles: [] }
    const above = this.#above[lane]!
    const count = this.#counts[lane]!
    const below = this.#arrivals.count - count
    let from = 0
    const percentiles = this.#percentiles.map((percent) => {
      const rank = rankOf(percent, this.#arrivals.count) - below
      if (rank < 0) return this.#floor
      const level = selectRank(above, count, rank, from)
      from = rank
      return level
    })
    let noWait = this.#floor
    for (let index = from; index < count; index += 1) noWait = Math.max(noWait, above[index]!)
    return { noWait, percentiles }
  }

  /** Four rates side by side: their chains of additions overlap, and an arrival is fetched once. */
  #collect(rates: readonly number[]): void {
    const { count, gapsS, units } = this.#arrivals
    const floor = this.#floor
    const [aboveA, aboveB, aboveC, aboveD] = this.#above as [Float64Array, Float64Array, Float64Array, Float64Array]
    const [rateA = 0, rateB = rateA, rateC = rateB, rateD = rateC] = rates
    let [a, b, c, d] = [0, 0, 0, 0]
    let [countA, countB, countC, countD] = [0, 0, 0, 0]
    for (let index = 0; index < count; index += 1) {
      const gap = gapsS[index]!
      const unit = units[index]!
      a = Math.max(0, a - rateA * gap)
      b = Math.max(0, b - rateB * gap)
      c = Math.max(0, c - rateC * gap)
      d = Math.max(0, d - rateD * gap)
      if (a > floor) {
        aboveA[countA] = a
        countA += 1
      }
      if (b > floor) {
        aboveB[countB] = b
        countB += 1
      }
      if (c > floor) {
        aboveC[countC] = c
        countC += 1
      }
      if (d > floor) {
        aboveD[countD] = d
        countD += 1
      }
      a += unit
      b += unit
      c += unit
      d += unit
    }
    this.#counts.set([countA, countB, countC, countD])
  }

  #topsBefore(rates: readonly number[]): void {
    const { count, gapsS, units } = this.#arrivals
    for (const [lane, rate] of rates.entries()) {
      let [level, top] = [0, 0]
      for (let index = 0; index < count; index += 1) {
        level = Math.max(0, level - rate * gapsS[index]!)
        top = Math.max(top, level)
        level += units[index]!
      }
      this.#tops[lane] = top
    }
  }

  #topsAfter(rates: readonly number[]): void {
    const { count, gapsS, units } = this.#arrivals
    for (const [lane, rate] of rates.entries()) {
      let [level, top] = [0, 0]
      for (let index = 0; index < count; index += 1) {
        level = Math.max(0, level - rate * gapsS[index]!) + units[index]!
        top = Math.max(top, level)
      }
      this.#tops[lane] = top
    }
  }
}
