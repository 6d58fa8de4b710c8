import type { Counters, FlowCounters } from '#main/qmp/qmp-views.ts'
import { DIRECTIONS, type Direction } from '#shared/throttle/limits.ts'
import type { Kept } from './kept.ts'
import { ownerOf } from './latency/boundaries.ts'
import type { Passed } from './poured.ts'

/** Counters of the latest look. */
export class KeptCounters {
  readonly read: Kept<FlowCounters> = noCounters()
  readonly write: Kept<FlowCounters> = noCounters()
  readonly flush: Kept<FlowCounters> = noCounters()
  timesFailed = false
  /** Who set the disk's latency histograms; null: there are none. */
  owner: 'weir' | 'other' | null = null
  /** Directions with a histogram. */
  readonly isTimed: Record<Direction, boolean> = { read: false, write: false }

  take({ read, write, flush, timesFailed, histograms }: Counters): void {
    copyFlow(this.read, read)
    copyFlow(this.write, write)
    copyFlow(this.flush, flush)
    this.timesFailed = timesFailed
    this.owner = histograms === undefined ? null : ownerOf(histograms)
    for (const direction of DIRECTIONS) this.isTimed[direction] = histograms?.[direction] != null
  }
}

function noCounters(): Kept<FlowCounters> {
  return { operations: 0, bytes: 0, merged: 0, failed: 0, totalTimeNs: 0 }
}

function copyFlow(into: Kept<FlowCounters>, from: FlowCounters): void {
  into.operations = from.operations
  into.bytes = from.bytes
  into.merged = from.merged
  into.failed = from.failed
  into.totalTimeNs = from.totalTimeNs
}

/** What a flow did between two looks. */
export class FlowDelta implements Passed {
  requests = 0
  bytes = 0
  /** As the guest counts them, for the rates. */
  guestRequests = 0
  /** null: not known. */
  failed: number | null = 0
  /** Whose time is in `totalTimeNs`. */
  timedRequests = 0
  totalTimeNs = 0

  clear(): void {
    this.requests = 0
    this.bytes = 0
    this.guestRequests = 0
    this.failed = 0
    this.timedRequests = 0
    this.totalTimeNs = 0
  }

  count(last: FlowCounters, now: FlowCounters, timesFailed: boolean): void {
    const guestRequests = Math.max(0, now.operations - last.operations)
    const [merged, failed] = [between(last.merged, now.merged), between(last.failed, now.failed)]
    this.guestRequests = guestRequests
    // Merged requests reach the throttle as one, and failed ones passed it too.
    this.requests = Math.max(0, guestRequests - (merged ?? 0)) + (failed ?? 0)
    this.bytes = Math.max(0, now.bytes - last.bytes)
    this.failed = failed
    this.timedRequests = guestRequests + (timesFailed ? (failed ?? 0) : 0)
    this.totalTimeNs = Math.max(0, now.totalTimeNs - last.totalTimeNs)
  }
}

function between(was: number | null, is: number | null): number | null {
  return was === null || is === null ? null : Math.max(0, is - was)
}
