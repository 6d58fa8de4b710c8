import { assert } from '#shared/assert.ts'
import { GROUP_NUMBERS, GROUP_WORDS, resetGroup } from './group-table.ts'
import { IOTHREAD_WORDS } from './iothread-table.ts'
import { MEMBER_NUMBERS, MEMBER_WORDS, resetMember } from './member-table.ts'

// Everything the throttle knows lives in ONE buffer, allocated once and never grown: a SharedArrayBuffer in the lab,
// a plain ArrayBuffer in the simulator. Slots are reused. Each table's offsets live in that table's file, next to
// named accessors; nobody else adds offsets.
//
//   header | groups: words | members: words | iothreads: words | groups: numbers | members: numbers | waiting rings
//            Int32           Int32            Int32              Float64           Float64            Float64
//
// A `group`, `member` or `iothread` below is always the 0-based index of its slot; the throttle knows no names.

export const MAX_GROUPS = 1024
export const MAX_MEMBERS = 1024
/** The most requests one member may have in one direction past intercept and not yet taken: its ring's capacity. */
export const MAX_IODEPTH = 1024
export const MAX_IOTHREADS = 64

export interface ThrottleSize {
  readonly groups: number
  readonly members: number
  /** Slots of each waiting ring, a power of two. */
  readonly iodepth: number
  readonly iothreads: number
}

export interface ThrottleMemory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer
  readonly size: ThrottleSize
  readonly groupWords: Int32Array
  readonly groupNumbers: Float64Array
  readonly memberWords: Int32Array
  readonly memberNumbers: Float64Array
  readonly iothreadWords: Int32Array
  /**
   * Per member and direction a ring of `iodepth` slots, indexed by the member's QUEUED/GRANTED/TAKEN counters.
   * A slot between GRANTED and QUEUED holds the size in bytes of a waiting request (writer: its submitter);
   * one between TAKEN and GRANTED the time in ns at which it was granted (writer: the granter). Lock: the group's.
   */
  readonly waiting: Float64Array
}

/** The half of a group a request belongs to, as an index: the position in `DIRECTIONS`. */
export type DirectionIndex = 0 | 1
export const READ = 0
export const WRITE = 1
export const BOTH_DIRECTIONS: readonly DirectionIndex[] = [READ, WRITE]

const HEADER_BYTES = 64
const MAGIC = 0x57454952 // 'WEIR': a buffer that was not made here must not be attached

interface Layout {
  readonly memberWords: number
  readonly iothreadWords: number
  readonly groupNumbers: number
  readonly memberNumbers: number
  readonly waiting: number
  readonly end: number
}

function layoutOf(size: ThrottleSize): Layout {
  const memberWords = HEADER_BYTES + size.groups * GROUP_WORDS * 4
  const iothreadWords = memberWords + size.members * MEMBER_WORDS * 4
  const groupNumbers = iothreadWords + size.iothreads * IOTHREAD_WORDS * 4
  const memberNumbers = groupNumbers + size.groups * GROUP_NUMBERS * 8
  const waiting = memberNumbers + size.members * MEMBER_NUMBERS * 8
  return { memberWords, iothreadWords, groupNumbers, memberNumbers, waiting, end: waiting + waitingSlots(size) * 8 }
}

function waitingSlots(size: ThrottleSize): number {
  return size.members * 2 * size.iodepth
}

function viewsOf(buffer: ArrayBuffer | SharedArrayBuffer, size: ThrottleSize): ThrottleMemory {
  const layout = layoutOf(size)
  return {
    buffer,
    size,
    groupWords: new Int32Array(buffer, HEADER_BYTES, size.groups * GROUP_WORDS),
    groupNumbers: new Float64Array(buffer, layout.groupNumbers, size.groups * GROUP_NUMBERS),
    memberWords: new Int32Array(buffer, layout.memberWords, size.members * MEMBER_WORDS),
    memberNumbers: new Float64Array(buffer, layout.memberNumbers, size.members * MEMBER_NUMBERS),
    iothreadWords: new Int32Array(buffer, layout.iothreadWords, size.iothreads * IOTHREAD_WORDS),
    waiting: new Float64Array(buffer, layout.waiting, waitingSlots(size)),
  }
}

function powerOfTwoFrom(count: number): number {
  return 2 ** Math.ceil(Math.log2(count))
}

function initialised(buffer: ArrayBuffer | SharedArrayBuffer, size: ThrottleSize): ThrottleMemory {
  new Int32Array(buffer, 0, 5).set([MAGIC, size.groups, size.members, size.iodepth, size.iothreads])
  const memory = viewsOf(buffer, size)
  for (let group = 0; group < size.groups; group++) resetGroup(memory, group, 0)
  for (let member = 0; member < size.members; member++) resetMember(memory, member)
  return memory
}

function checkedSize(wanted: Partial<ThrottleSize>): ThrottleSize {
  const size = { groups: MAX_GROUPS, members: MAX_MEMBERS, iothreads: MAX_IOTHREADS, iodepth: MAX_IODEPTH, ...wanted }
  assert(size.groups >= 1 && size.members >= 1 && size.iodepth >= 1, 'throttle memory has room for something')
  assert(size.iothreads >= 1 && size.iothreads <= MAX_IOTHREADS, 'the iothread id fits the lock word')
  return { ...size, iodepth: powerOfTwoFrom(size.iodepth) } // the ring counters wrap at 2^32, so the ring must divide it
}

/** For the simulator: one thread, no sharing. */
export function createLocalThrottleMemory(wanted: Partial<ThrottleSize> = {}): ThrottleMemory {
  const size = checkedSize(wanted)
  return initialised(new ArrayBuffer(layoutOf(size).end), size)
}

/** For the lab. Hand `buffer` to the iothreads, which attach to it. */
export function createSharedThrottleMemory(wanted: Partial<ThrottleSize> = {}): ThrottleMemory {
  const size = checkedSize(wanted)
  return initialised(new SharedArrayBuffer(layoutOf(size).end), size)
}

export function attachThrottleMemory(buffer: SharedArrayBuffer): ThrottleMemory {
  const [magic, groups = 0, members = 0, iodepth = 0, iothreads = 0] = new Int32Array(buffer, 0, 5)
  assert(magic === MAGIC, 'the buffer is throttle memory')
  return viewsOf(buffer, { groups, members, iodepth, iothreads })
}
