import type { DepthPort, DiskPort } from '#main/device/disk-port.ts'
import { EngineError } from '#main/engine-error.ts'
import type { RequestStream } from '#main/load/request-stream.ts'
import { recordDelayed, recordRequest } from '#main/stats/stats-memory.ts'
import { interceptChain, interceptChainBatch } from './chain-batch.ts'
import { DeviceDisk } from './device-disk.ts'
import { RequestRing } from './request-ring.ts'
import { BATCH_LIMIT } from './submit-batch.ts'
import type { Surroundings } from './surroundings.ts'
import { WaitingRequests } from './waiting-requests.ts'

// One device as its iothread serves it: from the load through the throttle to the disk.
//
//   stream ──take──▶ intercept ──goes──────────────▶ ready ──transfer──▶ counters
//                        └─throttled─▶ waiting ──granted──▶ ┘
//
// outstanding = waiting + ready + in flight ≤ iodepth. Only a disk with depth has requests in flight after a slice.

export class ServedDevice {
  readonly slot: number
  /** Why the disk gave up; requests that are still granted are dropped then. Written here alone. */
  failure: EngineError | null = null
  /** Its members in the throttle, one for each level of its chain; [] while it is not throttled. */
  #levels: readonly number[] = []
  readonly #around: Surroundings
  readonly #waiting: WaitingRequests
  readonly #ready = new RequestRing()
  #stream: RequestStream
  readonly #disk: DeviceDisk
  #outstanding = 0

  constructor(slot: number, disk: DiskPort | DepthPort | EngineError, stream: RequestStream, around: Surroundings) {
    this.slot = slot
    this.#around = around
    this.#waiting = new WaitingRequests(slot, around.throttle)
    this.#disk = new DeviceDisk(slot, around)
    if (disk instanceof EngineError) this.failure = disk
    else this.replaceDisk(disk)
    this.#stream = stream
    this.discard() // what was granted to the slot on an iothread that died is not ours to execute
    this.setStream(stream)
  }

  get levels(): readonly number[] {
    return this.#levels
  }

  /** Of the old chain it has left every group, so that all its requests are granted. */
  setLevels(levels: readonly number[]): void {
    this.#takeGranted()
    this.#levels = levels
  }

  /** Does what there is to do, for `sliceNs` at most. Returns the time afterwards; the same if there was nothing. */
  serve(nowNs: number, sliceNs: number): number {
    this.#takeGranted()
    const { port } = this.#disk
    if (port === null) return nowNs
    if ('start' in port) return this.#serveDeep(port, nowNs)
    this.#submit(nowNs)
    return this.#ready.length === 0 ? nowNs : this.#execute(port, sliceNs)
  }

  /** Whether it has requests that its disk had no room for. */
  get isHeldUp(): boolean {
    return this.#ready.length > 0
  }

  /** The disk, if it is one that has requests in flight. */
  get deepDisk(): DepthPort | null {
    return this.#disk.deep
  }

  /** When the device needs a slice by itself; Infinity: only when something is granted. */
  dueNs(nowNs: number): number {
    if (this.#ready.length > 0 && this.deepDisk === null) return nowNs
    if (this.failure !== null || this.#outstanding >= this.#stream.iodepth) return Number.POSITIVE_INFINITY
    return this.#stream.dueNs(nowNs)
  }

  /** Requests that are under way go on under the new load. */
  setStream(stream: RequestStream): void {
    this.#stream = stream
    for (const requests of [this.#waiting, this.#ready]) requests.reserve(stream.iodepth + this.#outstanding)
  }

  /** Throws away every request; what is in flight comes back first. The device is in no group, so whatever waited was granted. */
  discard(): void {
    this.settle()
    this.#waiting.discard(this.#innermost)
    this.#ready.clear()
    this.#outstanding = 0
  }

  /** Puts a disk in the place of the one that failed. */
  replaceDisk(disk: DiskPort | DepthPort): void {
    this.failure = null
    this.#disk.open(disk, (direction, bytes, waitNs, serviceNs) => {
      recordRequest(this.#around.stats, this.slot, direction, bytes, waitNs, serviceNs)
      this.#outstanding -= 1
    })
  }

  /** Finds out about a disk that has vanished without any request failing. */
  check(): void {
    try {
      this.#disk.check()
    } catch (error) {
      this.#giveUp(error)
    }
  }

  /** Waits until nothing is in flight. */
  settle(): void {
    this.#disk.settle()
  }

  close(): void {
    this.#disk.close()
  }

  /** Where what it may execute is granted. */
  get #innermost(): number {
    return this.#levels.at(-1) ?? this.slot
  }

  /** What was granted may go, unless the disk gave up: nothing else is ready then. */
  #takeGranted(): void {
    const taken = this.#waiting.takeGranted(this.#innermost, this.#ready)
    if (this.failure === null) return
    this.#outstanding -= taken
    this.#ready.clear()
  }

  #submit(nowNs: number): void {
    if (!this.#mayTake(nowNs)) return
    const stream = this.#stream
    this.#around.throttle.isContended = false
    if (this.#levels.length === 0) this.#submitFree(stream, nowNs)
    else if (this.#outstanding === stream.iodepth - 1) this.#submitOne(stream, nowNs)
    else this.#submitThrottled(stream, nowNs)
  }

  /** The last of its iodepth: a batch of one would cost more than it saves. */
  #submitOne(stream: RequestStream, nowNs: number): void {
    const { throttle, stats, batch } = this.#around
    stream.take(nowNs, batch.taken)
    this.#outstanding += 1
    const { direction, offset, bytes, arrivalNs } = batch.taken
    if (interceptChain(throttle, this.#levels, { level: 0, direction, bytes }, nowNs)) {
      // It goes, so whatever waited before it has been granted meanwhile, and comes first.
      this.#waiting.takeGrantedOf(direction, this.#innermost, this.#ready)
      this.#ready.push(direction, offset, bytes, nowNs - arrivalNs)
      return
    }
    this.#waiting.arrive(direction, offset, bytes, arrivalNs)
    recordDelayed(stats, this.slot, direction)
  }

  #submitFree(stream: RequestStream, nowNs: number): void {
    const { taken } = this.#around.batch
    do {
      stream.take(nowNs, taken)
      this.#outstanding += 1
      this.#ready.push(taken.direction, taken.offset, taken.bytes, nowNs - taken.arrivalNs)
    } while (this.#mayTake(nowNs))
  }

  #submitThrottled(stream: RequestStream, nowNs: number): void {
    const { throttle, batch } = this.#around
    const { taken } = batch
    const ready = this.#ready
    do {
      const ahead = ready.length
      do {
        stream.take(nowNs, taken)
        this.#outstanding += 1
        ready.push(taken.direction, taken.offset, taken.bytes, nowNs - taken.arrivalNs)
      } while (ready.length < ahead + BATCH_LIMIT && this.#mayTake(nowNs))
      batch.beTailOf(ready, ahead)
      const isChain = this.#levels.length > 1
      const first = isChain
        ? interceptChainBatch(throttle, this.#levels, batch, nowNs)
        : throttle.interceptBatch(this.#innermost, batch, nowNs)
      if (this.#waiting.count > 0) this.#place(ahead, 0, first, nowNs)
      else if (first < batch.count) this.#place(ahead, first, first, nowNs)
    } while (this.#mayTake(nowNs))
  }

  /**
   * Puts the batch's requests from `from` on where they belong; the batch stands in the ready ring behind `ahead` others.
   * Those before `first` go.
   */
  #place(ahead: number, from: number, first: number, nowNs: number): void {
    const { stats, batch } = this.#around
    const { aside, goes } = batch
    this.#ready.moveTail(ahead + from, aside)
    for (let index = from; index < batch.count; index += 1) {
      aside.shift()
      const { direction, offset, bytes, ns } = aside
      if (index < first || goes[index] === 1) {
        // It goes, so whatever waited before it has been granted meanwhile, and comes first.
        this.#waiting.takeGrantedOf(direction, this.#innermost, this.#ready)
        this.#ready.push(direction, offset, bytes, ns)
      } else {
        this.#waiting.arrive(direction, offset, bytes, nowNs - ns)
        recordDelayed(stats, this.slot, direction)
      }
    }
  }

  /** Starts all that may go now. The time does not move on: the kernel gets it after the round, from all devices together. */
  #serveDeep(disk: DepthPort, nowNs: number): number {
    try {
      if (disk.error !== null) throw disk.error
      this.#submit(nowNs)
      this.#disk.start(disk, this.#ready, nowNs)
      return nowNs
    } catch (error) {
      this.#giveUp(error)
      return Math.max(this.#around.clock.nowNs(), nowNs + 1)
    }
  }

  #execute(disk: DiskPort, sliceNs: number): number {
    if (!disk.mayBlock) return this.#executeSlice(disk, sliceNs)
    try {
      return this.#disk.whileBusy(() => this.#executeSlice(disk, sliceNs))
    } catch (error) {
      this.#giveUp(error)
      return this.#around.clock.nowNs()
    }
  }

  #executeSlice(disk: DiskPort, sliceNs: number): number {
    const { stats, clock } = this.#around
    const ready = this.#ready
    let nowNs = clock.nowNs()
    const endNs = nowNs + sliceNs
    do {
      ready.shift()
      disk.transfer(ready.direction, ready.offset, ready.bytes)
      const doneNs = clock.nowNs()
      recordRequest(stats, this.slot, ready.direction, ready.bytes, ready.ns, doneNs - nowNs)
      this.#outstanding -= 1
      nowNs = doneNs
    } while (nowNs < endNs && (ready.length > 0 || this.#goesOn(nowNs)))
    return nowNs
  }

  /**
   * Takes the load's next requests in the same slice, which saves the way round, unless others are held up by it: a timer
   * that is due, or members that share limits which bind.
   */
  #goesOn(nowNs: number): boolean {
    const { throttle } = this.#around
    if (!this.#mayTake(nowNs) || nowNs >= throttle.nextDeadlineNs()) return false
    if (throttle.isContended) return false
    this.#submit(nowNs)
    return this.#ready.length > 0
  }

  #mayTake(nowNs: number): boolean {
    return this.#outstanding < this.#stream.iodepth && this.#stream.dueNs(nowNs) <= nowNs
  }

  /** A disk that gives up takes its device out, nothing else. */
  #giveUp(error: unknown): void {
    if (!(error instanceof EngineError)) throw error
    this.close() // what is in flight comes back first
    this.failure = error
    this.#ready.clear()
    this.#outstanding = this.#waiting.count
  }
}
