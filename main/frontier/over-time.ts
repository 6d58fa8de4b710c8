import type { OverTime } from '#shared/frontier.ts'
import { NS_PER_S } from '#shared/units.ts'
import type { Arrivals } from './arrivals.ts'

const MOST_BINS = 300

/** Seconds per bin, so that `spanS` seconds need no more bins than a picture shows. */
export function binSeconds(spanS: number): number {
  const least = spanS / MOST_BINS
  const step = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 600, 1800, 3600].find((each) => each >= least)
  return step ?? Math.ceil(least / 3600) * 3600
}

/** Units a second. */
export function rateOverTime({ count, timesNs, units }: Arrivals, spanS: number): OverTime {
  const binS = binSeconds(spanS)
  const values = emptyBins(spanS, binS)
  for (let index = 0; index < count; index += 1) {
    const bin = Math.floor((timesNs[index]! - timesNs[0]!) / NS_PER_S / binS)
    if (bin < values.length) values[bin]! += units[index]! / binS
  }
  return { binS, values }
}

/** The largest of `values` (one per time, in ns) in each bin. */
export function mostOverTime(timesNs: ArrayLike<number>, values: ArrayLike<number>, spanS: number): OverTime {
  const binS = binSeconds(spanS)
  const most = emptyBins(spanS, binS)
  const firstNs = timesNs[0] ?? 0
  for (let index = 0; index < values.length; index += 1) {
    const bin = Math.floor((timesNs[index]! - firstNs) / NS_PER_S / binS)
    if (bin < most.length) most[bin] = Math.max(most[bin]!, values[index]!)
  }
  return { binS, values: most }
}

function emptyBins(spanS: number, binS: number): number[] {
  return Array.from({ length: Math.min(MOST_BINS + 1, Math.floor(spanS / binS) + 1) }, () => 0)
}
