import type { Histogram } from '#main/qmp/latency-histogram.ts'
import type { LatencyHistogram } from '#shared/host-look.ts'
import { equalBoundaries } from './boundaries.ts'

/** How long the requests of one direction of a disk took since Weir looks: by bin and in sum, both of the same requests. */
export class LatencyTotals {
  /** Of the latest look, as QEMU counts them, written over with each (kept.ts says why). */
  readonly #last: number[] = []
  #hasLast = false
  #boundariesNs: readonly number[] = []
  #counts: number[] = []
  #totalTimeNs = 0

  /** `totalTimeNs`: of all requests since the last look. */
  see(now: Histogram | null, totalTimeNs: number): void {
    const hadLast = this.#hasLast
    this.#hasLast = now !== null
    if (now === null) return
    const { boundaries, bins } = now
    if (!equalBoundaries(boundaries, this.#boundariesNs)) {
      this.#boundariesNs = boundaries
      this.#counts = bins.map(() => 0)
      this.#totalTimeNs = 0
      // Where one fell it was set again meanwhile, or the VM was restarted.
    } else if (hadLast && bins.every((count, bin) => count >= (this.#last[bin] ?? 0))) {
      for (const [bin, count] of bins.entries()) this.#counts[bin] = this.#counts[bin]! + count - (this.#last[bin] ?? 0)
      this.#totalTimeNs += totalTimeNs
    }
    this.#last.length = bins.length
    for (const [bin, count] of bins.entries()) this.#last[bin] = count
  }

  /** Nothing is known of the time until the next look. */
  forget(): void {
    this.#hasLast = false
  }

  /** null: the disk has none. */
  get histogram(): LatencyHistogram | null {
    if (!this.#hasLast) return null
    return { boundariesNs: this.#boundariesNs, counts: [...this.#counts], totalTimeNs: this.#totalTimeNs }
  }
}
