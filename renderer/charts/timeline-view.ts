import { create } from 'zustand'
import { NS_PER_S } from '#shared/units.ts'
import { latestSnapshot, samplesBetween, sampleTimeNs } from '../store/telemetry.ts'

// What the timeline shows: whose measurements, which of them, over how long, and until when.

export const METRICS = ['iops', 'bandwidth', 'wait', 'queue', 'level', 'heat'] as const
export type Metric = (typeof METRICS)[number]

/** Seconds; null: everything that is kept. */
export const SPANS_S: readonly (number | null)[] = [15, 30, 60, 120, 300, 600, null]

/** `selection` follows what is selected on the board. */
export type Subject =
  | { readonly kind: 'selection' }
  | { readonly kind: 'all' }
  | { readonly kind: 'group'; readonly name: string }
  | { readonly kind: 'device'; readonly id: string }

export interface TimelineView {
  readonly subject: Subject
  readonly metric: Metric
  readonly spanS: number | null
  /** The right edge on the source's clock while the picture stands still; null: it goes on with the source. */
  readonly heldNs: number | null
}

export const useTimelineView = create<TimelineView>()(() => ({
  subject: { kind: 'selection' },
  metric: 'iops',
  spanS: 60,
  heldNs: null,
}))

export const setTimelineView: (part: Partial<TimelineView>) => void = useTimelineView.setState

export interface TimeRange {
  readonly fromNs: number
  readonly toNs: number
}

export function shownRange({ spanS, heldNs }: TimelineView): TimeRange {
  const toNs = heldNs ?? latestSnapshot()?.nowNs ?? 0
  if (spanS !== null) return { fromNs: toNs - spanS * NS_PER_S, toNs }
  const oldestNs = oldestSampleNs()
  return { fromNs: Math.min(oldestNs, toNs - NS_PER_S), toNs }
}

/** Stops the picture, or lets it go on from now. */
export function toggleHold(): void {
  const { heldNs } = useTimelineView.getState()
  setTimelineView({ heldNs: heldNs === null ? (latestSnapshot()?.nowNs ?? 0) : null })
}

/** Scrolls by `shareOfSpan` of what is shown, back for negative ones. Reaching the present lets it go on. */
export function scrollTimeline(shareOfSpan: number): void {
  const view = useTimelineView.getState()
  const nowNs = latestSnapshot()?.nowNs ?? 0
  const { fromNs, toNs } = shownRange(view)
  const earliest = Math.min(nowNs, oldestSampleNs() + (toNs - fromNs))
  const next = Math.max(earliest, toNs + (toNs - fromNs) * shareOfSpan)
  setTimelineView({ heldNs: next >= nowNs ? null : next })
}

function oldestSampleNs(): number {
  const { first } = samplesBetween(0, Number.POSITIVE_INFINITY)
  const timeNs = sampleTimeNs(first)
  return Number.isNaN(timeNs) ? 0 : timeNs
}
