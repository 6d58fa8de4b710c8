import { create } from 'zustand'
import type { Snapshot, SourceEvent } from '#shared/snapshot.ts'
import { NS_PER_S } from '#shared/units.ts'
import { onSnapshot, sampleEnd } from './telemetry.ts'

// What happened, as the source told it with its snapshots: the list in the dock, the marks in the charts. A drag that
// applies as it moves is many changes of one thing: they stand as one, with their number.

export interface LoggedEvent extends SourceEvent {
  readonly id: number
  /** How many of the same kind about the same thing it stands for. */
  readonly count: number
  /** Time of the first of them; `atNs` is that of the last. */
  readonly firstNs: number
}

export const MAX_EVENTS = 2000
type Moment = Pick<Snapshot, 'source' | 'revision' | 'nowNs'>

/** The list of one source and how far it goes. */
export interface EventLog {
  readonly events: readonly LoggedEvent[]
  readonly last: Moment | null
}

const SAME_NS = 1.5 * NS_PER_S
const MERGED: ReadonlySet<SourceEvent['kind']> = new Set(['limits', 'workload'])

export const useEvents = create<{ readonly events: readonly LoggedEvent[] }>()(() => ({ events: [] }))

let nextId = 1
let last: Moment | null = null

/** `known` with what `snapshot` tells, the newest last. A snapshot that is shown again tells nothing new. */
export function withEvents(known: readonly LoggedEvent[], events: readonly SourceEvent[]): readonly LoggedEvent[] {
  let all = known
  for (const event of events) {
    const before = all.at(-1)
    const isSame =
      before !== undefined &&
      MERGED.has(event.kind) &&
      before.kind === event.kind &&
      before.group === event.group &&
      before.device === event.device &&
      event.atNs - before.atNs < SAME_NS
    if (isSame) all = [...all.slice(0, -1), { ...before, text: event.text, atNs: event.atNs, count: before.count + 1 }]
    else {
      all = [...all, { ...event, id: nextId, count: 1, firstNs: event.atNs }]
      nextId += 1
    }
  }
  return all.length > MAX_EVENTS ? all.slice(-MAX_EVENTS) : all
}

export function currentEventLog(): EventLog {
  return { events: useEvents.getState().events, last }
}

/** Goes on where `log` was left; before the telemetry does, or its latest snapshot would be told as news. */
export function resumeEventLog(log: EventLog): void {
  last = log.last
  useEvents.setState({ events: log.events })
}

function take(snapshot: Snapshot | null): void {
  const { getState, setState } = useEvents
  // As in telemetry: another source, or one that starts again, has a history of its own.
  const isRestart =
    snapshot !== null &&
    last !== null &&
    sampleEnd() === 1 &&
    (snapshot.source !== last.source || snapshot.nowNs < last.nowNs)
  if ((snapshot === null || isRestart) && getState().events.length > 0) setState({ events: [] })
  // The scrubber of a prediction shows old snapshots again; their events are in the list already.
  if (snapshot !== null && last !== null && !isRestart && snapshot.revision <= last.revision) return
  last = snapshot
  if (snapshot !== null && snapshot.events.length > 0) {
    setState({ events: withEvents(getState().events, snapshot.events) })
  }
}

onSnapshot(take)
