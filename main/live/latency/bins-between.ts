import type { Histogram } from '#main/qmp/latency-histogram.ts'
import { equalBoundaries } from './boundaries.ts'

/**
 * How many requests came into each bin between two looks; null: it cannot be told, since it was set again meanwhile, or
 * the VM was restarted, and so began empty.
 */
export function binsBetween(last: Histogram | null, now: Histogram | null): readonly number[] | null {
  if (last === null || now === null || !equalBoundaries(now.boundaries, last.boundaries)) return null
  const bins = now.bins.map((count, bin) => count - (last.bins[bin] ?? 0))
  return bins.some((count) => count < 0) ? null : bins
}
