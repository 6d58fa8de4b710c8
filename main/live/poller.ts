/** Does a piece of work once a period, counted from begin to begin, never twice at a time. */
export class Poller {
  readonly #periodMs: number
  readonly #work: () => Promise<'again' | 'enough'>
  #timer: NodeJS.Timeout | null = null

  constructor(periodMs: number, work: () => Promise<'again' | 'enough'>) {
    this.#periodMs = periodMs
    this.#work = work
  }

  /** The next time is in `delayMs`, whatever was planned. */
  start(delayMs: number): void {
    this.stop()
    this.#timer = setTimeout(() => void this.#run(), delayMs)
  }

  stop(): void {
    if (this.#timer) clearTimeout(this.#timer)
    this.#timer = null
  }

  async #run(): Promise<void> {
    this.#timer = null
    const begunMs = performance.now()
    const next = await this.#work()
    // Somebody may have started it again meanwhile.
    if (next === 'enough' || this.#timer !== null) return
    this.start(Math.max(0, this.#periodMs - (performance.now() - begunMs)))
  }
}
