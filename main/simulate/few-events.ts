// `EventQueue` for few ids: what is set stands in a row by time, the first at its end. Mostly few are set at once, and what
// is set last is due late: so it goes a few places up the row, which costs less than a heap, and nothing is looked through
// when one event follows the other, as when a timer lets a request go and its disk is done long before the next.

/** More ids than this are better off in a heap. */
export const FEW_IDS = 32

const NEVER_NS = Number.POSITIVE_INFINITY

export class FewEvents {
  /** Per id: when it is due; Infinity: it is not set. */
  readonly #dueNs: Float64Array
  /** The row, column by column. Its place 0 belongs to none, and is due never. */
  readonly #ids: Int32Array
  readonly #timesNs: Float64Array
  /** Places in use. */
  #count = 1
  /** Ids below it come before others due at the same ns. */
  readonly #others: number

  constructor(ids: number, others = 0) {
    this.#dueNs = new Float64Array(ids).fill(NEVER_NS)
    this.#ids = new Int32Array(ids + 1)
    this.#timesNs = new Float64Array(ids + 1).fill(NEVER_NS)
    this.#others = others
  }

  /** The time of the next event; Infinity if none is set. */
  nextNs(): number {
    return this.#timesNs[this.#count - 1]!
  }

  /** The next event, if one is set. */
  next(): number {
    return this.#ids[this.#count - 1]!
  }

  /** The next event, which is then no longer set. One is. */
  take(): number {
    this.#count -= 1
    const id = this.#ids[this.#count]!
    this.#dueNs[id] = NEVER_NS
    return id
  }

  /** Sets or moves `id` to `timeNs`, behind all events of its rank due at that time. */
  set(id: number, timeNs: number): void {
    if (this.#dueNs[id] !== NEVER_NS) this.#remove(id)
    this.#dueNs[id] = timeNs
    const ids = this.#ids
    const timesNs = this.#timesNs
    let place = this.#count
    this.#count += 1
    for (;;) {
      const earlierNs = timesNs[place - 1]!
      if (earlierNs > timeNs) break
      const earlier = ids[place - 1]!
      if (earlierNs === timeNs && id < this.#others && earlier >= this.#others) break
      timesNs[place] = earlierNs
      ids[place] = earlier
      place -= 1
    }
    timesNs[place] = timeNs
    ids[place] = id
  }

  /** When `id` is due; Infinity if it is not set. */
  timeNs(id: number): number {
    return this.#dueNs[id]!
  }

  /** What is set; what is due at one ns in the order in which it was. */
  ids(): readonly number[] {
    return [...this.#ids.subarray(1, this.#count)].reverse()
  }

  #remove(id: number): void {
    let place = 1
    while (this.#ids[place] !== id) place += 1
    this.#ids.copyWithin(place, place + 1, this.#count)
    this.#timesNs.copyWithin(place, place + 1, this.#count)
    this.#count -= 1
  }
}
