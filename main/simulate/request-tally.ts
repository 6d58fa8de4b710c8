import { recordDelayed, recordRequest, type StatsMemory } from '#main/stats/stats-memory.ts'

// Done requests on their way into the statistics. A thousand devices' histograms are 40 MB: going to another device's
// with every request means a miss in every cache for it. So requests are collected and entered device by device, a batch
// at a time; whoever reads the statistics calls `enter` first.

const BATCH = 16_384
const NUMBERS = 3
const NONE = -1

export class RequestTally {
  readonly #stats: StatsMemory
  /** Bytes, wait and service time of each request in the batch. */
  readonly #numbers = new Float64Array(BATCH * NUMBERS)
  /** The previous request of the same flow in the batch, or NONE. */
  readonly #previous = new Int32Array(BATCH)
  /** Per flow (device * 2 + direction): its latest request in the batch, or NONE. */
  readonly #latest: Int32Array
  /** Per flow: requests that began to wait since the last `enter`. */
  readonly #delayed: Int32Array
  #count = 0

  constructor(stats: StatsMemory) {
    this.#stats = stats
    this.#latest = new Int32Array(stats.deviceCount * 2).fill(NONE)
    this.#delayed = new Int32Array(stats.deviceCount * 2)
  }

  addDelayed(flow: number): void {
    this.#delayed[flow] = (this.#delayed[flow] as number) + 1
  }

  add(flow: number, bytes: number, waitNs: number, serviceNs: number): void {
    if (this.#count === BATCH) this.enter()
    const index = this.#count++
    const at = index * NUMBERS
    this.#numbers[at] = bytes
    this.#numbers[at + 1] = waitNs
    this.#numbers[at + 2] = serviceNs
    this.#previous[index] = this.#latest[flow] as number
    this.#latest[flow] = index
  }

  /** Brings the statistics up to date. */
  enter(): void {
    for (let flow = 0; flow < this.#latest.length; flow++) this.#enterFlow(flow)
    this.#count = 0
  }

  #enterFlow(flow: number): void {
    const device = flow >> 1
    const direction = (flow & 1) as 0 | 1 // flows are device * 2 + direction
    for (let index = this.#latest[flow] as number; index !== NONE; index = this.#previous[index] as number) {
      const at = index * NUMBERS
      const bytes = this.#numbers[at] as number
      const waitNs = this.#numbers[at + 1] as number
      recordRequest(this.#stats, device, direction, bytes, waitNs, this.#numbers[at + 2] as number)
    }
    this.#latest[flow] = NONE
    for (let delayed = this.#delayed[flow] as number; delayed > 0; delayed--)
      recordDelayed(this.#stats, device, direction)
    this.#delayed[flow] = 0
  }
}
