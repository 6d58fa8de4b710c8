import { TakenRequest } from '#main/load/taken-request.ts'
import { bucketsAt, chargeBuckets, firstIopsAt, leakBuckets, longestWaitNs } from '#main/throttle/bucket-list.ts'
import { checkedAt, iopsSizeBytes, leakingAt, stampNs as stampOf } from '#main/throttle/group-table.ts'
import { memberGroup } from '#main/throttle/member-table.ts'
import { NEVER_NS, type Timers } from '#main/throttle/static-clock.ts'
import * as own from '#main/throttle/static-group-state.ts'
import { BOTH_DIRECTIONS, type DirectionIndex, READ, WRITE } from '#main/throttle/throttle-memory.ts'
import { BlockTime } from './block-time.ts'
import type { RequestTally } from './request-tally.ts'
import * as served from './service-queue.ts'
import type { SimulatedDevice } from './simulated-device.ts'
import type { StaticDisk, StaticUse } from './static-part.ts'

// A `StaticPart` that is one device, alone in its one group, with a disk that serves one request after the other, until the end of
// the run. There are no turns, and what can happen next is one of four things: two timers, the disk and the load. Whether
// the disk or the load comes first where both are due at one ns makes no difference.
//
// All of its state is in the variables of one function while time goes on. The same as methods over fields or arrays took
// 1.3 times as long, the way of `StaticPart`, for any number of groups and devices, takes 1.5 times.

// Of a request that the disk has still to serve, after the time when it is done. Not as in a `ServiceQueue`, which has more.
const AT_WAIT_NS = 1
const AT_BYTES = 2
const AT_SERVICE_NS = 3
const NUMBERS_SHIFT = 2

const QUEUED = own.FIRST_MEMBER_WORD + own.QUEUED
const GRANTED = own.FIRST_MEMBER_WORD + own.GRANTED
const WAITING = own.FIRST_MEMBER_WORD + own.WAITING
const MOST = own.FIRST_MEMBER_WORD + own.MOST

export class LoneDevice implements Timers {
  /** Requests done. */
  requests = 0
  /** By direction: when its timer fires; Infinity: it does not run, and nothing waits. */
  readonly #timersNs = Float64Array.of(NEVER_NS, NEVER_NS)
  /** Whose timer was set last: where both are due at one ns, the other fires first. */
  #setLast: DirectionIndex = WRITE
  /** When the load is due; Infinity: its iodepth is full. */
  loadNs = NEVER_NS
  #outstanding: number
  /** As of when the levels are. */
  #stampNs: number
  readonly #device: SimulatedDevice
  readonly #tally: RequestTally
  readonly #block = new BlockTime()
  readonly #taken = new TakenRequest()
  readonly #state: own.StaticGroupState
  readonly #leaking: Int32Array
  /** By direction: the buckets that a request waits for and is charged to. */
  readonly #checked: readonly [Int32Array, Int32Array]
  /** `iops-size`, Infinity for none. */
  readonly #operationBytes: number
  /** What the disk has still to serve: a ring, the numbers of a request side by side. */
  readonly #disk: Float64Array
  readonly #directions: Uint8Array
  #head = 0
  #tail = 0
  /** When the disk is done with all. */
  #freeNs: number

  /** With what waits in the throttle, and what `disk` has to serve. */
  constructor(device: SimulatedDevice, disk: StaticDisk, { memory, tally, arrivalsNs }: StaticUse) {
    const member = device.members[0]! // every device has one
    const group = memberGroup(memory, member)
    const { iodepth } = memory.size
    this.#device = device
    this.#tally = tally
    this.#outstanding = device.outstanding
    this.#stampNs = stampOf(memory, group)
    this.#state = {
      ...{ memory, group, members: [member], clock: { nowNs: new Float64Array(1), timers: this } },
      words: new Int32Array(own.FIRST_MEMBER_WORD + own.MEMBER_WORDS),
      numbers: new Float64Array(own.MEMBER_NUMBERS),
      waiting: new Float64Array(4 * iodepth),
    }
    own.readState(this.#state)
    own.readWaiting(this.#state, arrivalsNs)
    this.#leaking = bucketsAt(memory, group, leakingAt(group))
    const [reads, writes] = BOTH_DIRECTIONS.map((direction) => bucketsAt(memory, group, checkedAt(group, direction)))
    this.#checked = [reads!, writes!]
    this.#operationBytes = iopsSizeBytes(memory, group) || Number.POSITIVE_INFINITY
    this.#disk = new Float64Array(iodepth << NUMBERS_SHIFT)
    this.#directions = new Uint8Array(iodepth)
    this.#freeNs = disk.freeNs[0]!
    this.#takeQueue(disk)
  }

  endBlock(nowNs: number): number {
    const nextNs = this.goOn(nowNs)
    return Math.max(nextNs, nowNs + this.#block.next(this.requests))
  }

  /** Everything up to `untilNs`, included. The time of what comes next; Infinity: nothing does. */
  // biome-ignore lint/complexity/noExcessiveLinesPerFunction: what it keeps in variables cannot be shared by functions
  goOn(untilNs: number): number {
    const { words, numbers, waiting, memory, group } = this.#state
    const { stream, slot, fixedServiceNs } = this.#device
    const levels = memory.groupNumbers
    const leaking = this.#leaking
    const [readChecked, writeChecked] = this.#checked
    const iopsAt = firstIopsAt(group)
    const operationBytes = this.#operationBytes
    const taken = this.#taken
    const tally = this.#tally
    const disk = this.#disk
    const directions = this.#directions
    const depth = memory.size.iodepth
    const mask = (depth - 1) | 0
    let readTimerNs = this.#timersNs[READ]!
    let writeTimerNs = this.#timersNs[WRITE]!
    let setLast: number = this.#setLast
    let loadNs = this.loadNs
    let outstanding = this.#outstanding
    let stampNs = this.#stampNs
    let readsQueued = words[QUEUED]!
    let writesQueued = words[QUEUED + WRITE]!
    let readsGranted = words[GRANTED]!
    let writesGranted = words[GRANTED + WRITE]!
    let waits = words[WAITING]!
    let most = words[MOST]!
    let queuedNs = numbers[own.QUEUED_NS]!
    let changedNs = numbers[own.CHANGED_NS]!
    let throttledNs = numbers[own.THROTTLED_NS]!
    let sinceNs = numbers[own.SINCE_NS]!
    let head = this.#head
    let tail = this.#tail
    let freeNs = this.#freeNs
    let finishNs = head === tail ? NEVER_NS : disk[(head & mask) << NUMBERS_SHIFT]!
    let nowNs = 0
    for (;;) {
      const timerNs = readTimerNs < writeTimerNs ? readTimerNs : writeTimerNs
      const otherNs = finishNs < loadNs ? finishNs : loadNs
      nowNs = timerNs <= otherNs ? timerNs : otherNs
      if (nowNs > untilNs) break
      if (timerNs <= otherNs) {
        // A timer is due: requests of its direction go as long as they find room.
        const isRead = readTimerNs < writeTimerNs || (readTimerNs === writeTimerNs && setLast === WRITE)
        const checked = isRead ? readChecked : writeChecked
        let waitNs = 0
        let isLast = false
        while (waitNs === 0 && !isLast) {
          const granted = isRead ? readsGranted : writesGranted
          const cell = ((isRead ? 0 : depth) + (granted & mask)) << 1
          const bytes = waiting[cell]!
          if (isRead) readsGranted = (granted + 1) | 0
          else writesGranted = (granted + 1) | 0
          queuedNs += waits * (nowNs - changedNs)
          changedNs = nowNs
          waits -= 1
          if (waits === 0) {
            throttledNs += nowNs - sinceNs
            sinceNs = -1
          }
          chargeBuckets(levels, checked, iopsAt, bytes, bytes > operationBytes ? bytes / operationBytes : 1)
          // Handed to the disk here and below: once, in a loop that comes back for it, took 3 to 6 % longer.
          const serviceNs = fixedServiceNs === null ? this.#device.nextServiceNs() : fixedServiceNs
          freeNs = (freeNs > nowNs ? freeNs : nowNs) + serviceNs
          if (head === tail) finishNs = freeNs
          const at = (tail & mask) << NUMBERS_SHIFT
          disk[at] = freeNs
          disk[at | AT_WAIT_NS] = nowNs - waiting[cell | 1]!
          disk[at | AT_BYTES] = bytes
          disk[at | AT_SERVICE_NS] = serviceNs
          directions[tail & mask] = isRead ? READ : WRITE
          tail = (tail + 1) | 0
          isLast = isRead ? readsGranted === readsQueued : writesGranted === writesQueued
          if (!isLast && nowNs > stampNs) {
            leakBuckets(levels, leaking, nowNs - stampNs)
            stampNs = nowNs
          }
          waitNs = longestWaitNs(levels, checked)
        }
        if (isRead) readTimerNs = isLast ? NEVER_NS : nowNs + waitNs
        else writeTimerNs = isLast ? NEVER_NS : nowNs + waitNs
        if (!isLast) setLast = isRead ? READ : WRITE
        continue
      }
      if (finishNs <= loadNs) {
        const at = (head & mask) << NUMBERS_SHIFT
        tally.add(
          slot * 2 + directions[head & mask]!,
          disk[at | AT_BYTES]!,
          disk[at | AT_WAIT_NS]!,
          disk[at | AT_SERVICE_NS]!,
        )
        head = (head + 1) | 0
        finishNs = head === tail ? NEVER_NS : disk[(head & mask) << NUMBERS_SHIFT]!
        this.requests += 1
        outstanding -= 1
      }
      loadNs = NEVER_NS
      while (outstanding < stream.iodepth) {
        const dueNs = stream.dueNs(nowNs)
        if (dueNs > nowNs) {
          loadNs = dueNs
          break
        }
        stream.take(nowNs, taken)
        outstanding += 1
        const { direction, bytes } = taken
        const isRead = direction === READ
        if ((isRead ? readTimerNs : writeTimerNs) === NEVER_NS) {
          const checked = isRead ? readChecked : writeChecked
          if (nowNs > stampNs) {
            leakBuckets(levels, leaking, nowNs - stampNs)
            stampNs = nowNs
          }
          const waitNs = longestWaitNs(levels, checked)
          if (waitNs === 0) {
            chargeBuckets(levels, checked, iopsAt, bytes, bytes > operationBytes ? bytes / operationBytes : 1)
            const serviceNs = fixedServiceNs === null ? this.#device.nextServiceNs() : fixedServiceNs
            freeNs = (freeNs > nowNs ? freeNs : nowNs) + serviceNs
            if (head === tail) finishNs = freeNs
            const at = (tail & mask) << NUMBERS_SHIFT
            disk[at] = freeNs
            disk[at | AT_WAIT_NS] = nowNs - taken.arrivalNs
            disk[at | AT_BYTES] = bytes
            disk[at | AT_SERVICE_NS] = serviceNs
            directions[tail & mask] = direction
            tail = (tail + 1) | 0
            continue
          }
          if (isRead) readTimerNs = nowNs + waitNs
          else writeTimerNs = nowNs + waitNs
          setLast = direction
        }
        const queued = isRead ? readsQueued : writesQueued
        const cell = ((isRead ? 0 : depth) + (queued & mask)) << 1
        waiting[cell] = bytes
        waiting[cell | 1] = taken.arrivalNs
        if (isRead) readsQueued = (queued + 1) | 0
        else writesQueued = (queued + 1) | 0
        queuedNs += waits * (nowNs - changedNs)
        changedNs = nowNs
        if (waits === 0) sinceNs = nowNs
        waits += 1
        if (waits > most) most = waits
        tally.addDelayed(slot * 2 + direction)
      }
    }
    this.#timersNs[READ] = readTimerNs
    this.#timersNs[WRITE] = writeTimerNs
    this.#setLast = setLast === READ ? READ : WRITE
    this.loadNs = loadNs
    this.#outstanding = outstanding
    this.#stampNs = stampNs
    words[QUEUED] = readsQueued
    words[QUEUED + WRITE] = writesQueued
    words[GRANTED] = readsGranted
    words[GRANTED + WRITE] = writesGranted
    words[WAITING] = waits
    words[MOST] = most
    numbers[own.QUEUED_NS] = queuedNs
    numbers[own.CHANGED_NS] = changedNs
    numbers[own.THROTTLED_NS] = throttledNs
    numbers[own.SINCE_NS] = sinceNs
    this.#head = head
    this.#tail = tail
    this.#freeNs = freeNs
    return nowNs
  }

  timeNs(timer: number): number {
    return this.#timersNs[timer & 1]!
  }

  set(timer: number, timeNs: number): void {
    this.#timersNs[timer & 1] = timeNs
    this.#setLast = (timer & 1) as DirectionIndex // timers are group * 2 + direction
  }

  /** Brings the memory up to date, for whoever reads it, but for the requests that wait. */
  write(): void {
    const { words } = this.#state
    for (const direction of BOTH_DIRECTIONS) {
      words[own.PENDING + direction] = words[QUEUED + direction]! - words[GRANTED + direction]!
    }
    own.writeState(this.#state, this.#stampNs)
  }

  #takeQueue({ queue }: StaticDisk): void {
    for (; queue.count > 0; this.#tail += 1) {
      const at = queue.shift()
      const fields = [served.FINISH_NS, served.WAIT_NS, served.BYTES, served.SERVICE_NS]
      const numbers = fields.map((field) => queue.numbers[at + field]!)
      this.#disk.set(numbers, this.#tail << NUMBERS_SHIFT)
      this.#directions[this.#tail] = queue.numbers[at + served.FLOW]! & 1
    }
  }
}
