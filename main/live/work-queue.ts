/** One piece of work at a time, in the order asked for, whatever becomes of those before. */
export class WorkQueue {
  #last: Promise<unknown> = Promise.resolve()

  run<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#last.then(work)
    this.#last = result.then(
      () => undefined,
      () => undefined,
    )
    return result
  }

  /** Resolves when all that was asked for so far is over. */
  async idle(): Promise<void> {
    await this.#last
  }
}
