import type { QmpCommand } from '#shared/qemu/qmp-commands.ts'
import { asRecord } from './qmp-wire.ts'

// QEMU counts how long requests take in bins between boundaries, once somebody has set these for a disk. The time is that
// of the mean latency: from the guest's submission to completion, wait in the throttle included.

export interface Histogram {
  /** Ns, ascending. */
  readonly boundaries: readonly number[]
  /** Requests below the first boundary, between each two, from the last on: one more than boundaries. */
  readonly bins: readonly number[]
}

/** Those of one disk. */
export interface Histograms {
  readonly read: Histogram | null
  readonly write: Histogram | null
  /** There is one of flushes or zone appends, which Weir never sets. */
  readonly hasOthers: boolean
}

/** From the `stats` of query-blockstats; null: the disk has none. */
export function readHistograms(stats: Readonly<Record<string, unknown>>): Histograms | null {
  const [read, write] = [histogramOf(stats.rd_latency_histogram), histogramOf(stats.wr_latency_histogram)]
  const hasOthers = ['flush', 'zap'].some((flow) => asRecord(stats[`${flow}_latency_histogram`]) !== null)
  return read === null && write === null && !hasOthers ? null : { read, write, hasOthers }
}

function histogramOf(value: unknown): Histogram | null {
  const row = asRecord(value)
  if (row === null) return null
  const [boundaries, bins] = [numbers(row.boundaries), numbers(row.bins)]
  return bins.length === boundaries.length + 1 ? { boundaries, bins } : null
}

function numbers(value: unknown): readonly number[] {
  return Array.isArray(value) ? value.filter((each): each is number => typeof each === 'number') : []
}

/** Setting one empties it. `id` is the disk's qdev, as query-block gives it. */
export function setHistogramCommand(id: string, boundaries: readonly number[]): QmpCommand {
  const values = { id, 'boundaries-read': boundaries, 'boundaries-write': boundaries }
  return { execute: 'block-latency-histogram-set', arguments: values }
}

/** Removes all histograms of the disk: QEMU removes none alone. */
export function removeHistogramsCommand(id: string): QmpCommand {
  return { execute: 'block-latency-histogram-set', arguments: { id } }
}
