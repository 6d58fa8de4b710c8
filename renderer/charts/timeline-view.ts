import { create } from 'zustand'
import { NS_PER_S } from '#shared/units.ts'
import { latestSnapshot, onSnapshot, sampleEnd, samplesBetween, sampleTimeNs } from '../store/telemetry.ts'

// What the timeline shows: whose measurements, which of them, over how long, and until when.

export const METRICS = ['iops', 'bandwidth', 'wait', 'wait-levels', 'queue', 'level', 'heat'] as const
export type Metric = (typeof METRICS)[number]
/** Those that are drawn as lines over time. */
export type LineMetric = Exclude<Metric, 'heat'>

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
  /** Of a device's chain: whose limits and bucket are drawn; null, or no level of it: that of its lane. */
  readonly level: string | null
  /** Of SPANS_S; `auto`: a minute, or the whole of a prediction. */
  readonly spanS: number | null | 'auto'
  /** The right edge on the source's clock while the chart stands still; null: it goes on with the source. */
  readonly heldNs: number | null
}

export const useTimelineView = create<TimelineView>()(() => ({
  subject: { kind: 'selection' },
  metric: 'iops',
  level: null,
  spanS: 'auto',
  heldNs: null,
}))

export const setTimelineView: (part: Partial<TimelineView>) => void = useTimelineView.setState

export interface TimeRange {
  readonly fromNs: number
  readonly toNs: number
}

const AUTO_SPAN_S = 60

export function spanOf({ spanS }: Pick<TimelineView, 'spanS'>): number | null {
  if (spanS !== 'auto') return spanS
  return latestSnapshot()?.source === 'simulation' ? null : AUTO_SPAN_S
}

/** The newest measurement. A prediction's scrubber shows an older snapshot; its history is there all the same. */
export function newestNs(): number {
  const lastNs = sampleTimeNs(sampleEnd() - 1)
  return Math.max(latestSnapshot()?.nowNs ?? 0, Number.isNaN(lastNs) ? 0 : lastNs)
}

export function shownRange(view: TimelineView): TimeRange {
  const spanS = spanOf(view)
  const toNs = view.heldNs ?? newestNs()
  if (spanS !== null) return { fromNs: toNs - spanS * NS_PER_S, toNs }
  const oldestNs = oldestSampleNs()
  return { fromNs: Math.min(oldestNs, toNs - NS_PER_S), toNs }
}

/** Stops the chart, or lets it go on from now. */
export function toggleHold(): void {
  const { heldNs } = useTimelineView.getState()
  setTimelineView({ heldNs: heldNs === null ? newestNs() : null })
}

/** Scrolls by `shareOfSpan` of what is shown, back for negative ones. Reaching the present lets it go on. */
export function scrollTimeline(shareOfSpan: number): void {
  const view = useTimelineView.getState()
  const nowNs = newestNs()
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

// A source that starts again has no moment in the future to hold.
onSnapshot(() => {
  const { heldNs } = useTimelineView.getState()
  if (heldNs !== null && heldNs > newestNs()) setTimelineView({ heldNs: null })
})
