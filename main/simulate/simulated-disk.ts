import { assert } from '#shared/assert.ts'
import { ARRIVAL_NS, BYTES, FINISH_NS, FLOW, GO_NS, OFFSET, SERVICE_NS, ServiceQueue } from './service-queue.ts'

// The disks of one iothread: one request after the other, in the order in which the throttle let them go, as one
// iothread of the lab does sync I/O. A disk with depth begins with each at once, as the lab hands it to the kernel: its load
// keeps no more than its iodepth outstanding. Either way it is known when a request will be done as soon as it is handed
// over, and nothing need happen in between. Requests of loads that run freely (`FreeLoads`) stand in the same queue, but
// nobody is told of each: they are passed when somebody looks.

export class SimulatedDisk {
  /** Requests in the queue of which somebody is to be told when they are done. */
  told = 0
  /** When all of the queue is done, in ns. */
  freeNs = 0
  /** Whether it serves all that was handed over at once. */
  readonly isDeep: boolean
  readonly #queue: ServiceQueue

  /** `capacity`: the most requests that it ever has. */
  constructor(capacity: number, isDeep = false) {
    this.isDeep = isDeep
    this.#queue = new ServiceQueue(capacity)
  }

  get count(): number {
    return this.#queue.count
  }

  /** The numbers of the queue's requests, from the place that `first` and `shift` give. */
  get numbers(): Float64Array {
    return this.#queue.numbers
  }

  /** Hands over a request that takes `serviceNs`; its place. `flow` is device * 2 + direction. */
  push(flow: number, bytes: number, offset: number, arrivalNs: number, goNs: number, serviceNs: number): number {
    const finishNs = (this.isDeep || this.freeNs < goNs ? goNs : this.freeNs) + serviceNs
    if (finishNs > this.freeNs) this.freeNs = finishNs
    const { numbers } = this.#queue
    const at = this.isDeep ? this.#queue.insert(finishNs) : this.#queue.push()
    numbers[at + FLOW] = flow
    numbers[at + BYTES] = bytes
    numbers[at + OFFSET] = offset
    numbers[at + ARRIVAL_NS] = arrivalNs
    numbers[at + GO_NS] = goNs
    numbers[at + SERVICE_NS] = serviceNs
    numbers[at + FINISH_NS] = finishNs
    return at
  }

  /** The place of the first request. */
  first(): number {
    assert(this.#queue.count > 0, 'a request is in the queue')
    return this.#queue.at(0)
  }

  /** The place of the request `index` behind the first. */
  at(index: number): number {
    return this.#queue.at(index)
  }

  /** Takes the first request; its place keeps its numbers until the next `push`. */
  shift(): number {
    return this.#queue.shift()
  }
}
