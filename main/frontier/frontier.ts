import { FRONTIER_PERCENTILES, type FrontierLevels } from '#shared/frontier.ts'
import { shortBurstUnits } from '#shared/throttle/counting.ts'
import { type Arrivals, spanS } from './arrivals.ts'
import { levelsOf } from './levels.ts'

/** The frontier of a load at `rates` (units a second, rising, above 0). */
export function frontierOf(arrivals: Arrivals, rates: readonly number[]): readonly FrontierLevels[] {
  const levels = levelsOf(arrivals, { rates, percentiles: FRONTIER_PERCENTILES })
  return levels.map(({ rate, noWait, percentiles: [p95 = 0, p99 = 0, p999 = 0] }) => ({ rate, noWait, p95, p99, p999 }))
}

/** Units a second over the whole recording; below it the queue only grows. A load without length counts as one second. */
export function meanRate(arrivals: Arrivals): number {
  const span = spanS(arrivals)
  return arrivals.totalUnits / (span > 0 ? span : 1)
}

/**
 * `count` whole rates, evenly apart in proportion, from just under the mean of the load to where a bucket without a burst
 * (a tenth of the rate) makes nobody wait. Fewer where whole numbers leave no room.
 */
export function frontierRates(arrivals: Arrivals, count: number): readonly number[] {
  const low = Math.max(1, Math.floor(meanRate(arrivals) * LOWEST_OF_MEAN))
  const high = Math.max(low * 2, Math.ceil(rateWithoutBurst(arrivals) * ROOM_ABOVE))
  const step = (high / low) ** (1 / Math.max(1, count - 1))
  const rates = Array.from({ length: count }, (_, index) => Math.round(low * step ** index))
  return [...new Set(rates)]
}

const LOWEST_OF_MEAN = 0.85
const ROOM_ABOVE = 4
const HIGHEST_RATE = 1e15

/** The smallest whole rate at which nobody waits without a burst: QEMU's bucket is then a tenth of the rate. */
export function rateWithoutBurst(arrivals: Arrivals): number {
  return smallestRate((rate) => {
    const [levels] = levelsOf(arrivals, { rates: [rate], percentiles: [] })
    return (levels?.noWait ?? 0) <= shortBurstUnits(rate)
  })
}

/** The smallest whole rate at which `percent` of the requests wait at most `waitS` seconds without a burst. */
export function rateForWait(arrivals: Arrivals, percent: number, waitS: number): number {
  return smallestRate((rate) => {
    const [levels] = levelsOf(arrivals, { rates: [rate], percentiles: [percent] })
    return (levels?.percentiles[0] ?? 0) - rate * waitS <= shortBurstUnits(rate)
  })
}

/** The smallest whole rate that is enough, where every higher one is. */
export function smallestRate(isEnough: (rate: number) => boolean): number {
  let high = 1
  while (high < HIGHEST_RATE && !isEnough(high)) high *= 2
  let low = Math.floor(high / 2)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (isEnough(middle)) high = middle
    else low = middle
  }
  return high
}
