import { memberUntaken } from '#main/throttle/member-table.ts'
import { BOTH_DIRECTIONS, type DirectionIndex } from '#main/throttle/throttle-memory.ts'
import { assert } from '#shared/assert.ts'
import type { IothreadThrottle } from './iothread-throttle.ts'
import { RequestRing } from './request-ring.ts'

// Where a throttled request waits: in a queue of reads and one of writes, for each device of the lab.
//
//   intercept ─throttled─▶ arrive ─▶ newest … oldest ─granted─▶ takeGranted ─▶ ready
//
// In shared memory the member's cells (`main/throttle/member-table.ts`) hold the size of each, which is all that the thread that
// grants it needs. The rest of it is here, where its own iothread alone reads and writes. First in, first out in both, so the
// one granted first there is the first here.
//
// `innermost` below is the device's member where the last level of its chain grants: its slot, unless it has several levels.

export class WaitingRequests {
  readonly #slot: number
  readonly #throttle: IothreadThrottle
  readonly #queues: readonly [RequestRing, RequestRing] = [new RequestRing(), new RequestRing()]

  constructor(slot: number, throttle: IothreadThrottle) {
    this.#slot = slot
    this.#throttle = throttle
  }

  get count(): number {
    return this.#queues[0].length + this.#queues[1].length
  }

  /** Makes room for `count` requests in each direction. */
  reserve(count: number): void {
    for (const queue of this.#queues) queue.reserve(count)
  }

  /** A request that is throttled goes to the end of its queue. */
  arrive(direction: DirectionIndex, offset: number, bytes: number, arrivalNs: number): void {
    this.#queues[direction].push(direction, offset, bytes, arrivalNs)
  }

  /** Moves what was granted to the end of `ready`, with how long it waited. Returns how many there were. */
  takeGranted(innermost: number, ready: RequestRing): number {
    let taken = 0
    for (const direction of BOTH_DIRECTIONS) {
      const { length } = this.#queues[direction]
      // Of several levels one may be on its way from one to the next, by another thread.
      const isCounted =
        innermost !== this.#slot || length === memberUntaken(this.#throttle.memory, this.#slot, direction)
      assert(isCounted, 'a device and its member count the same requests')
      if (length > 0) taken += this.takeGrantedOf(direction, innermost, ready)
    }
    return taken
  }

  /** No more than we know to wait: of a batch that is being placed, others may already have granted some. */
  takeGrantedOf(direction: DirectionIndex, innermost: number, ready: RequestRing): number {
    const queue = this.#queues[direction]
    const { length } = queue
    while (queue.length > 0) {
      const grantedNs = this.#throttle.takeGranted(innermost, direction)
      if (grantedNs === -1) break
      queue.shift()
      ready.push(direction, queue.offset, queue.bytes, grantedNs - queue.ns)
    }
    return length - queue.length
  }

  /** Throws away every request. The device is in no group, so whatever waited was granted. */
  discard(innermost: number): void {
    this.#throttle.dropGranted(innermost)
    for (const queue of this.#queues) queue.clear()
  }
}
