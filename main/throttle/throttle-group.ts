import { assert } from '#shared/assert.ts'
import { accountGroup, accountWhileRoom, groupWaitNs, leakGroup, type RequestColumns } from './bucket.ts'
import {
  armedOf,
  disabledCount,
  groupPending,
  setArmed,
  setDeadlineNs,
  setGroupPending,
  setToken,
  tokenOf,
} from './group-table.ts'
import {
  addThrottledNs,
  disabledTimes,
  grantFirst,
  hasRoom,
  memberGroup,
  memberPending,
  nextMember,
  noteQueueChange,
  pushWaiting,
  queuedMax,
  setQueuedMax,
  setThrottledSinceNs,
  throttledSinceNs,
} from './member-table.ts'
import { BOTH_DIRECTIONS, type DirectionIndex, READ, type ThrottleMemory, WRITE } from './throttle-memory.ts'

// The scheduling of a throttle group, as QEMU's block/throttle-groups.c does it: no central scheduler, members
// co-operate. A pure function of memory, `nowNs` and what happens; whoever runs it says through `ThrottleListener` how a timer runs.
//
//                 ┌── goes: accounted, the next member's turn scheduled ──▶ executed by its iothread
//   intercept ────┤
//                 └── throttled: waits in its member's own queue ──▶ granted by a timer, or a drain
//
// The ring of members, newest first; the token is the member whose turn it is, per direction:
//
//     head ▶ d ─▶ c ─▶ b ─▶ a ─┐        a newcomer joins at the head;
//            ▲        token    │        turns go from younger to older, then round
//            └─────────────────┘
//
// Invariants
// - At most one timer runs per group and direction; its member holds the token, unless another was drained meanwhile:
//   a drained member takes the token along with its queue.
// - A request waits only while a timer of its group and direction runs.
// - GRANTING IS NOT EXECUTING: a grant accounts the request, moves a counter and schedules the next turn. The owner
//   executes it later, however long its disk takes; the sequence of grants is QEMU's whoever computes it.
//
// LOCK: every function here needs the lock of the group concerned. Callbacks but `passOn` must not call back in.

export interface ThrottleListener {
  /** The timer of `group` and `direction` now runs, for `member`, until `deadlineNs`; none was running. */
  armed(group: number, direction: DirectionIndex, member: number, deadlineNs: number): void
  /** That timer no longer runs. */
  disarmed(group: number, direction: DirectionIndex): void
  /** The first waiting request of `member`, of `bytes`, was accounted and may be executed. This is the order of grants. */
  granted(member: number, direction: DirectionIndex, bytes: number): void
  /**
   * The turn after a grant is given: what was granted may arrive at another member now, of this group too, before the next
   * request of the same queue is accounted, as QEMU does it. Left out: it is sent on later. The one callback that
   * may call `intercept`.
   */
  passOn?(): void
}

export interface Throttle {
  readonly memory: ThrottleMemory
  readonly listener: ThrottleListener
}

/** Whose turn is next, if `member` asks: next_throttle_token. Answers `member` itself if nobody waits. */
function nextToken(memory: ThrottleMemory, group: number, member: number, direction: DirectionIndex): number {
  const waiting = groupPending(memory, group, direction)
  if (waiting === 0) return member
  const own = memberPending(memory, member, direction)
  if (own === waiting) return member // the walk could end nowhere else
  if (own > 0 && disabledTimes(memory, member) > 0) return member // a drain is not held up by others' turns
  const token = tokenOf(memory, group, direction)
  let candidate = nextMember(memory, token)
  while (candidate !== token && memberPending(memory, candidate, direction) === 0) {
    candidate = nextMember(memory, candidate)
  }
  assert(memberPending(memory, candidate, direction) > 0, 'who is given the turn has a request, or asks for it')
  return candidate
}

function startTimer(
  { memory, listener }: Throttle,
  group: number,
  member: number,
  direction: DirectionIndex,
  deadlineNs: number,
): void {
  assert(armedOf(memory, group, direction) === -1, 'one timer per group and direction')
  setArmed(memory, group, direction, member)
  setDeadlineNs(memory, group, direction, deadlineNs)
  setToken(memory, group, direction, member)
  listener.armed(group, direction, member, deadlineNs)
}

/** Whether `member` must wait; if so, a timer runs afterwards (throttle_group_schedule_timer). */
function arm(throttle: Throttle, group: number, member: number, direction: DirectionIndex, nowNs: number): boolean {
  const { memory } = throttle
  if (disabledCount(memory, group) > 0 && disabledTimes(memory, member) > 0) return false
  if (armedOf(memory, group, direction) !== -1) return true // nothing leaks, nothing is computed
  leakGroup(memory, group, nowNs)
  const waitNs = groupWaitNs(memory, group, direction)
  if (waitNs === 0) return false
  startTimer(throttle, group, member, direction, nowNs + waitNs)
  return true
}

/** Whether a newcomer must wait: whether whoever's turn is next must. It can thus start another member's timer. */
function mustWait(
  throttle: Throttle,
  group: number,
  member: number,
  direction: DirectionIndex,
  nowNs: number,
): boolean {
  const { memory } = throttle
  if (armedOf(memory, group, direction) !== -1 && disabledCount(memory, group) === 0) return true // whoever's turn it is
  return arm(throttle, group, nextToken(memory, group, member, direction), direction, nowNs)
}

/**
 * After a request of `member` went: gives the turn to the next (schedule_next_request). True if that is the first
 * request of `member`'s own queue, which the caller then grants. So while there is room a member keeps going.
 */
function scheduleNext(
  throttle: Throttle,
  group: number,
  member: number,
  direction: DirectionIndex,
  nowNs: number,
): boolean {
  const { memory } = throttle
  if (groupPending(memory, group, direction) === 0) return false
  const next = nextToken(memory, group, member, direction)
  if (arm(throttle, group, next, direction, nowNs)) return false
  if (memberPending(memory, member, direction) > 0) {
    setToken(memory, group, direction, member)
    return true
  }
  if (armedOf(memory, group, direction) !== -1) {
    // `next` is being drained, while the timer of another level of its device runs in the same group: it comes first.
    setArmed(memory, group, direction, -1)
    throttle.listener.disarmed(group, direction)
  }
  startTimer(throttle, group, next, direction, nowNs)
  return false
}

function enqueue(
  memory: ThrottleMemory,
  group: number,
  member: number,
  direction: DirectionIndex,
  bytes: number,
): void {
  assert(hasRoom(memory, member, direction), 'a load keeps no more requests outstanding than the ring holds')
  pushWaiting(memory, member, direction, bytes)
  setGroupPending(memory, group, direction, groupPending(memory, group, direction) + 1)
}

function noteQueued(memory: ThrottleMemory, member: number, nowNs: number): void {
  const waiting = memberPending(memory, member, READ) + memberPending(memory, member, WRITE)
  noteQueueChange(memory, member, waiting - 1, nowNs)
  if (waiting === 1) setThrottledSinceNs(memory, member, nowNs)
  if (waiting > queuedMax(memory, member)) setQueuedMax(memory, member, waiting)
}

function noteGranted(memory: ThrottleMemory, member: number, nowNs: number): void {
  const waiting = memberPending(memory, member, READ) + memberPending(memory, member, WRITE)
  noteQueueChange(memory, member, waiting + 1, nowNs)
  if (waiting > 0) return
  addThrottledNs(memory, member, Math.max(nowNs - throttledSinceNs(memory, member), 0))
  setThrottledSinceNs(memory, member, -1)
}

/** Grants the first waiting request of `member`, no limit checked, and what its turn brings in its own queue. */
function grantWaiting(
  throttle: Throttle,
  group: number,
  member: number,
  direction: DirectionIndex,
  nowNs: number,
): void {
  const { memory, listener } = throttle
  let goesOn = true
  while (goesOn) {
    const bytes = grantFirst(memory, member, direction, nowNs)
    setGroupPending(memory, group, direction, groupPending(memory, group, direction) - 1)
    noteGranted(memory, member, nowNs)
    accountGroup(memory, group, direction, bytes)
    listener.granted(member, direction, bytes)
    goesOn = scheduleNext(throttle, group, member, direction, nowNs)
    listener.passOn?.()
  }
}

/**
 * A request of `bytes` arrives at its member's group (throttle_group_co_io_limits_intercept). True: it goes, and is
 * accounted. False: it is throttled; the owner will find it granted (`takeGranted`), first in, first out.
 */
export function intercept(
  throttle: Throttle,
  member: number,
  direction: DirectionIndex,
  bytes: number,
  nowNs: number,
): boolean {
  const { memory } = throttle
  const group = memberGroup(memory, member)
  if (mustWait(throttle, group, member, direction, nowNs) || memberPending(memory, member, direction) > 0) {
    enqueue(memory, group, member, direction, bytes)
    noteQueued(memory, member, nowNs)
    return false
  }
  accountGroup(memory, group, direction, bytes)
  scheduleNext(throttle, group, member, direction, nowNs)
  return true
}

/**
 * A request that `intercept` let go at `member` is put where the owner finds it granted: for one that arrives while its
 * owner does something else. Nothing of the member waits.
 */
export function grantAtOnce(
  { memory, listener }: Throttle,
  member: number,
  direction: DirectionIndex,
  bytes: number,
  nowNs: number,
): void {
  assert(hasRoom(memory, member, direction), 'a load keeps no more requests outstanding than the ring holds')
  pushWaiting(memory, member, direction, bytes)
  grantFirst(memory, member, direction, nowNs)
  listener.granted(member, direction, bytes)
}

/** Whether nobody waits or is being drained, and no timer runs. */
export function isQuiet(memory: ThrottleMemory, group: number): boolean {
  return (
    disabledCount(memory, group) === 0 &&
    armedOf(memory, group, READ) === -1 &&
    armedOf(memory, group, WRITE) === -1 &&
    groupPending(memory, group, READ) === 0 &&
    groupPending(memory, group, WRITE) === 0
  )
}

/** `intercept` for the first of `requests`, as many as go, in a quiet group: there is no turn to take and none to give. */
export function accountQuiet(memory: ThrottleMemory, group: number, requests: RequestColumns, nowNs: number): number {
  leakGroup(memory, group, nowNs)
  return accountWhileRoom(memory, group, requests)
}

/** The same for one request: whether it goes. */
export function accountQuietOne(
  memory: ThrottleMemory,
  group: number,
  direction: DirectionIndex,
  bytes: number,
  nowNs: number,
): boolean {
  leakGroup(memory, group, nowNs)
  if (groupWaitNs(memory, group, direction) > 0) return false
  accountGroup(memory, group, direction, bytes)
  return true
}

/** Gives `member` a turn now: its first waiting request goes unconditionally; if it has none, the others are scheduled. */
function restart(throttle: Throttle, group: number, member: number, direction: DirectionIndex, nowNs: number): void {
  if (memberPending(throttle.memory, member, direction) > 0) grantWaiting(throttle, group, member, direction, nowNs)
  else scheduleNext(throttle, group, member, direction, nowNs)
}

/** The timer's deadline has passed. Nothing happens if it does not run: another thread may have been faster. */
export function fireTimer(throttle: Throttle, group: number, direction: DirectionIndex, nowNs: number): void {
  const member = armedOf(throttle.memory, group, direction)
  if (member === -1) return
  setArmed(throttle.memory, group, direction, -1)
  throttle.listener.disarmed(group, direction)
  restart(throttle, group, member, direction, nowNs)
}

/** Fires `member`'s timers whether due or not, and gives it a turn in each direction (throttle_group_restart_tgm). */
export function restartMember(throttle: Throttle, member: number, nowNs: number): void {
  const group = memberGroup(throttle.memory, member)
  for (const direction of BOTH_DIRECTIONS) {
    if (armedOf(throttle.memory, group, direction) === member) fireTimer(throttle, group, direction, nowNs)
    else restart(throttle, group, member, direction, nowNs)
  }
}
