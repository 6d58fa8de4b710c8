import type { Histogram } from '#main/qmp/latency-histogram.ts'
import type { LatencyBounds, LatencyPercentiles } from '#shared/snapshot.ts'
import { NS_PER_S } from '#shared/units.ts'
import { binsBetween } from './bins-between.ts'

/** A p99 of one second of a quiet disk would be that of a few requests. */
const WINDOW_NS = 10 * NS_PER_S

interface Span {
  readonly elapsedNs: number
  readonly bins: readonly number[]
}

/** The requests of the last ten seconds by how long they took, of one direction of a disk, from look to look. */
export class LatencyWindow {
  #last: Histogram | null = null
  /** Newest first. */
  #spans: readonly Span[] = []

  /** null: there is none. */
  see(now: Histogram | null, elapsedNs: number): void {
    const last = this.#last
    this.#last = now
    const bins = binsBetween(last, now)
    if (bins === null) {
      this.#spans = []
      return
    }
    const kept: Span[] = []
    let ageNs = 0
    for (const span of [{ elapsedNs, bins }, ...this.#spans]) {
      ageNs += span.elapsedNs
      if (ageNs > WINDOW_NS && kept.length > 0) break
      kept.push(span)
    }
    this.#spans = kept
  }

  /** Nothing is known of the time until the next look. */
  forget(): void {
    this.#last = null
    this.#spans = []
  }

  /** null: no request was completed, or none was counted yet. */
  percentiles(): LatencyPercentiles | null {
    const { boundaries, bins } = this.#last ?? { boundaries: [], bins: [] }
    const counts = bins.map((_, bin) => this.#spans.reduce((sum, span) => sum + (span.bins[bin] ?? 0), 0))
    const requests = counts.reduce((sum, count) => sum + count, 0)
    if (requests === 0) return null
    const at = (share: number) => bounds(boundaries, counts, Math.ceil(share * requests))
    return {
      p50: at(0.5),
      p95: at(0.95),
      p99: at(0.99),
      requests,
      spanNs: this.#spans.reduce((sum, span) => sum + span.elapsedNs, 0),
    }
  }
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
