import { bucketsAt, chargeBuckets, firstIopsAt, leakBuckets, longestWaitNs } from './bucket-list.ts'
import { checkedAt, iopsSizeBytes, leakingAt, ringHead, stampNs } from './group-table.ts'
import { nextMember } from './member-table.ts'
import { NEVER_NS, type StaticClock, type Timers } from './static-clock.ts'
import {
  CHANGED_NS,
  cellOf,
  FIRST_MEMBER_WORD,
  GRANTED,
  MEMBER_NUMBERS,
  MEMBER_WORDS,
  MOST,
  PENDING,
  QUEUED,
  QUEUED_NS,
  readState,
  readWaiting,
  SINCE_NS,
  type StaticGroupState,
  THROTTLED_NS,
  TOKEN,
  TOKEN_MOVES,
  WAITING,
  writeState,
  writeWaiting,
} from './static-group-state.ts'
import { type DirectionIndex, READ, type ThrottleMemory, WRITE } from './throttle-memory.ts'

// What throttle-group.ts comes to for a group whose members and limits never change and none of whose members is drained:
//
// - A request waits exactly while the timer of its direction runs, and that timer's member holds the token. So there is
//   one number for both, and whoever arrives while no timer runs finds nobody before it.
// - The ring of members is a row: the next older one is the next in it, after the last comes the first.
//
// The same buckets, queues, turns and counters, to the last bit. For the simulator, which has the group to itself for the
// whole time: the levels are the memory's own, all else lies close together until it is asked for (`write`).

/** What arrives at a group, and what it lets go. One object serves for many requests, so that none costs an allocation. */
export interface PassingRequest {
  direction: DirectionIndex
  bytes: number
  arrivalNs: number
}

export class StaticGroup {
  /** The members by place: as in the ring, the newest first. */
  readonly members: readonly number[]
  readonly #nowNs: Float64Array
  readonly #timers: Timers
  /** The first of the group's. */
  readonly #firstTimer: number = 0
  /** The levels of all groups, and where those of this one are. */
  readonly #levels: Float64Array
  readonly #leaking: Int32Array
  readonly #readChecked: Int32Array
  readonly #writeChecked: Int32Array
  readonly #iopsAt: number = 0
  /** `iops-size`, Infinity for none: a request of more counts as several, as `requestUnits` has it. */
  readonly #operationBytes: number = 0
  /** When the levels were as they are. */
  readonly #stampNs: Float64Array
  readonly #state: StaticGroupState
  readonly #words: Int32Array
  readonly #numbers: Float64Array
  readonly #waiting: Float64Array
  readonly #iodepth: number = 0

  /**
   * The group is configured and its members have joined; neither changes from now on. What waits is taken from the
   * memory; the clock has the timers that run. `arrivalsNs`: when each request that waits arrived, by its cell in `memory.waiting`.
   */
  constructor(memory: ThrottleMemory, group: number, clock: StaticClock, arrivalsNs: Float64Array) {
    const members = ringOf(memory, group)
    this.members = members
    this.#nowNs = clock.nowNs
    this.#timers = clock.timers
    this.#firstTimer = group * 2
    this.#levels = memory.groupNumbers
    this.#leaking = bucketsAt(memory, group, leakingAt(group))
    this.#readChecked = bucketsAt(memory, group, checkedAt(group, READ))
    this.#writeChecked = bucketsAt(memory, group, checkedAt(group, WRITE))
    this.#iopsAt = firstIopsAt(group)
    this.#operationBytes = iopsSizeBytes(memory, group) || Number.POSITIVE_INFINITY
    this.#stampNs = Float64Array.of(stampNs(memory, group))
    this.#iodepth = memory.size.iodepth
    this.#words = new Int32Array(FIRST_MEMBER_WORD + members.length * MEMBER_WORDS)
    this.#numbers = new Float64Array(members.length * MEMBER_NUMBERS)
    this.#waiting = new Float64Array(members.length * 4 * this.#iodepth)
    const [words, numbers, waiting] = [this.#words, this.#numbers, this.#waiting]
    this.#state = { memory, group, members, clock, words, numbers, waiting }
    readState(this.#state)
    readWaiting(this.#state, arrivalsNs)
  }

  /** A request arrives at the member of that place. True: it goes. False: it waits, and the timer of its direction runs. */
  intercept(place: number, request: PassingRequest): boolean {
    const { direction, bytes } = request
    if (this.#timers.timeNs(this.#firstTimer + direction) === NEVER_NS) {
      const waitNs = this.#waitNs(direction)
      if (waitNs === 0) {
        this.#charge(direction, bytes)
        return true
      }
      this.#startTimer(place, direction, waitNs)
    }
    const words = this.#words
    const at = FIRST_MEMBER_WORD + place * MEMBER_WORDS
    const queued = words[at + QUEUED + direction]!
    const cell = cellOf(place, direction, queued, this.#iodepth)
    this.#waiting[cell] = bytes
    this.#waiting[cell + 1] = request.arrivalNs
    words[at + QUEUED + direction] = queued + 1
    words[PENDING + direction]! += 1
    const waiting = words[at + WAITING]!
    this.#noteChange(place, waiting)
    if (waiting === 0) this.#numbers[place * MEMBER_NUMBERS + SINCE_NS] = this.#nowNs[0]!
    words[at + WAITING] = waiting + 1
    if (waiting >= words[at + MOST]!) words[at + MOST] = waiting + 1
    return false
  }

  /** Place of the member whose turn it is. */
  turnOf(direction: DirectionIndex): number {
    return this.#words[TOKEN + direction]!
  }

  /**
   * The timer was due and runs no more, or the grant before left room: the first request of the member whose turn it is goes, into
   * `request`, and the turn is given to the next. True: that is the same member, whose next request goes at once, too.
   */
  grant(direction: DirectionIndex, request: PassingRequest): boolean {
    const words = this.#words
    const place = words[TOKEN + direction]!
    const at = FIRST_MEMBER_WORD + place * MEMBER_WORDS
    const granted = words[at + GRANTED + direction]!
    const cell = cellOf(place, direction, granted, this.#iodepth)
    const bytes = this.#waiting[cell]!
    request.direction = direction
    request.bytes = bytes
    request.arrivalNs = this.#waiting[cell + 1]!
    words[at + GRANTED + direction] = granted + 1
    words[PENDING + direction]! -= 1
    const waiting = words[at + WAITING]!
    this.#noteChange(place, waiting)
    words[at + WAITING] = waiting - 1
    if (waiting === 1) {
      const numbers = this.#numbers
      const spell = place * MEMBER_NUMBERS
      numbers[spell + THROTTLED_NS]! += this.#nowNs[0]! - numbers[spell + SINCE_NS]!
      numbers[spell + SINCE_NS] = -1
    }
    this.#charge(direction, bytes)
    return words[PENDING + direction] !== 0 && this.#goesOn(place, direction)
  }

  /** Brings the memory up to date, for whoever reads it, but for the requests that wait. */
  write(): void {
    writeState(this.#state, this.#stampNs[0]!)
  }

  /** Gives the group back: the memory is up to date in everything. */
  end(arrivalsNs: Float64Array): void {
    this.write()
    writeWaiting(this.#state, arrivalsNs)
  }

  /** Ns until a request of that direction may go; 0: now. */
  #waitNs(direction: DirectionIndex): number {
    const nowNs = this.#nowNs[0]!
    const deltaNs = nowNs - this.#stampNs[0]!
    if (deltaNs > 0) {
      this.#stampNs[0] = nowNs
      leakBuckets(this.#levels, this.#leaking, deltaNs)
    }
    return longestWaitNs(this.#levels, direction === READ ? this.#readChecked : this.#writeChecked)
  }

  /** After a grant of the member of `place`, while others wait: whether its own next request goes at once. */
  #goesOn(place: number, direction: DirectionIndex): boolean {
    const next = this.#nextTurn(place, direction)
    const waitNs = this.#waitNs(direction)
    if (waitNs === 0 && this.#pendingAt(place, direction) > 0) return true
    this.#startTimer(next, direction, waitNs)
    return false
  }

  /** Place of the first after the member of `place`, itself the last, that has a request waiting; one has. */
  #nextTurn(place: number, direction: DirectionIndex): number {
    if (this.#pendingAt(place, direction) === this.#words[PENDING + direction]) return place
    const last = this.members.length - 1
    let next = place
    do next = next === last ? 0 : next + 1
    while (this.#pendingAt(next, direction) === 0)
    return next
  }

  #startTimer(place: number, direction: DirectionIndex, waitNs: number): void {
    this.#timers.set(this.#firstTimer + direction, this.#nowNs[0]! + waitNs)
    const words = this.#words
    if (words[TOKEN + direction] === place) return
    words[TOKEN + direction] = place
    words[TOKEN_MOVES + direction]! += 1
  }

  #charge(direction: DirectionIndex, bytes: number): void {
    const operations = bytes > this.#operationBytes ? bytes / this.#operationBytes : 1
    const buckets = direction === READ ? this.#readChecked : this.#writeChecked
    chargeBuckets(this.#levels, buckets, this.#iopsAt, bytes, operations)
  }

  #pendingAt(place: number, direction: DirectionIndex): number {
    const at = FIRST_MEMBER_WORD + place * MEMBER_WORDS + direction
    return (this.#words[at + QUEUED]! - this.#words[at + GRANTED]!) | 0
  }

  /** The member's queues, in which `waiting` requests waited until now, become longer or shorter. */
  #noteChange(place: number, waiting: number): void {
    const numbers = this.#numbers
    const at = place * MEMBER_NUMBERS
    const nowNs = this.#nowNs[0]!
    numbers[at + QUEUED_NS]! += waiting * (nowNs - numbers[at + CHANGED_NS]!)
    numbers[at + CHANGED_NS] = nowNs
  }
}

function ringOf(memory: ThrottleMemory, group: number): readonly number[] {
  const head = ringHead(memory, group)
  const members = [head]
  for (let member = nextMember(memory, head); member !== head; member = nextMember(memory, member)) members.push(member)
  return members
}
