import type { Histogram } from '#main/qmp/latency-histogram.ts'
import type { LatencyBounds, LatencyPercentiles } from '#shared/snapshot.ts'
import { NS_PER_S } from '#shared/units.ts'
import { equalBoundaries } from './boundaries.ts'

/** A p99 of one second of a quiet disk would be that of a few requests. */
const WINDOW_NS = 10 * NS_PER_S

/** Written over when it is too old (kept-counters.ts says why). */
interface Look {
  /** Since the one before. */
  elapsedNs: number
  /** As QEMU counts them, since they were set. */
  readonly bins: number[]
}

/** The requests of the last ten seconds by how long they took, of one direction of a disk, from look to look. */
export class LatencyWindow {
  #boundaries: readonly number[] = []
  /** Newest first; the oldest is where the window begins. */
  readonly #looks: Look[] = []

  /** null: there is none. */
  see(now: Histogram | null, elapsedNs: number): void {
    if (now === null || !this.#goesOn(now)) this.#looks.length = 0
    if (now === null) return
    if (this.#looks.length === 0) this.#boundaries = now.boundaries
    let ageNs = elapsedNs
    let kept = Math.min(1, this.#looks.length)
    for (; kept < this.#looks.length; kept += 1) {
      ageNs += this.#looks[kept - 1]!.elapsedNs
      if (ageNs > WINDOW_NS) break
    }
    const look = this.#looks[kept] ?? { elapsedNs, bins: [] }
    this.#looks.length = kept
    look.elapsedNs = elapsedNs
    copyBins(look.bins, now.bins)
    this.#looks.unshift(look)
  }

  /** Nothing is known of the time until the next look. */
  forget(): void {
    this.#looks.length = 0
  }

  /** null: no request was completed, or none was counted yet. */
  percentiles(): LatencyPercentiles | null {
    const [newest, oldest] = [this.#looks[0], this.#looks.at(-1)]
    if (newest === undefined || oldest === undefined) return null
    const counts = newest.bins.map((count, bin) => count - (oldest.bins[bin] ?? 0))
    const requests = counts.reduce((sum, count) => sum + count, 0)
    if (requests === 0) return null
    const at = (share: number) => bounds(this.#boundaries, counts, Math.ceil(share * requests))
    let spanNs = 0
    for (const look of this.#looks) if (look !== oldest) spanNs += look.elapsedNs
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99), requests, spanNs }
  }

  /** Otherwise it was set again meanwhile, or the VM was restarted, and it began empty. */
  #goesOn({ boundaries, bins }: Histogram): boolean {
    const [last] = this.#looks
    if (last === undefined || !equalBoundaries(boundaries, this.#boundaries)) return false
    return bins.every((count, bin) => count >= (last.bins[bin] ?? 0))
  }
}

function copyBins(into: number[], from: readonly number[]): void {
  into.length = from.length
  for (let bin = 0; bin < from.length; bin += 1) into[bin] = from[bin]!
}

/** Where the request lies that takes longer than all but the `rank` quickest, itself among these. */
function bounds(boundaries: readonly number[], counts: readonly number[], rank: number): LatencyBounds {
  let sum = 0
  const bin = counts.findIndex((count) => {
    sum += count
    return sum >= rank
  })
  return { fromNs: boundaries[bin - 1] ?? 0, toNs: boundaries[bin] ?? null }
}
