import { create } from 'zustand'
import type { FrontierChart, FrontierPercentile, LimitFacts, RateAndBucket, SplitComparison } from '#shared/frontier.ts'

// The Choose view: whose load is looked at, its chart, and the limits that are proposed for it.

export type ChooseSource =
  | { readonly kind: 'group'; readonly group: string }
  /** One card's load alone. */
  | { readonly kind: 'device'; readonly id: string }
  /** The file that was opened last. */
  | { readonly kind: 'recording'; readonly fileName: string }

export interface ChooseState {
  readonly open: boolean
  /** null: nothing is chosen yet. */
  readonly source: ChooseSource | null
  readonly unit: 'iops' | 'bps'
  /** Which requests the limit counts. */
  readonly direction: 'total' | 'read' | 'write'
  readonly percentile: FrontierPercentile | 100
  /** The line that is dragged: so many percent wait no longer. Seconds. */
  readonly waitS: number
  readonly status: 'empty' | 'working' | 'ready' | 'failed'
  /** Why there is no chart. */
  readonly message: string
  readonly chart: FrontierChart | null
  readonly proposed: RateAndBucket | null
  /** What today's limits and the proposed ones do; null: not known yet, or there are none. */
  readonly todayFacts: LimitFacts | null
  readonly proposedFacts: LimitFacts | null
  /** Apart or shared; null: not known yet, or one disk is looked at. */
  readonly split: SplitComparison | null
}

const INITIAL: ChooseState = {
  open: false,
  source: null,
  unit: 'iops',
  direction: 'total',
  percentile: 99,
  waitS: 0.01,
  status: 'empty',
  message: '',
  chart: null,
  proposed: null,
  todayFacts: null,
  proposedFacts: null,
  split: null,
}

export const useChoose = create<ChooseState>()(() => INITIAL)

/** `gold`, `vda`, `web.trace.csv`. */
export function sourceName(source: ChooseSource): string {
  if (source.kind === 'group') return source.group
  return source.kind === 'device' ? source.id : source.fileName
}

export const setChoose: (part: Partial<ChooseState>) => void = useChoose.setState

export function closeChoose(): void {
  if (useChoose.getState().open) setChoose({ open: false })
}
