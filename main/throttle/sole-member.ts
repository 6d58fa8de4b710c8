import { assert } from '#shared/assert.ts'
import { bucketsAt, chargeBuckets, firstIopsAt, leakBuckets, longestWaitNs } from './bucket-list.ts'
import {
  armedOf,
  checkedAt,
  iopsSizeBytes,
  leakingAt,
  setArmed,
  setDeadlineNs,
  setGroupPending,
  setStampNs,
  stampNs,
} from './group-table.ts'
import { memberGroup, setPassed } from './member-table.ts'
import { BOTH_DIRECTIONS, type DirectionIndex, READ, type ThrottleMemory, WRITE } from './throttle-memory.ts'

// What throttle-group.ts comes to for a group whose only member is never drained and whose limits never change: there is no
// turn to take and none to give, the token stays where it is, and a request waits exactly while the timer of its direction
// runs. The same buckets, queues and counters, to the last bit. For the simulator, where such a member has its group to
// itself for the whole run: the levels are the memory's own, all else lies close together until it is asked for (`write`).

const NEVER_NS = Number.POSITIVE_INFINITY

/** By direction: when the timer fires; Infinity: it does not run. */
const DEADLINE = 0
const STAMP = 2
const QUEUED_NS = 3
const CHANGED = 4
const THROTTLED_NS = 5
const SINCE = 6

/** By direction: requests that ever waited, and of them those let go. */
const QUEUED = 0
const GRANTED = 2
const MOST = 4

export class SoleMember {
  /** Size in bytes and arrival of the request that was granted last. */
  readonly granted = Float64Array.of(0, 0)
  readonly #memory: ThrottleMemory
  readonly #group: number
  readonly #member: number
  /** The levels of all groups, and where those of this one are. */
  readonly #levels: Float64Array
  readonly #leaking: Int32Array
  readonly #readChecked: Int32Array
  readonly #writeChecked: Int32Array
  readonly #iopsAt: number = 0
  /** `iops-size`, Infinity for none: a request of more counts as several, as `requestUnits` has it. */
  readonly #operationBytes: number = 0
  readonly #numbers = new Float64Array(8)
  readonly #counts = new Int32Array(8)
  /** What waits, by direction and place: size and arrival, side by side. */
  readonly #waiting: Float64Array
  readonly #iodepth: number = 0

  /** `member` has joined its group, which is configured; neither changes any more. Nothing has arrived yet. */
  constructor(memory: ThrottleMemory, member: number) {
    const group = memberGroup(memory, member)
    this.#memory = memory
    this.#group = group
    this.#member = member
    this.#levels = memory.groupNumbers
    this.#leaking = bucketsAt(memory, group, leakingAt(group))
    this.#readChecked = bucketsAt(memory, group, checkedAt(group, READ))
    this.#writeChecked = bucketsAt(memory, group, checkedAt(group, WRITE))
    this.#iopsAt = firstIopsAt(group)
    this.#operationBytes = iopsSizeBytes(memory, group) || Number.POSITIVE_INFINITY
    this.#iodepth = memory.size.iodepth
    this.#waiting = new Float64Array(4 * this.#iodepth)
    this.#numbers.set([NEVER_NS, NEVER_NS, stampNs(memory, group), 0, 0, 0, -1])
    assert(
      BOTH_DIRECTIONS.every((direction) => armedOf(memory, group, direction) === -1),
      'nothing has arrived yet',
    )
  }

  /** When the timer of that direction fires; Infinity: it does not run. */
  deadlineNs(direction: DirectionIndex): number {
    return this.#numbers[DEADLINE + direction]!
  }

  /** A request arrives. True: it goes. False: it waits, and the timer of its direction runs. */
  intercept(direction: DirectionIndex, bytes: number, arrivalNs: number, nowNs: number): boolean {
    const numbers = this.#numbers
    if (numbers[DEADLINE + direction] === NEVER_NS && !this.#arm(direction, nowNs)) {
      this.#charge(direction, bytes)
      return true
    }
    const counts = this.#counts
    const queued = counts[QUEUED + direction]!
    const at = this.#placeOf(direction, queued)
    this.#waiting[at] = bytes
    this.#waiting[at + 1] = arrivalNs
    counts[QUEUED + direction] = queued + 1
    const waiting = this.#pending(READ) + this.#pending(WRITE)
    this.#noteChange(waiting - 1, nowNs)
    if (waiting === 1) numbers[SINCE] = nowNs
    if (waiting > counts[MOST]!) counts[MOST] = waiting
    return false
  }

  /** The timer is due, or the request before left room: the first waiting one goes. True: so may the next, at once. */
  grant(direction: DirectionIndex, nowNs: number): boolean {
    const numbers = this.#numbers
    const counts = this.#counts
    const count = counts[GRANTED + direction]!
    const at = this.#placeOf(direction, count)
    const bytes = this.#waiting[at]!
    this.granted[0] = bytes
    this.granted[1] = this.#waiting[at + 1]!
    counts[GRANTED + direction] = count + 1
    const waiting = this.#pending(READ) + this.#pending(WRITE)
    this.#noteChange(waiting + 1, nowNs)
    if (waiting === 0) {
      numbers[THROTTLED_NS] = numbers[THROTTLED_NS]! + (nowNs - numbers[SINCE]!)
      numbers[SINCE] = -1
    }
    this.#charge(direction, bytes)
    numbers[DEADLINE + direction] = NEVER_NS
    return this.#pending(direction) > 0 && !this.#arm(direction, nowNs)
  }

  /** Brings the memory up to date, for whoever reads it. */
  write(): void {
    const memory = this.#memory
    const numbers = this.#numbers
    setStampNs(memory, this.#group, numbers[STAMP]!)
    for (const direction of BOTH_DIRECTIONS) {
      const deadlineNs = numbers[DEADLINE + direction]!
      setArmed(memory, this.#group, direction, deadlineNs === NEVER_NS ? -1 : this.#member)
      if (deadlineNs !== NEVER_NS) setDeadlineNs(memory, this.#group, direction, deadlineNs)
      setGroupPending(memory, this.#group, direction, this.#pending(direction))
    }
    setPassed(memory, this.#member, {
      queued: this.#counts.subarray(QUEUED, QUEUED + 2),
      granted: this.#counts.subarray(GRANTED, GRANTED + 2),
      queuedMax: this.#counts[MOST]!,
      queuedNs: numbers[QUEUED_NS]!,
      changedNs: numbers[CHANGED]!,
      throttledNs: numbers[THROTTLED_NS]!,
      sinceNs: numbers[SINCE]!,
    })
  }

  /** Whether no request of that direction may go now; if so, a timer runs afterwards. */
  #arm(direction: DirectionIndex, nowNs: number): boolean {
    const numbers = this.#numbers
    const deltaNs = nowNs - numbers[STAMP]!
    if (deltaNs > 0) {
      numbers[STAMP] = nowNs
      leakBuckets(this.#levels, this.#leaking, deltaNs)
    }
    const waitNs = longestWaitNs(this.#levels, direction === READ ? this.#readChecked : this.#writeChecked)
    if (waitNs === 0) return false
    numbers[DEADLINE + direction] = nowNs + waitNs
    return true
  }

  #charge(direction: DirectionIndex, bytes: number): void {
    const operations = bytes > this.#operationBytes ? bytes / this.#operationBytes : 1
    const buckets = direction === READ ? this.#readChecked : this.#writeChecked
    chargeBuckets(this.#levels, buckets, this.#iopsAt, bytes, operations)
  }

  #pending(direction: DirectionIndex): number {
    return (this.#counts[QUEUED + direction]! - this.#counts[GRANTED + direction]!) | 0
  }

  #placeOf(direction: DirectionIndex, count: number): number {
    return (direction * this.#iodepth + (count & (this.#iodepth - 1))) * 2
  }

  #noteChange(requests: number, nowNs: number): void {
    const numbers = this.#numbers
    numbers[QUEUED_NS] = numbers[QUEUED_NS]! + requests * (nowNs - numbers[CHANGED]!)
    numbers[CHANGED] = nowNs
  }
}
