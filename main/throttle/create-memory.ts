import { assert } from '#shared/assert.ts'
import { MAX_GROUPS, MAX_IODEPTH } from '#shared/workspace/workspace.ts'
import { GROUP_NUMBERS, GROUP_WORDS, resetGroup } from './group-table.ts'
import { MEMBER_NUMBERS, MEMBER_WORDS, resetMember } from './member-table.ts'
import type { ThrottleMemory, ThrottleSize } from './throttle-memory.ts'

// How the one buffer of the throttle is laid out:
//
//   header | groups: words | members: words | groups: numbers | members: numbers | waiting rings
//            Int32           Int32            Float64           Float64            Float64

const MAX_MEMBERS = 1024

const HEADER_BYTES = 64
const MAGIC = 0x57454952 // 'WEIR': a buffer that was not made here must not be attached

interface Layout {
  readonly memberWords: number
  readonly groupNumbers: number
  readonly memberNumbers: number
  readonly waiting: number
  readonly end: number
}

function layoutOf(size: ThrottleSize): Layout {
  const memberWords = HEADER_BYTES + size.groups * GROUP_WORDS * 4
  const groupNumbers = memberWords + size.members * MEMBER_WORDS * 4
  const memberNumbers = groupNumbers + size.groups * GROUP_NUMBERS * 8
  const waiting = memberNumbers + size.members * MEMBER_NUMBERS * 8
  return { memberWords, groupNumbers, memberNumbers, waiting, end: waiting + waitingCells(size) * 8 }
}

function waitingCells(size: ThrottleSize): number {
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
    waiting: new Float64Array(buffer, layout.waiting, waitingCells(size)),
  }
}

/** A whole number to V8, too: what ** gives would be reckoned with as a double wherever it is a mask. */
function powerOfTwoFrom(count: number): number {
  return 1 << Math.ceil(Math.log2(count))
}

function initialised(buffer: ArrayBuffer | SharedArrayBuffer, size: ThrottleSize): ThrottleMemory {
  new Int32Array(buffer, 0, 4).set([MAGIC, size.groups, size.members, size.iodepth])
  const memory = viewsOf(buffer, size)
  for (let group = 0; group < size.groups; group += 1) resetGroup(memory, group, 0)
  for (let member = 0; member < size.members; member += 1) resetMember(memory, member)
  return memory
}

function checkedSize(requested: Partial<ThrottleSize>): ThrottleSize {
  const size = { groups: MAX_GROUPS, members: MAX_MEMBERS, iodepth: MAX_IODEPTH, ...requested }
  assert(size.groups >= 1 && size.members >= 1 && size.iodepth >= 1, 'throttle memory has room for something')
  return { ...size, iodepth: powerOfTwoFrom(size.iodepth) } // the ring counters wrap at 2^32, so the ring must divide it
}

/** For the simulator: one thread, no sharing. */
export function createLocalThrottleMemory(requested: Partial<ThrottleSize> = {}): ThrottleMemory {
  const size = checkedSize(requested)
  return initialised(new ArrayBuffer(layoutOf(size).end), size)
}

/** For the lab. Hand `buffer` to the iothreads, which attach to it. */
export function createSharedThrottleMemory(requested: Partial<ThrottleSize> = {}): ThrottleMemory {
  const size = checkedSize(requested)
  return initialised(new SharedArrayBuffer(layoutOf(size).end), size)
}

export function attachThrottleMemory(buffer: SharedArrayBuffer): ThrottleMemory {
  const [magic, groups = 0, members = 0, iodepth = 0] = new Int32Array(buffer, 0, 4)
  assert(magic === MAGIC, 'the buffer is throttle memory')
  return viewsOf(buffer, { groups, members, iodepth })
}
