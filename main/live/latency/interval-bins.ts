import type { Histogram, Histograms } from '#main/qmp/latency-histogram.ts'
import type { IntervalLatency, LatencyBin } from '#shared/formats/loads/latency-cell.ts'
import { binsBetween } from './bins-between.ts'

/** How long one disk's requests took, look by look. */
export class IntervalBins {
  #last: Histograms | undefined

  /** Takes a look, undefined: the disk has no histograms. Gives what came since the look before. */
  see(now: Histograms | undefined): IntervalLatency {
    const last = this.#last
    this.#last = now
    return {
      read: countedSince(last?.read ?? null, now?.read ?? null),
      write: countedSince(last?.write ?? null, now?.write ?? null),
    }
  }
}

/** Bins that any request came into; null: it cannot be told. */
function countedSince(last: Histogram | null, now: Histogram | null): readonly LatencyBin[] | null {
  const boundaries = now?.boundaries ?? []
  const bins = binsBetween(last, now)?.map((count, bin) => ({
    fromNs: boundaries[bin - 1] ?? 0,
    toNs: boundaries[bin] ?? null,
    count,
  }))
  return bins?.filter(({ count }) => count > 0) ?? null
}
