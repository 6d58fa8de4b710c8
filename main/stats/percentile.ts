import { binMiddleNs } from './log-linear.ts'

// Percentiles of a histogram.

export interface Histogram {
  readonly numbers: Float64Array
  /** Where bin 0 is. */
  readonly at: number
  /** Highest bin in use. */
  readonly topBin: number
}

export function countEntries({ numbers, at, topBin }: Histogram): number {
  let count = 0
  for (let bin = 0; bin <= topBin; bin += 1) count += numbers[at + bin]!
  return count
}

/** The durations in ns below which `fractions` (rising, of `count` entries) lie; all 0 for an empty histogram. */
export function percentilesNs(
  { numbers, at, topBin }: Histogram,
  count: number,
  fractions: readonly number[],
): readonly number[] {
  let seen = 0
  let bin = -1
  return fractions.map((fraction) => {
    const rank = Math.max(1, Math.ceil(fraction * count))
    while (seen < rank && bin < topBin) {
      bin += 1
      seen += numbers[at + bin]!
    }
    return count === 0 ? 0 : Math.round(binMiddleNs(bin))
  })
}
