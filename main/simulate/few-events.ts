// `EventQueue` for few ids of one rank: the next event is found by a look at all of them, which costs less than keeping up
// to two dozen in a heap. Where one event follows the other, as when a timer lets a request go and its disk is done long
// before the next, there is nothing to look through.

/** More ids than this are better off in a heap. */
export const FEW_IDS = 24

const NEVER_NS = Number.POSITIVE_INFINITY

export class FewEvents {
  /** Per id: when it is due; Infinity: it is not set. */
  readonly #dueNs: Float64Array
  /** Per id that is set: how many were set before it. */
  readonly #order: Float64Array
  #setSoFar = 0
  #count = 0
  /** The one that is due first, if one is set. */
  #first = 0

  constructor(ids: number) {
    this.#dueNs = new Float64Array(ids).fill(NEVER_NS)
    this.#order = new Float64Array(ids)
  }

  /** The time of the next event; Infinity if none is set. */
  nextNs(): number {
    return this.#dueNs[this.#first]!
  }

  /** The next event, which is then no longer set. One is. */
  take(): number {
    const id = this.#first
    this.#dueNs[id] = NEVER_NS
    this.#count -= 1
    if (this.#count > 0) this.#findFirst()
    return id
  }

  /** Sets or moves `id` to `timeNs`, behind all events due at that time. */
  set(id: number, timeNs: number): void {
    const dueNs = this.#dueNs
    const wasSet = dueNs[id] !== NEVER_NS
    dueNs[id] = timeNs
    this.#order[id] = this.#setSoFar
    this.#setSoFar += 1
    if (!wasSet) this.#count += 1
    if (wasSet && id === this.#first) this.#findFirst()
    else if (timeNs < dueNs[this.#first]!) this.#first = id
  }

  /** When `id` is due; Infinity if it is not set. */
  timeNs(id: number): number {
    return this.#dueNs[id]!
  }

  /** What is set, in the order in which it was. */
  ids(): readonly number[] {
    const ids = [...this.#dueNs.keys()].filter((id) => this.#dueNs[id] !== NEVER_NS)
    return ids.sort((a, b) => this.#order[a]! - this.#order[b]!)
  }

  #findFirst(): void {
    const dueNs = this.#dueNs
    const order = this.#order
    let first = 0
    let firstNs = dueNs[0]!
    for (let id = 1; id < dueNs.length; id += 1) {
      const ns = dueNs[id]!
      if (ns > firstNs || (ns === firstNs && order[id]! > order[first]!)) continue
      first = id
      firstNs = ns
    }
    this.#first = first
  }
}
