import { armedOf, deadlineNs } from './group-table.ts'
import { isBusy, wakeSequence } from './iothread-table.ts'
import { memberIothread } from './member-table.ts'
import { BOTH_DIRECTIONS, type DirectionIndex, type ThrottleMemory } from './throttle-memory.ts'

/** How long after its deadline another iothread leaves a timer to its owner: a wake-up's delay, twice. */
export const GRACE_NS = 150_000
const NEVER_NS = Number.POSITIVE_INFINITY

/**
 * The timers that one iothread looks after: those of the groups in which it has members. Reads without locks; a timer
 * that is armed meanwhile bumps the wake word of its owner.
 */
export class DeadlineWatch {
  /** Groups in which the iothread has members. */
  groups: readonly number[] = []
  /** Whether the iothread did something since the nearest deadline was looked up. */
  isStale = true
  readonly #memory: ThrottleMemory
  readonly #iothread: number
  /** Members of the iothread per group. */
  readonly #membersIn: Int32Array
  /** The nearest deadline as of wake sequence `#scannedAt`. */
  #nearestNs = NEVER_NS
  #scannedAt = -1

  constructor(memory: ThrottleMemory, iothread: number) {
    this.#memory = memory
    this.#iothread = iothread
    this.#membersIn = new Int32Array(memory.size.groups)
  }

  /** When the iothread should look again if nobody wakes it before; Infinity if never. */
  nextNs(): number {
    const sequence = wakeSequence(this.#memory, this.#iothread)
    if (this.isStale || sequence !== this.#scannedAt) {
      this.isStale = false
      this.#scannedAt = sequence // read before the deadlines: what is armed meanwhile bumps it again
      this.#nearestNs = this.#scan()
    }
    return this.#nearestNs
  }

  isDue(group: number, nowNs: number): boolean {
    for (const direction of BOTH_DIRECTIONS) {
      if (armedOf(this.#memory, group, direction) === -1) continue
      if (deadlineNs(this.#memory, group, direction) <= nowNs) return true
    }
    return false
  }

  /** A member of the iothread joined the group, or left it. */
  countMember(group: number, change: 1 | -1): void {
    const members = (this.#membersIn[group] as number) + change // within the table
    this.#membersIn[group] = members
    const others = this.groups.filter((other) => other !== group)
    this.groups = members > 0 ? [...others, group] : others
    this.isStale = true
  }

  #scan(): number {
    let nearestNs = NEVER_NS
    for (const group of this.groups) {
      for (const direction of BOTH_DIRECTIONS) nearestNs = Math.min(nearestNs, this.#watchedNs(group, direction))
    }
    return nearestNs
  }

  #watchedNs(group: number, direction: DirectionIndex): number {
    const armed = armedOf(this.#memory, group, direction)
    if (armed === -1) return NEVER_NS
    const owner = memberIothread(this.#memory, armed)
    const graceNs = owner === this.#iothread || isBusy(this.#memory, owner) ? 0 : GRACE_NS
    return deadlineNs(this.#memory, group, direction) + graceNs
  }
}
