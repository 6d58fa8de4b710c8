import type { DiskClock } from '#main/device/disk-port.ts'
import { FROZEN_NS, type LabMemory, ORIGIN_NS } from './lab-memory.ts'
import { MonotonicTime } from './monotonic-time.ts'

// The source's clock as an iothread sees it: monotonic time since the run began, pauses left out.

/** `Atomics.wait` returns this much late on a quiet machine; the rest is spun. */
const OVERSHOOT_NS = 60_000

export class IothreadClock implements DiskClock {
  readonly #time: MonotonicTime
  readonly #numbers: Float64Array
  readonly #never = new Int32Array(new SharedArrayBuffer(4))
  #isFrozen = true

  constructor(memory: LabMemory, epoch: bigint) {
    this.#time = new MonotonicTime(epoch)
    this.#numbers = memory.clockNumbers
  }

  nowNs(): number {
    return this.#isFrozen ? this.#numbers[FROZEN_NS]! : this.#time.nowNs() - this.#numbers[ORIGIN_NS]!
  }

  freeze(): void {
    this.#isFrozen = true
  }

  thaw(): void {
    this.#isFrozen = false
  }

  /**
   * For a disk that takes its time: sleeps for most of it, spins for the end. Nobody wakes it early. How long that is it
   * reckons once: a reset sets the source's clock back while it sleeps.
   */
  sleepUntilNs(untilNs: number): void {
    const endNs = this.#time.nowNs() + untilNs - this.nowNs()
    for (;;) {
      const remainingNs = endNs - this.#time.nowNs()
      if (remainingNs <= 0) return
      if (remainingNs > OVERSHOOT_NS) Atomics.wait(this.#never, 0, 0, (remainingNs - OVERSHOOT_NS) / 1e6)
    }
  }
}
