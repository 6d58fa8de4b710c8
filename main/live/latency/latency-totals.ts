import type { Histogram } from '#main/qmp/latency-histogram.ts'
import type { LatencyHistogram } from '#shared/host-look.ts'
import { binsBetween } from './bins-between.ts'
import { equalBoundaries } from './boundaries.ts'

/** How long the requests of one direction of a disk took since Weir looks: by bin and in sum, both of the same requests. */
export class LatencyTotals {
  #last: Histogram | null = null
  #boundariesNs: readonly number[] = []
  #counts: readonly number[] = []
  #totalTimeNs = 0

  /** `totalTimeNs`: of all requests since the last look. */
  see(now: Histogram | null, totalTimeNs: number): void {
    const bins = binsBetween(this.#last, now)
    this.#last = now
    if (now === null) return
    if (!equalBoundaries(now.boundaries, this.#boundariesNs)) {
      this.#boundariesNs = now.boundaries
      this.#counts = now.bins.map(() => 0)
      this.#totalTimeNs = 0
    } else if (bins !== null) {
      this.#counts = this.#counts.map((count, bin) => count + (bins[bin] ?? 0))
      this.#totalTimeNs += totalTimeNs
    }
  }

  /** Nothing is known of the time until the next look. */
  forget(): void {
    this.#last = null
  }

  /** null: the disk has none. */
  get histogram(): LatencyHistogram | null {
    if (this.#last === null) return null
    return { boundariesNs: this.#boundariesNs, counts: this.#counts, totalTimeNs: this.#totalTimeNs }
  }
}
