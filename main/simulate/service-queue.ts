import { assert } from '#shared/assert.ts'

// Requests that a disk has still to serve, in the order in which they will be done: that in which the throttle let them go,
// unless the disk has several in flight. A request's numbers lie side by side in one array, so that it costs no allocation.

export const ARRIVAL_NS = 0
export const OFFSET = 1
export const BYTES = 2
/** When the throttle let it go. */
export const GO_NS = 3
/** Whose it is: device * 2 + direction. */
export const FLOW = 4
export const SERVICE_NS = 5
/** In place of the offset, where nobody is told of it: from its arrival until it went. */
export const WAIT_NS = 1
/** When it is done. */
export const FINISH_NS = 6
const NUMBERS = 8

export class ServiceQueue {
  /** A request's numbers, from the place that `push` and `shift` give. */
  readonly numbers: Float64Array
  readonly #capacity: number
  #head = 0
  #count = 0

  constructor(capacity: number) {
    this.#capacity = 1 << Math.ceil(Math.log2(Math.max(capacity, 1))) // what ** gives would be reckoned with as a double
    this.numbers = new Float64Array(this.#capacity * NUMBERS)
  }

  get count(): number {
    return this.#count
  }

  /** The place of a new last request, for the caller to fill. */
  push(): number {
    assert(this.#count < this.#capacity, 'the ring holds every request that can be outstanding')
    this.#count += 1
    return this.#place(this.#head + this.#count - 1)
  }

  /** The place of a new request, for the caller to fill: behind all that are done at `finishNs` or before. */
  insert(finishNs: number): number {
    let index = this.#count
    const last = this.push()
    if (index === 0 || this.numbers[this.at(index - 1) + FINISH_NS]! <= finishNs) return last
    for (let low = 0; low < index; ) {
      const middle = (low + index) >> 1
      if (this.numbers[this.at(middle) + FINISH_NS]! <= finishNs) low = middle + 1
      else index = middle
    }
    const at = this.at(index)
    this.#moveUp(at, last)
    return at
  }

  /** Takes the first request; its place keeps its numbers until the next `push` or `insert`. */
  shift(): number {
    assert(this.#count > 0, 'a request is there')
    const head = this.#head
    this.#count -= 1
    this.#head = (head + 1) & (this.#capacity - 1)
    return this.#place(head)
  }

  /** The place of the request `index` behind the first. */
  at(index: number): number {
    return this.#place(this.#head + index)
  }

  /** What stands from one place up to another moves on by one, and so makes room at the first. */
  #moveUp(from: number, to: number): void {
    const { numbers } = this
    if (from > to) {
      const end = numbers.length - NUMBERS
      numbers.copyWithin(NUMBERS, 0, to)
      numbers.copyWithin(0, end)
      numbers.copyWithin(from + NUMBERS, from, end)
    } else numbers.copyWithin(from + NUMBERS, from, to)
  }

  #place(index: number): number {
    return (index & (this.#capacity - 1)) * NUMBERS
  }
}
