import { BIN_COUNT } from './log-linear.ts'
import { countAdded, type Histogram, percentilesNs } from './percentile.ts'

// Percentiles over about the last second, from a histogram that only ever grows: two copies of it, taken half a second
// apart, are what is subtracted.
//
//   ──┬───────────┬───────────┬─── now      the older copy is 0.5 to 1 s old
//     older       newer

const HALF_WINDOW_NS = 500e6

export interface Recent {
  readonly p50Ns: number
  readonly p99Ns: number
}

export class RecentHistogram {
  private older = new Uint32Array(BIN_COUNT)
  private newer = new Uint32Array(BIN_COUNT)
  private newerNs = 0

  /** The percentiles now; null if nothing was added in the window. Call it at each snapshot. */
  read(histogram: Histogram, nowNs: number): Recent | null {
    if (nowNs - this.newerNs >= HALF_WINDOW_NS) this.rotate(histogram, nowNs)
    const count = countAdded(histogram, this.older)
    if (count === 0) return null
    const [p50Ns = 0, p99Ns = 0] = percentilesNs(histogram, this.older, count, [0.5, 0.99])
    return { p50Ns, p99Ns }
  }

  private rotate(histogram: Histogram, nowNs: number): void {
    const reused = this.older
    this.older = this.newer
    this.newer = reused
    for (let bin = 0; bin <= histogram.topBin; bin += 1) reused[bin] = histogram.numbers[histogram.at + bin]!
    this.newerNs = nowNs
  }
}
