/** Pauses between tries: each twice the one before, until something succeeds. */
export class Backoff {
  readonly #firstMs: number
  readonly #longestMs: number
  #ms: number

  constructor(firstMs: number, longestMs: number) {
    this.#firstMs = firstMs
    this.#longestMs = longestMs
    this.#ms = firstMs
  }

  /** How long to wait now. */
  next(): number {
    const ms = this.#ms
    this.#ms = Math.min(this.#longestMs, ms * 2)
    return ms
  }

  reset(): void {
    this.#ms = this.#firstMs
  }
}
