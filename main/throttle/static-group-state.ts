import {
  groupPending,
  setArmed,
  setDeadlineNs,
  setGroupPending,
  setStampNs,
  setToken,
  setTokenMoves,
  tokenMoves,
  tokenOf,
} from './group-table.ts'
import { passedCounts, setPassed, waitingCell } from './member-table.ts'
import { NEVER_NS, type StaticClock } from './static-clock.ts'
import { BOTH_DIRECTIONS, type DirectionIndex, type ThrottleMemory } from './throttle-memory.ts'

// What a `StaticGroup` keeps close together of its group and members, and its way from the memory and back.

/** The words of the group, 2 by direction each; then those of its members. */
export const TOKEN = 0 // place of the member whose turn it is
export const PENDING = 2 // requests that wait in all members together
export const TOKEN_MOVES = 4
export const FIRST_MEMBER_WORD = 8
export const MEMBER_WORDS = 8
export const QUEUED = 0 // 2 × requests that ever waited
export const GRANTED = 2 // 2 × of them, those let go
export const WAITING = 4 // requests that wait, of both directions
export const MOST = 5 // of them, the most there ever were

export const MEMBER_NUMBERS = 4
export const QUEUED_NS = 0
export const CHANGED_NS = 1
export const THROTTLED_NS = 2
export const SINCE_NS = 3

export interface StaticGroupState {
  readonly memory: ThrottleMemory
  readonly group: number
  /** By place. */
  readonly members: readonly number[]
  readonly clock: StaticClock
  readonly words: Int32Array
  readonly numbers: Float64Array
  /** What waits, by member, direction and cell of its ring: size and arrival, side by side. */
  readonly waiting: Float64Array
}

/** All but what waits and the timers. */
export function readState({ memory, group, members, words, numbers }: StaticGroupState): void {
  for (const direction of BOTH_DIRECTIONS) {
    words[TOKEN + direction] = members.indexOf(tokenOf(memory, group, direction))
    words[TOKEN_MOVES + direction] = tokenMoves(memory, group, direction)
    words[PENDING + direction] = groupPending(memory, group, direction)
  }
  for (const [place, member] of members.entries()) {
    const counts = passedCounts(memory, member)
    const at = FIRST_MEMBER_WORD + place * MEMBER_WORDS
    words.set(counts.queued, at + QUEUED)
    words.set(counts.granted, at + GRANTED)
    words[at + WAITING] = counts.queued.reduce((sum, queued, index) => sum + ((queued - counts.granted[index]!) | 0), 0)
    words[at + MOST] = counts.queuedMax
    const first = place * MEMBER_NUMBERS
    numbers[first + QUEUED_NS] = counts.queuedNs
    numbers[first + CHANGED_NS] = counts.changedNs
    numbers[first + THROTTLED_NS] = counts.throttledNs
    numbers[first + SINCE_NS] = counts.sinceNs
  }
}

/** All but what waits. */
export function writeState(state: StaticGroupState, stampNs: number): void {
  const { memory, group, members, clock, words } = state
  setStampNs(memory, group, stampNs)
  for (const direction of BOTH_DIRECTIONS) {
    const member = members[words[TOKEN + direction]!]!
    const timerNs = clock.timers.timeNs(group * 2 + direction)
    setToken(memory, group, direction, member)
    setTokenMoves(memory, group, direction, words[TOKEN_MOVES + direction]!)
    setArmed(memory, group, direction, timerNs === NEVER_NS ? -1 : member)
    if (timerNs !== NEVER_NS) setDeadlineNs(memory, group, direction, timerNs)
    setGroupPending(memory, group, direction, words[PENDING + direction]!)
  }
  for (const [place, member] of members.entries()) writeMember(state, place, member)
}

function writeMember({ memory, words, numbers }: StaticGroupState, place: number, member: number): void {
  const at = FIRST_MEMBER_WORD + place * MEMBER_WORDS
  const first = place * MEMBER_NUMBERS
  setPassed(memory, member, {
    queued: words.subarray(at + QUEUED, at + QUEUED + 2),
    granted: words.subarray(at + GRANTED, at + GRANTED + 2),
    queuedMax: words[at + MOST]!,
    queuedNs: numbers[first + QUEUED_NS]!,
    changedNs: numbers[first + CHANGED_NS]!,
    throttledNs: numbers[first + THROTTLED_NS]!,
    sinceNs: numbers[first + SINCE_NS]!,
  })
}

/** `arrivalsNs`: when each request that waits arrived, by its cell in `memory.waiting`. */
export function readWaiting(state: StaticGroupState, arrivalsNs: Float64Array): void {
  eachWaiting(state, (own, cell) => {
    state.waiting[own] = state.memory.waiting[cell]!
    state.waiting[own + 1] = arrivalsNs[cell]!
  })
}

export function writeWaiting(state: StaticGroupState, arrivalsNs: Float64Array): void {
  eachWaiting(state, (own, cell) => {
    state.memory.waiting[cell] = state.waiting[own]!
    arrivalsNs[cell] = state.waiting[own + 1]!
  })
}

/** Where request number `count` of a queue lies in `waiting`. */
export function cellOf(place: number, direction: DirectionIndex, count: number, iodepth: number): number {
  return ((place * 2 + direction) * iodepth + (count & (iodepth - 1))) * 2
}

function eachWaiting({ memory, members, words }: StaticGroupState, copy: (own: number, cell: number) => void): void {
  for (const [place, member] of members.entries()) {
    const at = FIRST_MEMBER_WORD + place * MEMBER_WORDS
    for (const direction of BOTH_DIRECTIONS) {
      const end = words[at + QUEUED + direction]!
      for (let count = words[at + GRANTED + direction]!; count !== end; count = (count + 1) | 0) {
        copy(cellOf(place, direction, count, memory.size.iodepth), waitingCell(memory, member, direction, count))
      }
    }
  }
}
