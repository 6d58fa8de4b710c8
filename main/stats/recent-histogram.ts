import { BIN_COUNT, binMiddleNs } from './log-linear.ts'
import type { Histogram } from './percentile.ts'

// Percentiles over about the last second, from a histogram that only ever grows: two copies of it, taken half a second
// apart, are what is subtracted. They are reckoned again when a copy is taken: walking the bins of a thousand devices at
// every snapshot would keep the main process busy for half of its time.
//
//   ──┬───────────┬───────────┬─── now      the older copy is 1 s old when the percentiles are reckoned
//     older       newer
//
// The walk goes from the highest bin down, reckons and copies as it goes, and ends where all that was added is found.
// Nothing was added below, so the older copy is right there as it is.

const PERIOD_NS = 500e6
/** Devices take their copies at different snapshots. */
const PHASES = 5

export interface Recent {
  readonly p50Ns: number
  readonly p99Ns: number
}

/** Bins modulo 2³², and how many entries they hold together. */
interface Copy {
  readonly bins: Uint32Array
  entries: number
}

export class RecentHistogram {
  #older = emptyCopy()
  #newer = emptyCopy()
  #newerNs: number
  #recent: Recent | null = null

  /** `phase` is any number that differs from device to device. */
  constructor(phase: number, nowNs: number) {
    this.#newerNs = nowNs - PERIOD_NS - ((phase % PHASES) * PERIOD_NS) / PHASES
  }

  /**
   * The percentiles as last reckoned; null if nothing was added then. Call it at each snapshot. `entries`: how many the
   * histogram holds, by a counter; one that is off by a request under way is made up for at the next copy.
   */
  read(histogram: Histogram, entries: number, nowNs: number): Recent | null {
    if (nowNs - this.#newerNs < PERIOD_NS) return this.#recent
    const copy = this.#older
    this.#recent = this.#bringUpToDate(copy, histogram, entries)
    this.#older = this.#newer
    this.#newer = copy
    // The first copy of a device is dated back by its phase, so that devices stay apart.
    this.#newerNs = nowNs - this.#newerNs >= 2 * PERIOD_NS ? nowNs : this.#newerNs + PERIOD_NS
    return this.#recent
  }

  /** What was added since the copy was taken; the copy is then as of now. */
  #bringUpToDate(copy: Copy, { numbers, at, topBin }: Histogram, entries: number): Recent | null {
    if (entries < copy.entries) clear(copy) // the counters were set back
    const added = entries - copy.entries
    const aboveP99 = added - Math.max(1, Math.ceil(0.99 * added))
    const aboveP50 = added - Math.max(1, Math.ceil(0.5 * added))
    let [p50Bin, p99Bin, seen] = [0, 0, 0]
    for (let bin = topBin; bin >= 0 && seen < added; bin -= 1) {
      const count = numbers[at + bin]!
      const gain = (count - copy.bins[bin]!) >>> 0
      if (gain === 0) continue
      if (seen <= aboveP99) p99Bin = bin
      if (seen <= aboveP50) p50Bin = bin
      seen += gain
      copy.bins[bin] = count
    }
    copy.entries += seen
    return seen === 0 ? null : { p50Ns: Math.round(binMiddleNs(p50Bin)), p99Ns: Math.round(binMiddleNs(p99Bin)) }
  }
}

function clear(copy: Copy): void {
  copy.bins.fill(0)
  copy.entries = 0
}

function emptyCopy(): Copy {
  return { bins: new Uint32Array(BIN_COUNT), entries: 0 }
}
