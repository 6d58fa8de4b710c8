import { WEIR_BOUNDARIES } from '#main/live/latency/boundaries.ts'
import { DIRECTIONS } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import type { LabelledDisk } from './labels.ts'
import type { Sample } from './sample.ts'

// Latency histograms as Prometheus keeps them: each bucket counts all requests up to its boundary. Every second boundary
// of Weir's is enough, five a decade: 34 series a flow instead of 64.

const BUCKETS = WEIR_BOUNDARIES.flatMap((boundaryNs, index) =>
  index % 2 === 0 ? [{ index, le: String(boundaryNs / NS_PER_S) }] : [],
)

/** None of a disk with another tool's boundaries: quantiles over several disks would be wrong with them. */
export function latencySamples({ disk, flows }: LabelledDisk): readonly Sample[] {
  if (disk.histograms !== 'weir') return []
  return DIRECTIONS.flatMap((direction): readonly Sample[] => {
    const totals = disk[direction]?.latencyTotals
    if (totals === undefined) return []
    const labels = flows[direction]
    const upTo = runningSums(totals.counts)
    const all = upTo.at(-1) ?? 0
    const bucket = (le: string, value: number): Sample => ({ labels, value, part: { suffix: '_bucket', le } })
    return [
      ...BUCKETS.map(({ index, le }) => bucket(le, upTo[index] ?? 0)),
      bucket('+Inf', all),
      { labels, value: totals.totalTimeNs / NS_PER_S, part: { suffix: '_sum' } },
      { labels, value: all, part: { suffix: '_count' } },
    ]
  })
}

function runningSums(counts: readonly number[]): readonly number[] {
  let sum = 0
  return counts.map((count) => {
    sum += count
    return sum
  })
}
