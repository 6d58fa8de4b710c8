import { assert } from '#shared/assert.ts'
import type { DirectionIndex, ThrottleMemory } from './throttle-memory.ts'

// The words and numbers of a member: one device's place in its group. The writer is whoever holds the lock of the
// member's group, except where a line names another.
//
// The queue of a direction is counters over one ring of cells in `memory.waiting`, a cell for each request; first in, first out:
//
//      TAKEN ≤ PUBLISHED ≤ GRANTED ≤ QUEUED       QUEUED − GRANTED: pending, wait in the throttle
//   ────┼──────────┼──────────┼────────┼────▶      GRANTED − TAKEN: accounted, to be executed by the owner
//
// They count from 0, wrap at 2^32 and are never set back while the member lives. PUBLISHED is GRANTED for the owner, who
// takes without the lock: it is stored atomically, after the cell that it lets the owner read.

/** 64 bytes: one cache line, since members of different iothreads lie side by side. */
export const MEMBER_WORDS = 16
const MEMBER_SHIFT = 4
const GROUP = 0 // group, or -1. Writer: the owner's iothread, under the lock of the group it joins or leaves
const NEXT = 1 // member: the next older one, from the oldest to the newest
const PREVIOUS = 2 // member: the other way round
const IOTHREAD = 3 // iothread that owns the device. Writer: the owner, while in no group
const DISABLED = 4 // times drain began and has not ended
const QUEUED_MAX = 5 // requests: the longest the two queues ever were together
const QUEUED = 6 // 2 × requests that ever joined the queue
const GRANTED = 8 // 2 × of them, those let go
const TAKEN = 10 // 2 × of them, those the owner took. Writer: the owner's iothread, no lock; see chain-memory.ts for outer levels
const PUBLISHED = 12 // 2 × as GRANTED, for the owner. Written atomically
const JOINED = 14 // sequence number of the join; orders the ring of members when a dead iothread's work is repaired

/** 64 bytes. */
export const MEMBER_NUMBERS = 8
const NUMBER_SHIFT = 3
const THROTTLED_NS = 0 // ns: how long the queues were not both empty, all such spells but the present one
const THROTTLED_SINCE_NS = 1 // ns: when the present spell began, -1 if none
const QUEUED_NS = 2 // ns: the waits of all requests together up to CHANGED_NS, those that still wait included
const CHANGED_NS = 3 // ns: when the queues last became longer or shorter

/** Makes the slot a device that is in no group. Forgets its counters. */
export function resetMember(memory: ThrottleMemory, member: number): void {
  memory.memberWords.fill(0, member << MEMBER_SHIFT, (member + 1) << MEMBER_SHIFT)
  memory.memberNumbers.fill(0, member << NUMBER_SHIFT, (member + 1) << NUMBER_SHIFT)
  setMemberGroup(memory, member, -1)
  setNextMember(memory, member, -1)
  setPreviousMember(memory, member, -1)
  setThrottledSinceNs(memory, member, -1)
}

/** The member's group, or -1 if it is not throttled. */
export function memberGroup(memory: ThrottleMemory, member: number): number {
  return memory.memberWords[(member << MEMBER_SHIFT) + GROUP]!
}

export function setMemberGroup(memory: ThrottleMemory, member: number, group: number): void {
  memory.memberWords[(member << MEMBER_SHIFT) + GROUP] = group
}

export function nextMember(memory: ThrottleMemory, member: number): number {
  return memory.memberWords[(member << MEMBER_SHIFT) + NEXT]!
}

export function setNextMember(memory: ThrottleMemory, member: number, next: number): void {
  memory.memberWords[(member << MEMBER_SHIFT) + NEXT] = next
}

export function previousMember(memory: ThrottleMemory, member: number): number {
  return memory.memberWords[(member << MEMBER_SHIFT) + PREVIOUS]!
}

export function setPreviousMember(memory: ThrottleMemory, member: number, previous: number): void {
  memory.memberWords[(member << MEMBER_SHIFT) + PREVIOUS] = previous
}

export function memberIothread(memory: ThrottleMemory, member: number): number {
  return memory.memberWords[(member << MEMBER_SHIFT) + IOTHREAD]!
}

export function setMemberIothread(memory: ThrottleMemory, member: number, iothread: number): void {
  memory.memberWords[(member << MEMBER_SHIFT) + IOTHREAD] = iothread
}

export function disabledTimes(memory: ThrottleMemory, member: number): number {
  return memory.memberWords[(member << MEMBER_SHIFT) + DISABLED]!
}

export function setDisabledTimes(memory: ThrottleMemory, member: number, times: number): void {
  memory.memberWords[(member << MEMBER_SHIFT) + DISABLED] = times
}

export function joinedSequence(memory: ThrottleMemory, member: number): number {
  return memory.memberWords[(member << MEMBER_SHIFT) + JOINED]!
}

export function setJoinedSequence(memory: ThrottleMemory, member: number, sequence: number): void {
  memory.memberWords[(member << MEMBER_SHIFT) + JOINED] = sequence
}

export function queuedMax(memory: ThrottleMemory, member: number): number {
  return memory.memberWords[(member << MEMBER_SHIFT) + QUEUED_MAX]!
}

export function setQueuedMax(memory: ThrottleMemory, member: number, requests: number): void {
  memory.memberWords[(member << MEMBER_SHIFT) + QUEUED_MAX] = requests
}

/** Requests of the member waiting in the throttle. */
export function memberPending(memory: ThrottleMemory, member: number, direction: DirectionIndex): number {
  const at = (member << MEMBER_SHIFT) + direction
  return (memory.memberWords[at + QUEUED]! - memory.memberWords[at + GRANTED]!) | 0
}

/** Requests of the member that the owner has not taken, waiting or granted. For the owner's iothread only. */
export function memberUntaken(memory: ThrottleMemory, member: number, direction: DirectionIndex): number {
  const at = (member << MEMBER_SHIFT) + direction
  return (memory.memberWords[at + QUEUED]! - memory.memberWords[at + TAKEN]!) | 0
}

/** Where in `memory.waiting` the request lies that joined the queue as number `count`. */
export function waitingCell(memory: ThrottleMemory, member: number, direction: DirectionIndex, count: number): number {
  const iodepth = memory.size.iodepth
  return (member * 2 + direction) * iodepth + (count & (iodepth - 1))
}

/** Where in `memory.waiting` the request lies that joined the queue last. */
export function lastQueuedCell(memory: ThrottleMemory, member: number, direction: DirectionIndex): number {
  const queued = memory.memberWords[(member << MEMBER_SHIFT) + QUEUED + direction]!
  return waitingCell(memory, member, direction, queued - 1)
}

/** Where in `memory.waiting` the request lay that was granted last. */
export function lastGrantedCell(memory: ThrottleMemory, member: number, direction: DirectionIndex): number {
  const granted = memory.memberWords[(member << MEMBER_SHIFT) + GRANTED + direction]!
  return waitingCell(memory, member, direction, granted - 1)
}

/** Whether the ring has a cell left. */
export function hasRoom(memory: ThrottleMemory, member: number, direction: DirectionIndex): boolean {
  return memberUntaken(memory, member, direction) < memory.size.iodepth
}

/** Puts a request at the end of the queue. */
export function pushWaiting(memory: ThrottleMemory, member: number, direction: DirectionIndex, bytes: number): void {
  const at = (member << MEMBER_SHIFT) + QUEUED + direction
  const queued = memory.memberWords[at]!
  memory.waiting[waitingCell(memory, member, direction, queued)] = bytes
  memory.memberWords[at] = queued + 1
}

/** Lets the first request of the queue go at `nowNs`; its size in bytes. The owner finds `nowNs` in its place. */
export function grantFirst(memory: ThrottleMemory, member: number, direction: DirectionIndex, nowNs: number): number {
  const at = (member << MEMBER_SHIFT) + GRANTED + direction
  const granted = memory.memberWords[at]!
  assert(granted !== memory.memberWords[at - GRANTED + QUEUED], 'a request that is granted waits')
  const cell = waitingCell(memory, member, direction, granted)
  const bytes = memory.waiting[cell]!
  memory.waiting[cell] = nowNs
  memory.memberWords[at] = granted + 1
  return bytes
}

/** Lets the owner on another thread see what was granted. */
export function publishGranted(memory: ThrottleMemory, member: number, direction: DirectionIndex): void {
  const at = (member << MEMBER_SHIFT) + direction
  Atomics.store(memory.memberWords, at + PUBLISHED, memory.memberWords[at + GRANTED]!)
}

/**
 * Whether anything was granted that the owner has not taken. For the owner, after a look at its wake word: what others
 * granted before they bumped it is seen then without Atomics.
 */
export function hasGranted({ memberWords }: ThrottleMemory, member: number): boolean {
  const at = member << MEMBER_SHIFT
  return (
    memberWords[at + PUBLISHED] !== memberWords[at + TAKEN] ||
    memberWords[at + PUBLISHED + 1] !== memberWords[at + TAKEN + 1]
  )
}

/** Where in `memory.waiting` the oldest granted request lies that was not taken; -1 if there is none. */
export function oldestGrantedCell(memory: ThrottleMemory, member: number, direction: DirectionIndex): number {
  const at = (member << MEMBER_SHIFT) + direction
  const taken = memory.memberWords[at + TAKEN]!
  return Atomics.load(memory.memberWords, at + PUBLISHED) === taken ? -1 : waitingCell(memory, member, direction, taken)
}

/** Takes the oldest granted request: the time it was granted at, or -1 if there is none. For whoever takes them all. */
export function takeGranted(memory: ThrottleMemory, member: number, direction: DirectionIndex): number {
  const at = (member << MEMBER_SHIFT) + direction
  const taken = memory.memberWords[at + TAKEN]!
  if (Atomics.load(memory.memberWords, at + PUBLISHED) === taken) return -1
  const grantedNs = memory.waiting[waitingCell(memory, member, direction, taken)]!
  memory.memberWords[at + TAKEN] = (taken + 1) | 0
  return grantedNs
}

/** Where granting is executing, as in the simulator: everything granted counts as taken. */
export function countAsTaken(memory: ThrottleMemory, member: number, direction: DirectionIndex): void {
  const at = (member << MEMBER_SHIFT) + direction
  memory.memberWords[at + TAKEN] = memory.memberWords[at + GRANTED]!
}

/** What is counted of a member elsewhere, as `static-group.ts` does; the counters by direction, as in this table. */
export interface PassedCounts {
  readonly queued: Int32Array
  readonly granted: Int32Array
  readonly queuedMax: number
  readonly queuedNs: number
  readonly changedNs: number
  readonly throttledNs: number
  readonly sinceNs: number
}

export function passedCounts({ memberWords, memberNumbers }: ThrottleMemory, member: number): PassedCounts {
  const at = member << MEMBER_SHIFT
  const numbers = member << NUMBER_SHIFT
  return {
    queued: memberWords.subarray(at + QUEUED, at + QUEUED + 2),
    granted: memberWords.subarray(at + GRANTED, at + GRANTED + 2),
    queuedMax: memberWords[at + QUEUED_MAX]!,
    queuedNs: memberNumbers[numbers + QUEUED_NS]!,
    changedNs: memberNumbers[numbers + CHANGED_NS]!,
    throttledNs: memberNumbers[numbers + THROTTLED_NS]!,
    sinceNs: memberNumbers[numbers + THROTTLED_SINCE_NS]!,
  }
}

/** Sets all of them; everything granted counts as taken. */
export function setPassed(memory: ThrottleMemory, member: number, counts: PassedCounts): void {
  const at = member << MEMBER_SHIFT
  memory.memberWords.set(counts.queued, at + QUEUED)
  memory.memberWords.set(counts.granted, at + GRANTED)
  memory.memberWords.set(counts.granted, at + TAKEN)
  memory.memberWords[at + QUEUED_MAX] = counts.queuedMax
  const numbers = member << NUMBER_SHIFT
  memory.memberNumbers[numbers + QUEUED_NS] = counts.queuedNs
  memory.memberNumbers[numbers + CHANGED_NS] = counts.changedNs
  memory.memberNumbers[numbers + THROTTLED_NS] = counts.throttledNs
  memory.memberNumbers[numbers + THROTTLED_SINCE_NS] = counts.sinceNs
}

export function throttledSinceNs(memory: ThrottleMemory, member: number): number {
  return memory.memberNumbers[(member << NUMBER_SHIFT) + THROTTLED_SINCE_NS]!
}

export function setThrottledSinceNs(memory: ThrottleMemory, member: number, ns: number): void {
  memory.memberNumbers[(member << NUMBER_SHIFT) + THROTTLED_SINCE_NS] = ns
}

/** The queues, which held `requests` together until now, become longer or shorter. */
export function noteQueueChange(memory: ThrottleMemory, member: number, requests: number, nowNs: number): void {
  const at = member << NUMBER_SHIFT
  const numbers = memory.memberNumbers
  const spanNs = Math.max(nowNs - numbers[at + CHANGED_NS]!, 0)
  numbers[at + QUEUED_NS] = numbers[at + QUEUED_NS]! + requests * spanNs
  numbers[at + CHANGED_NS] = nowNs
}

/** The waits of all the member's requests together up to `nowNs`, in ns, while its queues hold `requests`. */
export function queuedNsWith(memory: ThrottleMemory, member: number, requests: number, nowNs: number): number {
  const at = member << NUMBER_SHIFT
  const spanNs = Math.max(nowNs - memory.memberNumbers[at + CHANGED_NS]!, 0)
  return memory.memberNumbers[at + QUEUED_NS]! + requests * spanNs
}

/** How long requests of the member have waited, by spells that ended. */
export function endedThrottledNs(memory: ThrottleMemory, member: number): number {
  return memory.memberNumbers[(member << NUMBER_SHIFT) + THROTTLED_NS]!
}

export function addThrottledNs(memory: ThrottleMemory, member: number, ns: number): void {
  const at = (member << NUMBER_SHIFT) + THROTTLED_NS
  memory.memberNumbers[at] = memory.memberNumbers[at]! + ns
}
