import { arrivalsOf, workOfBucket } from '#main/frontier/arrivals.ts'
import { frontierOf, frontierRates } from '#main/frontier/frontier.ts'
import { Random } from '#main/load/random.ts'
import type { Trace } from '#main/load/trace.ts'
import { median, ratioSpread, type Spread } from './numbers.ts'

export interface FrontierRow {
  readonly rates: number
  readonly requests: number
  /** One core: the no-wait bucket and three percentiles of the wait at every rate. */
  readonly ms: number
  /** ms against the same levels by one plain loop per rate, without any percentile. */
  readonly vsPlainLoop: Spread
}

export interface FrontierBenchOptions {
  readonly rates: number
  readonly requests: number
  readonly rounds: number
}

/** Both in turn, medians. */
export function measureFrontier({ rates: rateCount, requests, rounds }: FrontierBenchOptions): FrontierRow {
  const arrivals = arrivalsOf([burstyTrace(requests)], workOfBucket('bps-total', 0))
  const rates = frontierRates(arrivals, rateCount)
  const ours: number[] = []
  const plain: number[] = []
  for (let round = 0; round <= rounds; round += 1) {
    const began = performance.now()
    frontierOf(arrivals, rates)
    const between = performance.now()
    for (const rate of rates) plainLargest(arrivals.gapsS, arrivals.units, rate)
    // The first round is V8's to compile.
    if (round > 0) ours.push(between - began)
    if (round > 0) plain.push(performance.now() - between)
  }
  return { rates: rates.length, requests, ms: median(ours), vsPlainLoop: ratioSpread(ours, plain)! }
}

function plainLargest(gapsS: Float64Array, units: Float64Array, rate: number): number {
  let level = 0
  let most = 0
  for (let index = 0; index < gapsS.length; index += 1) {
    level = Math.max(0, level - rate * gapsS[index]!)
    most = Math.max(most, level)
    level += units[index]!
  }
  return most
}

/** Bursts of fifty, two sizes: the kind of load that a burst limit is for. */
function burstyTrace(count: number): Trace {
  const random = new Random(1, 'frontier')
  const timesNs = new Float64Array(count)
  let nowNs = 0
  for (let index = 0; index < count; index += 1) {
    nowNs += Math.round(random.exponential() * (random.unit() < 0.02 ? 3e8 : 5e5))
    timesNs[index] = nowNs
  }
  const sizes = Uint32Array.from({ length: count }, () => (random.unit() < 0.3 ? 65_536 : 4096))
  return { count, timesNs, offsets: new Float64Array(count), sizes }
}
