/**
 * Calls back at fixed times, however long a call or anything else on the thread takes: a late tick does not push the next
 * one back, and ticks that were missed altogether are left out, not made up for.
 */
export class Ticker {
  readonly #tick: () => void
  readonly #nowMs: () => number
  #periodMs: number
  #timer: NodeJS.Timeout | null = null
  #nextMs = 0

  constructor(periodMs: number, nowMs: () => number, tick: () => void) {
    this.#periodMs = periodMs
    this.#nowMs = nowMs
    this.#tick = tick
  }

  setPeriod(periodMs: number): void {
    if (periodMs === this.#periodMs) return
    this.#periodMs = periodMs
    if (this.#timer !== null) this.start()
  }

  start(): void {
    this.stop()
    this.#nextMs = this.#nowMs() + this.#periodMs
    this.#arm()
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #arm(): void {
    this.#timer = setTimeout(
      () => {
        const lateMs = this.#nowMs() - this.#nextMs
        this.#nextMs += this.#periodMs * Math.max(1, Math.ceil(lateMs / this.#periodMs))
        this.#arm()
        this.#tick()
      },
      Math.max(0, this.#nextMs - this.#nowMs()),
    )
  }
}
