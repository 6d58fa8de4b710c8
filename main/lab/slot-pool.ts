import { EngineError } from '#main/engine-error.ts'
import { assert } from '#shared/assert.ts'

/** Numbers 0 … count−1 of a shared table, the lowest free one first. */
export class SlotPool {
  readonly #count: number
  readonly #what: string
  readonly #taken = new Set<number>()

  /** `what` they are for, in the plural. */
  constructor(count: number, what: string) {
    this.#count = count
    this.#what = what
  }

  /** Throws EngineError if none is free: some may still belong to an iothread that does not answer. */
  take(): number {
    for (let slot = 0; slot < this.#count; slot += 1) {
      if (this.#taken.has(slot)) continue
      this.#taken.add(slot)
      return slot
    }
    const message = `there is no room for more than ${this.#count} ${this.#what}`
    throw new EngineError('too-many', message, 'Use fewer, or wait until every disk answers.')
  }

  free(slot: number): void {
    assert(this.#taken.delete(slot), 'a slot that is freed was taken')
  }
}
