import { BIN_COUNT } from './log-linear.ts'
import { countAdded, type Histogram, percentilesNs } from './percentile.ts'

// Percentiles over about the last second, from a histogram that only ever grows: two copies of it, taken half a second
// apart, are what is subtracted. They are reckoned anew when a copy is taken: walking the bins of a thousand devices at
// every snapshot would keep the main process busy for half of its time.
//
//   ──┬───────────┬───────────┬─── now      the older copy is 1 s old when the percentiles are reckoned
//     older       newer

const PERIOD_NS = 500e6
/** Devices take their turns at different snapshots. */
const TURNS = 5

export interface Recent {
  readonly p50Ns: number
  readonly p99Ns: number
}

export class RecentHistogram {
  private older = new Uint32Array(BIN_COUNT)
  private newer = new Uint32Array(BIN_COUNT)
  private newerNs: number
  private recent: Recent | null = null

  /** `turn` is any number that differs from device to device. */
  constructor(turn: number, nowNs: number) {
    this.newerNs = nowNs - PERIOD_NS - ((turn % TURNS) * PERIOD_NS) / TURNS
  }

  /** The percentiles as last reckoned; null if nothing was added then. Call it at each snapshot. */
  read(histogram: Histogram, nowNs: number): Recent | null {
    if (nowNs - this.newerNs < PERIOD_NS) return this.recent
    const count = countAdded(histogram, this.older)
    const [p50Ns = 0, p99Ns = 0] = percentilesNs(histogram, this.older, count, [0.5, 0.99])
    this.recent = count === 0 ? null : { p50Ns, p99Ns }
    const reused = this.older
    this.older = this.newer
    this.newer = reused
    for (let bin = 0; bin <= histogram.topBin; bin += 1) reused[bin] = histogram.numbers[histogram.at + bin]!
    // The first copy of a device is dated back by its turn, so that the turns stay apart.
    this.newerNs = nowNs - this.newerNs >= 2 * PERIOD_NS ? nowNs : this.newerNs + PERIOD_NS
    return this.recent
  }
}
