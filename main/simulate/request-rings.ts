import { assert } from '#shared/assert.ts'

// Requests in the order in which they came: those that wait in the throttle, a ring per device and direction, or those
// that an iothread has still to serve. All rings lie in one array, a request's numbers side by side, so that a request
// costs no allocation and the rings of a thousand devices stay in the processor's cache.

/** What is known of a request in the throttle's queue, which itself knows the size; the offset only if somebody asks… */
export const ARRIVAL_NS = 0
export const OFFSET = 1
/** …and in a disk's: when the throttle let it go, and whose it is: device * 2 + direction. */
export const BYTES = 2
export const GO_NS = 3
export const FLOW = 4
export const SERVED_NUMBERS = 5

export class RequestRings {
  /** A request's numbers, from the place that `push` and `shift` give. */
  readonly numbers: Float64Array
  readonly #capacity: number
  readonly #stride: number
  readonly #head: Int32Array
  readonly #count: Int32Array

  constructor(rings: number, capacity: number, stride: number) {
    this.#stride = stride
    this.#capacity = 2 ** Math.ceil(Math.log2(Math.max(capacity, 1)))
    this.numbers = new Float64Array(rings * this.#capacity * stride)
    this.#head = new Int32Array(rings)
    this.#count = new Int32Array(rings)
  }

  count(ring: number): number {
    return this.#count[ring] as number
  }

  /** The place of a new last request, for the caller to fill. */
  push(ring: number): number {
    const count = this.#count[ring] as number
    assert(count < this.#capacity, 'the ring holds every request that can be outstanding')
    this.#count[ring] = count + 1
    return this.#place(ring, (this.#head[ring] as number) + count)
  }

  /** Takes the first request; its place keeps its numbers until the next `push`. */
  shift(ring: number): number {
    const count = this.#count[ring] as number
    assert(count > 0, 'a request is there')
    const head = this.#head[ring] as number
    this.#count[ring] = count - 1
    this.#head[ring] = (head + 1) & (this.#capacity - 1)
    return this.#place(ring, head)
  }

  #place(ring: number, index: number): number {
    return (ring * this.#capacity + (index & (this.#capacity - 1))) * this.#stride
  }
}
