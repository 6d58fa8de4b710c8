import { binMiddleNs } from './log-linear.ts'

// Percentiles of a histogram, or of what was added to it since a copy of it was taken.

export interface Histogram {
  readonly numbers: Float64Array
  /** Where bin 0 is. */
  readonly at: number
  /** Highest bin in use. */
  readonly topBin: number
}

/** Counts to subtract, bin by bin, modulo 2³²; null: none. */
export type Baseline = Uint32Array | null

export function countAdded(histogram: Histogram, baseline: Baseline): number {
  let count = 0
  for (let bin = 0; bin <= histogram.topBin; bin += 1) count += addedIn(histogram, baseline, bin)
  return count
}

/** The durations in ns below which `fractions` (rising, of `count` entries) lie; all 0 for an empty histogram. */
export function percentilesNs(
  histogram: Histogram,
  baseline: Baseline,
  count: number,
  fractions: readonly number[],
): readonly number[] {
  let seen = 0
  let bin = -1
  return fractions.map((fraction) => {
    const rank = Math.max(1, Math.ceil(fraction * count))
    while (seen < rank && bin < histogram.topBin) {
      bin += 1
      seen += addedIn(histogram, baseline, bin)
    }
    return count === 0 ? 0 : Math.round(binMiddleNs(bin))
  })
}

function addedIn(histogram: Histogram, baseline: Baseline, bin: number): number {
  const count = histogram.numbers[histogram.at + bin]!
  return baseline === null ? count : (count - baseline[bin]!) >>> 0
}
