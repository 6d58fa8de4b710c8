// A span of samples as few points. Bins are counted from sample 0 of the source, not from the left edge of the chart:
// as the chart moves on, a point keeps its samples and so its value, and the lines do not shimmer.

export interface Bins {
  /** Samples per point. */
  readonly size: number
  /** First sample of each bin; the last bin may be half full. */
  readonly starts: readonly number[]
}

const SIZES = [1, 2, 3, 4, 5, 8, 10, 15, 20, 25, 30, 40, 50, 75, 100]

export function makeBins(first: number, end: number, most: number): Bins {
  const size = SIZES.find((each) => (end - first) / each <= most) ?? Math.ceil((end - first) / most)
  const starts: number[] = []
  for (let start = Math.floor(first / size) * size; start < end; start += size) starts.push(start)
  return { size, starts }
}

/** Mean of what is a number among the samples of a bin; null: none is. */
export function binMean(value: (sample: number) => number, start: number, size: number): number | null {
  let sum = 0
  let count = 0
  for (let sample = start; sample < start + size; sample += 1) {
    const each = value(sample)
    if (Number.isNaN(each)) continue
    sum += each
    count += 1
  }
  return count === 0 ? null : sum / count
}

/** The last number among the samples of a bin: for what changes in steps, of which a mean was never in force. */
export function binLast(value: (sample: number) => number, start: number, size: number): number | null {
  for (let sample = start + size - 1; sample >= start; sample -= 1) {
    const each = value(sample)
    if (!Number.isNaN(each)) return each
  }
  return null
}

/** The largest: a wait or a queue that stood for one sample must not vanish in a mean. */
export function binMax(value: (sample: number) => number, start: number, size: number): number | null {
  let most = Number.NaN
  for (let sample = start; sample < start + size; sample += 1) {
    const each = value(sample)
    if (!(each <= most) && !Number.isNaN(each)) most = each
  }
  return Number.isNaN(most) ? null : most
}
