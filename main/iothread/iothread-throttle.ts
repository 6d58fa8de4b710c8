import { isHalfEmpty, type RequestColumns } from '#main/throttle/bucket.ts'
import { reconfigureGroup } from '#main/throttle/configure-group.ts'
import { drainAndLeave } from '#main/throttle/drain.ts'
import { isUnlimited } from '#main/throttle/group-table.ts'
import {
  hasGranted,
  memberGroup,
  memberIothread,
  publishGranted,
  setMemberIothread,
  takeGranted,
} from '#main/throttle/member-table.ts'
import { joinGroup } from '#main/throttle/membership.ts'
import {
  accountQuiet,
  accountQuietOne,
  intercept,
  isQuiet,
  type Throttle,
  type ThrottleListener,
} from '#main/throttle/throttle-group.ts'
import { BOTH_DIRECTIONS, type DirectionIndex } from '#main/throttle/throttle-memory.ts'
import { assert } from '#shared/assert.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { MAX_IOTHREADS } from '#shared/workspace/workspace.ts'
import type { RequestBatch } from './arriving.ts'
import { arriveGranted, keepPassed } from './chain-memory.ts'
import { DeadlineWatch } from './deadline-watch.ts'
import { fireDueOf } from './fire-due.ts'
import { acquireGroup, releaseGroup } from './futex-lock.ts'
import type { IothreadMemory } from './iothread-memory.ts'
import { repairGroup } from './repair-group.ts'
import { WakeList } from './wake-list.ts'

// The throttle as ONE iothread sees it: the algorithm of throttle-group.ts under the group's lock, over shared memory,
// with deadlines instead of timers. How the iothread's loop uses it, every time round:
//
//   throttle.fireDue(clock.nowNs())                   // cheap when nothing is due
//   const seen = wakeSequence(memory, iothread)       // BEFORE looking for work, or a wake-up is slept through
//   …take messages: configure / join / leave / drain here, never while a request is half done…
//   throttle.hasGranted = false
//   for each device and direction:
//     while ((grantedNs = throttle.takeGranted(member, direction)) !== -1)
//       execute the oldest of that device's own throttled requests       // wait = grantedNs − when it was submitted
//   for each request the load asks for:
//     throttle.intercept(member, direction, bytes, nowNs) ? execute it : put it at the end of the device's own queue
//   nothing to do? not throttle.hasGranted? sleep until throttle.nextDeadlineNs(), or until the wake word differs from `seen`
//       (markSleeping; Atomics.wait(memory.iothreadWords, wakeWordOf(iothread), seen, ms); markAwake)
//
// Around disk I/O that may block: markBusy / markIdle, so that others fire this iothread's timers without delay.
// A device in no group (`memberGroup` −1) is not intercepted at all.
//
// WHO FIRES. The iothread whose member's timer runs is woken when it is armed, and sleeps until its deadline. Any other
// iothread with requests waiting behind that timer looks too, a little later (`GRACE_NS`), in case the owner is held up.

export class IothreadThrottle {
  readonly memory: IothreadMemory
  readonly iothread: number
  /** Set when a request of this iothread's own is granted; its loop clears it before it looks at its devices. */
  hasGranted = false
  /**
   * Set when limits bind, or nearly so, where a request arrives: then it matters whose turn it is. Whoever wants to know clears
   * it before. Seen while the lock is held: a look without it would fetch the group's cache lines from another core once more.
   */
  isContended = false
  readonly #throttle: Throttle & { readonly memory: IothreadMemory }
  readonly #wakes: WakeList
  /** Members of outer levels whose granted requests arrive at the next level once the lock is released. */
  readonly #toPass: number[] = []
  #isPassing = false
  readonly #deadlines: DeadlineWatch
  readonly #onLate: (lateNs: number) => void

  /** `onLate` hears by how much each timer fired after its deadline. */
  constructor(memory: IothreadMemory, iothread: number, onLate: (lateNs: number) => void = () => {}) {
    assert(iothread >= 0 && iothread < MAX_IOTHREADS, 'the iothread has words of its own')
    this.memory = memory
    this.iothread = iothread
    this.#onLate = onLate
    this.#wakes = new WakeList(memory)
    this.#deadlines = new DeadlineWatch(memory, iothread)
    this.#throttle = { memory, listener: this.#listener() }
  }

  /**
   * True: the request goes now and is accounted. False: it is throttled, `takeGranted` will say when it goes. It arrives
   * behind what was granted at `outer`, the level before, and is on its way.
   */
  intercept(member: number, direction: DirectionIndex, bytes: number, nowNs: number, outer = -1): boolean {
    const group = memberGroup(this.memory, member)
    const isBehind = outer !== -1 && hasGranted(this.memory, outer)
    if (!isBehind && isUnlimited(this.memory, group, direction)) return true
    this.#lock(group, nowNs)
    if (!isBehind && isQuiet(this.memory, group) && accountQuietOne(this.memory, group, direction, bytes, nowNs)) {
      this.#noteFullness(group)
      this.#unlock(group, nowNs)
      return true
    }
    this.isContended = true
    if (isBehind) arriveGranted(this.#throttle, outer, member, nowNs)
    const goes = intercept(this.#throttle, member, direction, bytes, nowNs)
    fireDueOf(this.#throttle, group, nowNs, this.#onLate)
    if (!goes) this.#deadlines.refresh(group) // the timer it waits behind may be another iothread's
    this.#unlock(group, nowNs)
    return goes
  }

  /** As many of the batch's first requests as go in a group in which nobody waits; the others have not arrived. */
  accountWhileQuiet(member: number, batch: RequestColumns, nowNs: number): number {
    const group = memberGroup(this.memory, member)
    if (isUnlimited(this.memory, group, 0) && isUnlimited(this.memory, group, 1)) return batch.count
    this.#lock(group, nowNs)
    const count = isQuiet(this.memory, group) ? accountQuiet(this.memory, group, batch, nowNs) : 0
    if (count < batch.count) this.isContended = true
    else this.#noteFullness(group)
    this.#unlock(group, nowNs)
    return count
  }

  /** Lets what was granted at an outer level arrive at the next: whoever granted it does, unless it died. */
  passGranted(member: number, nowNs: number): void {
    if (this.memory.nextLevels[member] === -1 || !hasGranted(this.memory, member)) return
    this.#toPass.push(member)
    this.#passAll(nowNs)
  }

  /**
   * Several requests of one member under one hold of the lock, as if one after the other: it saves most of what the
   * lock costs a device that submits many at once. How many of the first ones go; of those behind, `goes[i]` says what
   * `intercept` would have returned.
   */
  interceptBatch(member: number, batch: RequestBatch, nowNs: number): number {
    const { directions, sizesBytes, goes, mask, count } = batch
    const group = memberGroup(this.memory, member)
    if (isUnlimited(this.memory, group, 0) && isUnlimited(this.memory, group, 1)) return count
    this.#lock(group, nowNs)
    // While nobody waits, a request's fate hangs on the levels alone.
    const first = isQuiet(this.memory, group) ? accountQuiet(this.memory, group, batch, nowNs) : 0
    for (let index = first; index < count; index += 1) {
      const row = (batch.first + index) & mask
      const direction = directions[row] === 0 ? 0 : 1
      const isGoing = intercept(this.#throttle, member, direction, sizesBytes[row]!, nowNs)
      goes[index] = isGoing ? 1 : 0
    }
    if (first === count) this.#noteFullness(group)
    else {
      this.isContended = true
      fireDueOf(this.#throttle, group, nowNs, this.#onLate)
      this.#deadlines.refresh(group)
    }
    this.#unlock(group, nowNs)
    return first
  }

  /** When the member's oldest granted request was granted; -1 if none is. It is then taken: execute it. */
  takeGranted(member: number, direction: DirectionIndex): number {
    return takeGranted(this.memory, member, direction)
  }

  /** Forgets what was granted to the member. */
  dropGranted(member: number): void {
    for (const direction of BOTH_DIRECTIONS) {
      let grantedNs = 0
      while (grantedNs !== -1) grantedNs = this.takeGranted(member, direction)
    }
  }

  /** Fires every timer this iothread looks after whose deadline has passed. */
  fireDue(nowNs: number): void {
    if (nowNs < this.nextDeadlineNs()) return
    for (const group of this.#deadlines.groups) {
      if (!this.#deadlines.isDue(group, nowNs)) continue
      this.#lock(group, nowNs)
      fireDueOf(this.#throttle, group, nowNs, this.#onLate)
      this.#deadlines.refresh(group)
      this.#unlock(group, nowNs)
    }
  }

  /** When this iothread should look again if nobody wakes it before; Infinity if never. */
  nextDeadlineNs(): number {
    return this.#deadlines.nextNs()
  }

  configure(group: number, limits: Limits, nowNs: number): void {
    this.#locked(group, nowNs, () => {
      // New limits may have brought a deadline forward that others know.
      if (reconfigureGroup(this.#throttle, group, limits, nowNs)) this.#wakes.addEverybody()
    })
  }

  /** A level of a device that this iothread owns joins its group; `next` is the member of the level after it, or -1. */
  join(group: number, member: number, nowNs: number, next = -1): void {
    setMemberIothread(this.memory, member, this.iothread)
    this.memory.nextLevels[member] = next
    this.#locked(group, nowNs, () => joinGroup(this.memory, group, member))
    this.#deadlines.countMember(group, 1)
  }

  /** Drains the member, then takes it out: all its waiting requests are granted when this returns. */
  leave(member: number, nowNs: number): void {
    const group = memberGroup(this.memory, member)
    const own = memberIothread(this.memory, member) === this.iothread // else we release a dead iothread's device
    this.#locked(group, nowNs, () => drainAndLeave(this.#throttle, member, nowNs))
    if (own) this.#deadlines.countMember(group, -1)
  }

  /** Takes the group's lock once: if a dead iothread holds it, the group is repaired and free afterwards. */
  look(group: number, nowNs: number): void {
    this.#locked(group, nowNs, () => {})
  }

  #listener(): ThrottleListener {
    return {
      armed: (group, _direction, member) => {
        this.#deadlines.refresh(group)
        const owner = memberIothread(this.memory, member)
        if (owner !== this.iothread) this.#wakes.add(owner)
      },
      disarmed: (group) => this.#deadlines.refresh(group),
      granted: (member, direction, bytes) => {
        const isInner = this.memory.nextLevels[member] === -1
        if (!isInner) keepPassed(this.memory, member, direction, bytes)
        publishGranted(this.memory, member, direction)
        if (!isInner) {
          if (this.#toPass.at(-1) !== member) this.#toPass.push(member)
          return
        }
        const owner = memberIothread(this.memory, member)
        if (owner === this.iothread) this.hasGranted = true
        else this.#wakes.add(owner)
      },
    }
  }

  #noteFullness(group: number): void {
    if (!isHalfEmpty(this.memory, group)) this.isContended = true
  }

  #lock(group: number, nowNs: number): void {
    if (!acquireGroup(this.memory, group, this.iothread)) return
    repairGroup(this.#throttle, group, nowNs)
    // What the dead one had granted is published only now: everybody looks for themselves.
    this.hasGranted = true
    this.#wakes.addEverybody()
  }

  #unlock(group: number, nowNs: number): void {
    releaseGroup(this.memory, group)
    if (this.#toPass.length > 0) this.#passAll(nowNs)
    this.#wakes.wake()
  }

  #passAll(nowNs: number): void {
    if (this.#isPassing) return // the loop below finds what the next level grants, too
    this.#isPassing = true
    for (let member = this.#toPass.shift(); member !== undefined; member = this.#toPass.shift()) {
      const next = this.memory.nextLevels[member]! // it has a level after it
      const group = this.#lockGroupOf(next, nowNs)
      if (group === -1) continue // its owner takes it out of its groups, outermost first, and has let all of it arrive
      arriveGranted(this.#throttle, member, next, nowNs)
      fireDueOf(this.#throttle, group, nowNs, this.#onLate)
      this.#deadlines.refresh(group)
      this.#unlock(group, nowNs)
    }
    this.#isPassing = false
  }

  /** Locks the group that the member is in; -1, and nothing locked, if it is in none. */
  #lockGroupOf(member: number, nowNs: number): number {
    for (;;) {
      const group = memberGroup(this.memory, member)
      if (group === -1) return -1
      this.#lock(group, nowNs)
      if (memberGroup(this.memory, member) === group) return group
      this.#unlock(group, nowNs) // it went to another group meanwhile
    }
  }

  #locked(group: number, nowNs: number, change: () => void): void {
    assert(group !== -1, 'the member is in a group')
    this.#lock(group, nowNs)
    try {
      change()
      fireDueOf(this.#throttle, group, nowNs, this.#onLate)
    } finally {
      this.#unlock(group, nowNs)
    }
  }
}
