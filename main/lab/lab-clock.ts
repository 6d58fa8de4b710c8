import { FROZEN_NS, type LabMemory, ORIGIN_NS } from '#main/iothread/lab-memory.ts'
import { MonotonicTime } from '#main/iothread/monotonic-time.ts'

/** The run's clock: ns since it began, pauses left out. The engine's end; iothreads read the same words. */
export class LabClock {
  readonly #time: MonotonicTime
  readonly #numbers: Float64Array
  #isFrozen = true

  constructor(memory: LabMemory, epoch: bigint) {
    this.#time = new MonotonicTime(epoch)
    this.#numbers = memory.clockNumbers
  }

  nowNs(): number {
    return this.#isFrozen ? this.#numbers[FROZEN_NS]! : Math.max(0, this.#time.nowNs() - this.#numbers[ORIGIN_NS]!)
  }

  /** Lets time run on from where it stands. Before the iothreads are told to resume. */
  run(): void {
    this.#numbers[ORIGIN_NS] = this.#time.nowNs() - this.#numbers[FROZEN_NS]!
    this.#isFrozen = false
  }

  /** Stops time. After the iothreads have paused, so that none has seen a later time than it stands at. */
  freeze(): void {
    this.#numbers[FROZEN_NS] = this.nowNs()
    this.#isFrozen = true
  }

  /** Back to 0, while it is frozen. */
  rewind(): void {
    this.#numbers[FROZEN_NS] = 0
  }

  /** Ms on the machine's monotonic clock: for periods of the engine itself. */
  machineMs(): number {
    return this.#time.nowNs() / 1e6
  }
}
