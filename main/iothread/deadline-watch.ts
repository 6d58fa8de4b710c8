import { armedOf, deadlineNs } from '#main/throttle/group-table.ts'
import { holdSequence, isFree } from '#main/throttle/lock-word.ts'
import { memberIothread } from '#main/throttle/member-table.ts'
import type { DirectionIndex } from '#main/throttle/throttle-memory.ts'
import { type IothreadMemory, isBusy, wakeSequence } from './iothread-memory.ts'

/** How long after its deadline another iothread leaves a timer to its owner: a wake-up's delay, twice. */
export const GRACE_NS = 150_000
const NEVER_NS = Number.POSITIVE_INFINITY
const AT_ONCE_NS = 0

/**
 * The timers that one iothread looks after: those of the groups in which it has members. It keeps a copy of their
 * deadlines side by side, since a thousand groups lie on thousands of cache lines. The copy is brought up to date
 *
 * - group by group, when this iothread arms or disarms a timer itself, or lets a request wait behind one (`refresh`);
 * - as a whole, when somebody bumped its wake word: others do that when they arm a timer for one of its members;
 * - when a deadline in it has passed. What else others do, they do to timers of their own members, which come later and
 *   later unless the limits change; then everybody is woken.
 *
 * It may be too early, never too late for a timer that requests of this iothread wait behind.
 */
export class DeadlineWatch {
  /** Groups in which the iothread has members. */
  groups: readonly number[] = []
  readonly #memory: IothreadMemory
  readonly #iothread: number
  /** Members of the iothread per group. */
  readonly #membersIn: Int32Array
  /** Per group: when to look at its timers. */
  readonly #looksNs: Float64Array
  /** The least of them, unless `#isStale`. */
  #nearestNs = NEVER_NS
  #isStale = false
  /** The wake sequence when all were read. */
  #readAt = -1

  constructor(memory: IothreadMemory, iothread: number) {
    this.#memory = memory
    this.#iothread = iothread
    this.#membersIn = new Int32Array(memory.size.groups)
    this.#looksNs = new Float64Array(memory.size.groups).fill(NEVER_NS)
  }

  /** When the iothread should look again if nobody wakes it before; Infinity if never. */
  nextNs(): number {
    const sequence = wakeSequence(this.#memory, this.#iothread)
    if (sequence !== this.#readAt) {
      this.#readAt = sequence // read before the deadlines: what is armed meanwhile bumps it again
      for (const group of this.groups) this.#looksNs[group] = this.#glanceNs(group)
      this.#isStale = true
    }
    if (this.#isStale) this.#findNearest()
    return this.#nearestNs
  }

  /** Whether the group must be locked, what is due in it fired, and the group refreshed. Reads it again first. */
  isDue(group: number, nowNs: number): boolean {
    if (this.#looksNs[group]! > nowNs) return false
    this.#note(group, this.#glanceNs(group))
    return this.#looksNs[group]! <= nowNs
  }

  /** Reads the group's timers again. Needs its lock. */
  refresh(group: number): void {
    if (this.#membersIn[group] !== 0) this.#note(group, this.#lookNs(group))
  }

  /** A member of the iothread joined the group, or left it. */
  countMember(group: number, change: 1 | -1): void {
    const members = this.#membersIn[group]! + change // within the table
    this.#membersIn[group] = members
    const others = this.groups.filter((other) => other !== group)
    this.groups = members > 0 ? [...others, group] : others
    this.#looksNs[group] = members > 0 ? this.#glanceNs(group) : NEVER_NS
    this.#isStale = true
  }

  #note(group: number, lookNs: number): void {
    const before = this.#looksNs[group]!
    this.#looksNs[group] = lookNs
    if (lookNs <= this.#nearestNs) this.#nearestNs = lookNs
    else if (before === this.#nearestNs) this.#isStale = true
  }

  #findNearest(): void {
    this.#isStale = false
    let nearestNs = NEVER_NS
    for (const group of this.groups) nearestNs = Math.min(nearestNs, this.#looksNs[group]!)
    this.#nearestNs = nearestNs
  }

  /** `lookNs` without the lock. While somebody holds it a timer may seem not to run that is about to be armed. */
  #glanceNs(group: number): number {
    const sequence = holdSequence(this.#memory, group)
    const lookNs = this.#lookNs(group)
    return isFree(sequence) && holdSequence(this.#memory, group) === sequence ? lookNs : AT_ONCE_NS
  }

  #lookNs(group: number): number {
    return Math.min(this.#watchedNs(group, 0), this.#watchedNs(group, 1))
  }

  #watchedNs(group: number, direction: DirectionIndex): number {
    const armed = armedOf(this.#memory, group, direction)
    if (armed === -1) return NEVER_NS
    const owner = memberIothread(this.#memory, armed)
    const graceNs = owner === this.#iothread || isBusy(this.#memory, owner) ? 0 : GRACE_NS
    return deadlineNs(this.#memory, group, direction) + graceNs
  }
}
