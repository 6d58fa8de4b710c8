import type { DirectionIndex } from '#main/throttle/throttle-memory.ts'
import type { RequestTally } from './request-tally.ts'
import { BYTES, FINISH_NS, FLOW, SERVICE_NS, ServiceQueue, WAIT_NS } from './service-queue.ts'
import type { SimulatedDevice } from './simulated-device.ts'

/** A disk that serves one device alone, whose requests are no events: each is counted when it is done. */
export class LoneDisk {
  /** Requests done. */
  requests = 0
  readonly #device: SimulatedDevice
  readonly #tally: RequestTally
  /** In the order in which they went. */
  readonly #queue: ServiceQueue
  /** When all that was handed over is done. */
  #freeNs = 0

  constructor(device: SimulatedDevice, tally: RequestTally) {
    this.#device = device
    this.#tally = tally
    this.#queue = new ServiceQueue(device.stream.iodepth)
  }

  /** Requests with the disk. */
  get count(): number {
    return this.#queue.count
  }

  /** When the first of them is done; Infinity: there is none. */
  get nextNs(): number {
    const queue = this.#queue
    return queue.count === 0 ? Number.POSITIVE_INFINITY : queue.numbers[queue.at(0) + FINISH_NS]!
  }

  /** Takes a request that may go at `nowNs`. */
  serve(direction: DirectionIndex, bytes: number, arrivalNs: number, nowNs: number): void {
    const serviceNs = this.#device.nextServiceNs()
    this.#freeNs = (this.#freeNs > nowNs ? this.#freeNs : nowNs) + serviceNs
    const { numbers } = this.#queue
    const at = this.#queue.push()
    numbers[at + FLOW] = this.#device.slot * 2 + direction
    numbers[at + BYTES] = bytes
    numbers[at + WAIT_NS] = nowNs - arrivalNs
    numbers[at + SERVICE_NS] = serviceNs
    numbers[at + FINISH_NS] = this.#freeNs
  }

  /** The first of them is done. */
  finish(): void {
    const { numbers } = this.#queue
    const at = this.#queue.shift()
    this.#tally.add(numbers[at + FLOW]!, numbers[at + BYTES]!, numbers[at + WAIT_NS]!, numbers[at + SERVICE_NS]!)
    this.requests += 1
  }
}
