import { create } from 'zustand'
import type { SourceEventKind } from '#shared/snapshot.ts'
import type { LoggedEvent } from '../store/events.ts'

export type EventFilter = 'all' | 'changes' | 'problems'

export const useEventFilter = create<{ readonly filter: EventFilter }>()(() => ({ filter: 'all' }))

const KINDS: Readonly<Record<Exclude<EventFilter, 'all'>, ReadonlySet<SourceEventKind>>> = {
  changes: new Set(['limits', 'moved', 'workload', 'added', 'renamed', 'removed']),
  problems: new Set(['failed', 'recovered', 'disconnected', 'connected']),
}

export function isListed(event: LoggedEvent, filter: EventFilter): boolean {
  return filter === 'all' || KINDS[filter].has(event.kind)
}
