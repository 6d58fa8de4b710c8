import type { Histogram } from '#main/qmp/latency-histogram.ts'
import type { LatencyBounds, LatencyPercentiles } from '#shared/snapshot.ts'
import { NS_PER_S } from '#shared/units.ts'
import { RecentLooks } from '../recent-looks.ts'
import { equalBoundaries } from './boundaries.ts'

/** A p99 of one second of a quiet disk would be that of a few requests. */
const WINDOW_NS = 10 * NS_PER_S

interface Look {
  elapsedNs: number
  /** As QEMU had counted them when it began. */
  readonly before: number[]
}

/** The requests of the last ten seconds by how long they took, of one direction of a disk, from look to look. */
export class LatencyWindow {
  #boundaries: readonly number[] = []
  /** As QEMU counts them since they were set, if they are known. */
  readonly #bins: number[] = []
  #isKnown = false
  readonly #looks = new RecentLooks<Look>(WINDOW_NS, () => ({ elapsedNs: 0, before: [] }))

  /** null: there is none. */
  see(now: Histogram | null, elapsedNs: number): void {
    if (now === null || !this.#goesOn(now)) this.forget()
    if (now === null) return
    if (this.#isKnown) copyBins(this.#looks.begin(elapsedNs).before, this.#bins)
    this.#boundaries = now.boundaries
    copyBins(this.#bins, now.bins)
    this.#isKnown = true
  }

  /** Nothing is known of the time until the next look. */
  forget(): void {
    this.#isKnown = false
    this.#looks.clear()
  }

  /** null: no request was completed, or none was counted yet. */
  percentiles(): LatencyPercentiles | null {
    const oldest = this.#looks.all.at(-1)
    if (oldest === undefined) return null
    const counts = this.#bins.map((count, bin) => count - (oldest.before[bin] ?? 0))
    const requests = counts.reduce((sum, count) => sum + count, 0)
    if (requests === 0) return null
    const at = (share: number) => bounds(this.#boundaries, counts, Math.ceil(share * requests))
    let spanNs = 0
    for (const { elapsedNs } of this.#looks.all) spanNs += elapsedNs
    return { p50: at(0.5), p95: at(0.95), p99: at(0.99), requests, spanNs }
  }

  /** Otherwise it was set again meanwhile, or the VM was restarted, and it began empty. */
  #goesOn({ boundaries, bins }: Histogram): boolean {
    if (!this.#isKnown || !equalBoundaries(boundaries, this.#boundaries)) return false
    return bins.every((count, bin) => count >= (this.#bins[bin] ?? 0))
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
