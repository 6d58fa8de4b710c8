import { assert } from '#shared/assert.ts'
import type { DirectionIndex, ThrottleMemory } from './throttle-memory.ts'

// The words and numbers of a throttle group. Unless a line says otherwise the writer is whoever holds the group's
// lock and nobody else may rely on what it reads; `sample-throttle.ts` reads without it and says how it stays right.

/** 128 bytes, so that two groups never share a cache line. */
export const GROUP_WORDS = 32
const GROUP_SHIFT = 5
const LOCK = 0 // futex word: owner | contended | sequence, see lock-word.ts; written by compare-and-swap
const RING_HEAD = 1 // member: the newest, -1 in an empty group
const MEMBER_COUNT = 2 // members in the ring of turns
const DISABLED_COUNT = 3 // of them, how many are being drained
const TOKEN = 4 // 2 × member whose turn it is, per direction; -1 in an empty group
const ARMED = 6 // 2 × member whose timer runs, per direction; -1 if none
const PENDING = 8 // 2 × requests waiting in all members together: spares the walk over idle members
const CONFIGURED = 10 // times the group was configured, wraps; lets a reader see that the levels were emptied
const LEAKING = 11 // 1 count, then 6 bucket indices with an average: what a check leaks
const CHECKED = 18 // 2 × (1 count, then 4 bucket indices): what a request of that direction waits for and is charged to
const TOKEN_MOVES = 28 // 2 × times the token went to another member, wraps

/** 512 bytes. */
export const GROUP_NUMBERS = 64
const NUMBER_SHIFT = 6
const STAMP_NS = 0 // ns: the levels are as of this time
const DEADLINE_NS = 1 // 2 × ns: when the armed timer fires; meaningless while ARMED is -1
const IOPS_SIZE = 3 // bytes above which a request counts as several, 0 = off
const FIRST_BUCKET = 8
/** Float64s per bucket; the field offsets are in bucket.ts, which alone does arithmetic on them. */
export const BUCKET_NUMBERS = 8

/** Makes the slot an empty group without limits. For a group without members only, so it needs no lock. */
export function resetGroup(memory: ThrottleMemory, group: number, nowNs: number): void {
  assert(memberCount(memory, group) === 0, 'a group that is reset has no members')
  const lock = Atomics.load(memory.groupWords, (group << GROUP_SHIFT) + LOCK)
  const configured = configuredCount(memory, group)
  memory.groupWords.fill(0, group << GROUP_SHIFT, (group + 1) << GROUP_SHIFT)
  memory.groupNumbers.fill(0, group << NUMBER_SHIFT, (group + 1) << NUMBER_SHIFT)
  Atomics.store(memory.groupWords, (group << GROUP_SHIFT) + LOCK, lock) // its sequence must never go back
  setConfiguredCount(memory, group, (configured + 1) | 0) // nor this: the limits are others
  setRingHead(memory, group, -1)
  setStampNs(memory, group, nowNs)
  for (const direction of [0, 1] as const) {
    setToken(memory, group, direction, -1)
    setArmed(memory, group, direction, -1)
  }
}

/** Where the group's futex word is in `memory.groupWords`. */
export function lockWordOf(group: number): number {
  return (group << GROUP_SHIFT) + LOCK
}

/** Where the numbers of one bucket start in `memory.groupNumbers`. `bucket` is its position in `BUCKETS`. */
export function bucketAt(group: number, bucket: number): number {
  return (group << NUMBER_SHIFT) + FIRST_BUCKET + bucket * BUCKET_NUMBERS
}

/** Where in `memory.groupWords` the list of leaking buckets starts: a count, then bucket indices. */
export function leakingAt(group: number): number {
  return (group << GROUP_SHIFT) + LEAKING
}

/** The same for the buckets that concern a request of `direction`. */
export function checkedAt(group: number, direction: DirectionIndex): number {
  return (group << GROUP_SHIFT) + CHECKED + direction * 5
}

export function ringHead(memory: ThrottleMemory, group: number): number {
  return memory.groupWords[(group << GROUP_SHIFT) + RING_HEAD]!
}

export function setRingHead(memory: ThrottleMemory, group: number, member: number): void {
  memory.groupWords[(group << GROUP_SHIFT) + RING_HEAD] = member
}

export function memberCount(memory: ThrottleMemory, group: number): number {
  return memory.groupWords[(group << GROUP_SHIFT) + MEMBER_COUNT]!
}

export function setMemberCount(memory: ThrottleMemory, group: number, count: number): void {
  memory.groupWords[(group << GROUP_SHIFT) + MEMBER_COUNT] = count
}

export function disabledCount(memory: ThrottleMemory, group: number): number {
  return memory.groupWords[(group << GROUP_SHIFT) + DISABLED_COUNT]!
}

export function setDisabledCount(memory: ThrottleMemory, group: number, count: number): void {
  memory.groupWords[(group << GROUP_SHIFT) + DISABLED_COUNT] = count
}

export function tokenOf(memory: ThrottleMemory, group: number, direction: DirectionIndex): number {
  return memory.groupWords[(group << GROUP_SHIFT) + TOKEN + direction]!
}

export function setToken(memory: ThrottleMemory, group: number, direction: DirectionIndex, member: number): void {
  const words = memory.groupWords
  const at = (group << GROUP_SHIFT) + TOKEN + direction
  const before = words[at]!
  words[at] = member
  if (before === member || before === -1 || member === -1) return
  const moves = at - TOKEN + TOKEN_MOVES
  words[moves] = (words[moves]! + 1) | 0
}

/** How often the token went to another member since the group's slot was reset. */
export function tokenMoves(memory: ThrottleMemory, group: number, direction: DirectionIndex): number {
  return memory.groupWords[(group << GROUP_SHIFT) + TOKEN_MOVES + direction]! >>> 0
}

/** For who counted them elsewhere, as `static-group.ts` does. */
export function setTokenMoves(memory: ThrottleMemory, group: number, direction: DirectionIndex, moves: number): void {
  memory.groupWords[(group << GROUP_SHIFT) + TOKEN_MOVES + direction] = moves
}

/** The member whose timer runs, or -1. */
export function armedOf(memory: ThrottleMemory, group: number, direction: DirectionIndex): number {
  return memory.groupWords[(group << GROUP_SHIFT) + ARMED + direction]!
}

export function setArmed(memory: ThrottleMemory, group: number, direction: DirectionIndex, member: number): void {
  memory.groupWords[(group << GROUP_SHIFT) + ARMED + direction] = member
}

export function deadlineNs(memory: ThrottleMemory, group: number, direction: DirectionIndex): number {
  return memory.groupNumbers[(group << NUMBER_SHIFT) + DEADLINE_NS + direction]!
}

export function setDeadlineNs(memory: ThrottleMemory, group: number, direction: DirectionIndex, ns: number): void {
  memory.groupNumbers[(group << NUMBER_SHIFT) + DEADLINE_NS + direction] = ns
}

/** Requests waiting in all members of the group. */
export function groupPending(memory: ThrottleMemory, group: number, direction: DirectionIndex): number {
  return memory.groupWords[(group << GROUP_SHIFT) + PENDING + direction]!
}

export function setGroupPending(
  memory: ThrottleMemory,
  group: number,
  direction: DirectionIndex,
  requests: number,
): void {
  memory.groupWords[(group << GROUP_SHIFT) + PENDING + direction] = requests
}

/** Nothing limits the direction and nobody waits in it: QEMU's check would say "go", and its levels are never read. */
export function isUnlimited(memory: ThrottleMemory, group: number, direction: DirectionIndex): boolean {
  return memory.groupWords[checkedAt(group, direction)] === 0 && groupPending(memory, group, direction) === 0
}

export function configuredCount(memory: ThrottleMemory, group: number): number {
  return memory.groupWords[(group << GROUP_SHIFT) + CONFIGURED]!
}

export function setConfiguredCount(memory: ThrottleMemory, group: number, count: number): void {
  memory.groupWords[(group << GROUP_SHIFT) + CONFIGURED] = count
}

export function stampNs(memory: ThrottleMemory, group: number): number {
  return memory.groupNumbers[(group << NUMBER_SHIFT) + STAMP_NS]!
}

export function setStampNs(memory: ThrottleMemory, group: number, ns: number): void {
  memory.groupNumbers[(group << NUMBER_SHIFT) + STAMP_NS] = ns
}

export function iopsSizeBytes(memory: ThrottleMemory, group: number): number {
  return memory.groupNumbers[(group << NUMBER_SHIFT) + IOPS_SIZE]!
}

export function setIopsSizeBytes(memory: ThrottleMemory, group: number, bytes: number): void {
  memory.groupNumbers[(group << NUMBER_SHIFT) + IOPS_SIZE] = bytes
}
