import { LatencyTotals } from '#main/live/latency/latency-totals.ts'
import type { Counters } from '#main/qmp/qmp-views.ts'
import { type Bucket, DIRECTIONS, type Direction, type Limits } from '#shared/throttle/limits.ts'
import type { BucketTimes } from './bucket-looks.ts'
import type { DiskDelta } from './disk-delta.ts'

// What is kept of the disks and groups of a VM from look to look. Shares are of the time between the latest two looks.

export interface DiskTotals {
  last: Counters | null
  readonly waitNs: Record<Direction, number | null>
  throttledNs: number | null
  /** Since the look before; null: that look or the latest one had no counters of it. */
  delta: Readonly<Record<Direction, DiskDelta>> | null
  /** The latest look had no counters of it. */
  hasGap: boolean
  /** Requests that waited on average; null: not known. */
  waiting: number | null
  throttledShare: number | null
  /** null: nobody asked for them. */
  readonly latency: Readonly<Record<Direction, LatencyTotals>> | null
}

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
  return { ...unknown, last: null, hasGap: false, waitNs, latency }
}

export function newGroupTotals(): GroupTotals {
  const nothing = { limits: null, limited: [], ids: [], throttledNs: null, throttledShare: null }
  return { ...nothing, resets: 0, isHeld: false, times: new Map() }
}

const NOTHING: DiskDelta = { requests: 0, bytes: 0, totalTimeNs: 0 }

/** null as `last`: nothing to count from. Counters that fell began again at 0. */
export function since(last: Counters | null, now: Counters): Readonly<Record<Direction, DiskDelta>> {
  const isFresh =
    last === null || DIRECTIONS.some((direction) => now[direction].operations < last[direction].operations)
  if (isFresh) return { read: NOTHING, write: NOTHING }
  return { read: deltaOf(last.read, now.read), write: deltaOf(last.write, now.write) }
}

function deltaOf(was: Counters['read'], is: Counters['read']): DiskDelta {
  const requests = is.operations - was.operations
  return { requests, bytes: is.bytes - was.bytes, totalTimeNs: is.totalTimeNs - was.totalTimeNs }
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
