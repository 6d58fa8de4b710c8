import type { OverTime, QueueOverTime } from '#shared/frontier.ts'
import { NS_PER_S } from '#shared/units.ts'
import type { Arrivals } from './arrivals.ts'

const MOST_BINS = 300

/** Seconds per bin, so that `spanS` seconds need no more bins than a chart shows. */
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

/** How many wait and how many have gone, of requests that come at rising `timesNs` and wait `waitsNs`. */
export function queueOverTime(timesNs: Float64Array, waitsNs: Float64Array): QueueOverTime {
  const firstNs = timesNs[0] ?? 0
  const hasWaited = (_: number, index: number) => waitsNs[index]! > 0
  const goneNs = timesNs.map((ns, index) => ns + waitsNs[index]! - firstNs)
  const cameNs = timesNs.filter(hasWaited).map((ns) => ns - firstNs)
  const leftNs = goneNs.filter(hasWaited).sort()
  goneNs.sort()
  const spanS = (goneNs.at(-1) ?? 0) / NS_PER_S
  const binS = binSeconds(spanS)
  const waiting = emptyBins(spanS, binS)
  const gone = emptyBins(spanS, binS)
  let [came, left, went] = [0, 0, 0]
  for (let bin = 0; bin < waiting.length; bin += 1) {
    const endNs = (bin + 1) * binS * NS_PER_S
    let most = came - left
    for (; came < cameNs.length && cameNs[came]! < endNs; came += 1) {
      while (left < came && leftNs[left]! <= cameNs[came]!) left += 1
      most = Math.max(most, came + 1 - left)
    }
    while (left < came && leftNs[left]! < endNs) left += 1
    while (went < goneNs.length && goneNs[went]! < endNs) went += 1
    waiting[bin] = most
    gone[bin] = went
  }
  return { spanS, waiting: { binS, values: waiting }, gone: { binS, values: gone } }
}

function emptyBins(spanS: number, binS: number): number[] {
  return Array.from({ length: Math.min(MOST_BINS + 1, Math.floor(spanS / binS) + 1) }, () => 0)
}
