import type { ServiceTimes } from '#main/load/service-times.ts'
import { ARRIVAL_NS, BYTES, FLOW, GO_NS, OFFSET, RequestRing } from './request-ring.ts'

// The disks of one iothread: one request after the other, in the order in which the throttle let them go, as one
// iothread of the lab does sync I/O. A disk that takes no time serves at once, but not without end: after `LUMP`
// requests at one instant the iothread is busy for as long as that many would really take it, or a load that nothing
// limits would never let time go on.

/** What an iothread needs for a request even if the disk takes no time. */
const OVERHEAD_NS = 1000
const LUMP = 64

export class SimulatedDisk {
  /** The request under way while `isBusy`; `flow` is device * 2 + direction. */
  isBusy = false
  flow = 0
  bytes = 0
  offset = 0
  arrivalNs = 0
  goNs = 0
  serviceNs = 0
  readonly #queue: RequestRing
  #instantNs = -1
  #atInstant = 0

  constructor(depth: number) {
    this.#queue = new RequestRing(depth)
  }

  /** Whether a request that takes no time may be done at `nowNs` without taking the iothread up. */
  admitsAtOnce(nowNs: number): boolean {
    return !this.isBusy && !this.#isLump(nowNs)
  }

  push(flow: number, bytes: number, offset: number, arrivalNs: number, goNs: number): void {
    const { numbers } = this.#queue
    const at = this.#queue.push()
    numbers[at + FLOW] = flow
    numbers[at + BYTES] = bytes
    numbers[at + OFFSET] = offset
    numbers[at + ARRIVAL_NS] = arrivalNs
    numbers[at + GO_NS] = goNs
  }

  /** Takes up the first request of the queue, if there is one; `begin` must follow. */
  takeUp(): boolean {
    if (this.#queue.count === 0) return false
    const { numbers } = this.#queue
    const at = this.#queue.shift()
    this.isBusy = true
    this.flow = numbers[at + FLOW] as number
    this.bytes = numbers[at + BYTES] as number
    this.offset = numbers[at + OFFSET] as number
    this.arrivalNs = numbers[at + ARRIVAL_NS] as number
    this.goNs = numbers[at + GO_NS] as number
    return true
  }

  /** How long the request taken up keeps the iothread, on a disk that takes as long as `times` say. */
  begin(times: ServiceTimes | null, nowNs: number): number {
    this.serviceNs = times === null ? 0 : times.nextNs()
    return times === null && this.#isLump(nowNs) ? LUMP * OVERHEAD_NS : this.serviceNs
  }

  /** Counts a request that takes no time; true for every `LUMP`th at one instant, which pays for all. */
  #isLump(nowNs: number): boolean {
    if (this.#instantNs !== nowNs) this.#atInstant = 0
    this.#instantNs = nowNs
    this.#atInstant++
    if (this.#atInstant < LUMP) return false
    this.#atInstant = LUMP - 1 // the one that pays is counted when it is begun
    return true
  }
}
