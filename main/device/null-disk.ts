import type { ServiceTimes } from '#main/load/service-times.ts'
import type { DiskClock, DiskPort } from './disk-port.ts'

/** No backing I/O: a request takes as long as the workspace says, or no time at all. */
export class NullDisk implements DiskPort {
  readonly mayBlock: boolean
  readonly #times: ServiceTimes | null
  readonly #clock: DiskClock

  constructor(times: ServiceTimes | null, clock: DiskClock) {
    this.#times = times
    this.#clock = clock
    this.mayBlock = times !== null
  }

  transfer(_direction: 0 | 1, _offset: number, _bytes: number): void {
    if (this.#times === null) return
    this.#clock.sleepUntilNs(this.#clock.nowNs() + this.#times.nextNs())
  }

  check(): void {}

  close(): void {}
}
