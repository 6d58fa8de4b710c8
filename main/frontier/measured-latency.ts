import type { LatencyBin } from '#shared/formats/loads/latency-cell.ts'
import type { Interval } from '#shared/formats/loads/recording-rows.ts'
import type { LatencyFigures, RecordedLatency } from '#shared/result.ts'
import type { LatencyBounds } from '#shared/snapshot.ts'

/** How long a disk's requests took in all intervals together; null: it was recorded of none. */
export function measuredLatency(device: string, intervals: readonly Interval[]): RecordedLatency | null {
  const [read, write] = (['read', 'write'] as const).map((direction) =>
    figuresOf(intervals.flatMap(({ latency }) => latency?.[direction] ?? [])),
  )
  return read == null && write == null ? null : { device, read: read ?? null, write: write ?? null }
}

function figuresOf(bins: readonly LatencyBin[]): LatencyFigures | null {
  const requests = bins.reduce((sum, { count }) => sum + count, 0)
  if (requests === 0) return null
  const [lower, upper] = [summed(bins, ({ fromNs }) => fromNs), summed(bins, ({ toNs }) => toNs ?? Infinity)]
  const bounds = (share: number): LatencyBounds => {
    const rank = Math.ceil(share * requests)
    const toNs = atRank(upper, rank)
    return { fromNs: atRank(lower, rank), toNs: toNs === Infinity ? null : toNs }
  }
  return { requests, p50: bounds(0.5), p99: bounds(0.99) }
}

type Counted = readonly (readonly [ns: number, count: number])[]

/** Requests by one end of their bins, rising. The k-th quickest lies between the k-th lower and the k-th upper end, whatever histograms there were. */
function summed(bins: readonly LatencyBin[], endOf: (bin: LatencyBin) => number): Counted {
  const counts = new Map<number, number>()
  for (const bin of bins) counts.set(endOf(bin), (counts.get(endOf(bin)) ?? 0) + bin.count)
  return [...counts].sort(([a], [b]) => a - b)
}

function atRank(counted: Counted, rank: number): number {
  let seen = 0
  for (const [ns, count] of counted) {
    seen += count
    if (seen >= rank) return ns
  }
  return 0
}
