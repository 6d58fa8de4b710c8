import type { Kept } from '#main/live/kept.ts'
import { KeptCounters } from '#main/live/kept-counters.ts'
import { LatencyTotals } from '#main/live/latency/latency-totals.ts'
import type { Counters } from '#main/qmp/qmp-views.ts'
import { type Bucket, DIRECTIONS, type Direction, type Limits } from '#shared/throttle/limits.ts'
import type { BucketTimes } from './bucket-looks.ts'
import type { DiskDelta } from './disk-delta.ts'

// What is kept of the disks and groups of a VM from look to look. Shares are of the time between the latest two looks.

export interface DiskTotals {
  /** Of the latest look that had any. */
  readonly last: KeptCounters
  hasLast: boolean
  readonly waitNs: Record<Direction, number | null>
  throttledNs: number | null
  /** Since the look before; null: that look or the latest one had no counters of it. */
  delta: Deltas | null
  /** What `delta` is when it is known: written over with each look. */
  readonly deltas: Deltas
  /** The latest look had no counters of it. */
  hasGap: boolean
  /** Requests that waited on average; null: not known. */
  waiting: number | null
  throttledShare: number | null
  /** null: nobody asked for them. */
  readonly latency: Readonly<Record<Direction, LatencyTotals>> | null
}

type Deltas = Readonly<Record<Direction, Kept<DiskDelta>>>

export interface GroupTotals {
  limits: Limits | null
  /** Its buckets that have a limit. */
  limited: readonly Bucket[]
  /** Of the disks that it holds. */
  ids: readonly string[]
  throttledNs: number | null
  throttledShare: number | null
  resets: number
  /** It holds requests back now. */
  isHeld: boolean
  readonly times: BucketTimes
}

export function newDiskTotals(keeps: { readonly latency: boolean }): DiskTotals {
  const waitNs = { read: null, write: null }
  const latency = keeps.latency ? { read: new LatencyTotals(), write: new LatencyTotals() } : null
  const unknown = { throttledNs: null, delta: null, waiting: null, throttledShare: null }
  const deltas = { read: { ...NOTHING }, write: { ...NOTHING } }
  return { ...unknown, deltas, last: new KeptCounters(), hasLast: false, hasGap: false, waitNs, latency }
}

export function newGroupTotals(): GroupTotals {
  const nothing = { limits: null, limited: [], ids: [], throttledNs: null, throttledShare: null }
  return { ...nothing, resets: 0, isHeld: false, times: new Map() }
}

const NOTHING: DiskDelta = { requests: 0, bytes: 0, totalTimeNs: 0 }

/** Takes the counters of a look. `counts`: they are held against the latest ones. Counters that fell began again at 0. */
export function seeCounters(totals: DiskTotals, now: Counters, counts: boolean): void {
  const { last, deltas } = totals
  const isFresh =
    !counts || !totals.hasLast || DIRECTIONS.some((direction) => now[direction].operations < last[direction].operations)
  for (const direction of DIRECTIONS) {
    const [delta, was, is] = [deltas[direction], isFresh ? now[direction] : last[direction], now[direction]]
    delta.requests = is.operations - was.operations
    delta.bytes = is.bytes - was.bytes
    delta.totalTimeNs = is.totalTimeNs - was.totalTimeNs
  }
  last.take(now)
  totals.hasLast = true
}

/** Share of the time in which a request of these disks waited. */
export function shareOf(disks: readonly DiskTotals[], elapsedNs: number, isHeld: boolean): number | null {
  const counted = disks.filter(({ delta }) => delta !== null)
  if (counted.length === 0) return null
  if (counted.every(({ waiting }) => waiting !== null)) {
    return Math.min(
      1,
      counted.reduce((sum, { waiting }) => sum + (waiting ?? 0), 0),
    )
  }
  if (!isHeld) return null
  // Nothing is learnt yet of how long its requests take by themselves; but the bucket is full, so they wait.
  const busyNs = counted.reduce(
    (sum, { delta }) => sum + (delta?.read.totalTimeNs ?? 0) + (delta?.write.totalTimeNs ?? 0),
    0,
  )
  return Math.min(1, busyNs / elapsedNs)
}

/** A total stays unknown until a part of it is known. */
export function addedUp(total: number | null, share: number | null, elapsedNs: number): number | null {
  return share === null ? total : (total ?? 0) + share * elapsedNs
}
