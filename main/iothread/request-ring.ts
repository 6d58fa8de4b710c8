import { assert } from '#shared/assert.ts'

// A ring of requests, first in, first out, as columns of numbers: nothing is allocated per request. A device has one for
// those that wait in each direction (`waiting-requests.ts`) and one for those that may go. Grows when it gets a deeper load,
// never otherwise.

export class RequestRing {
  /** Of the request that `shift` took last. */
  direction: 0 | 1 = 0
  offset = 0
  bytes = 0
  /** Ns: what the owner of the ring keeps with a request, its arrival or its wait. */
  ns = 0
  /** The columns that the throttle looks at. */
  directions = new Uint8Array(1)
  sizesBytes = new Uint32Array(1)
  #offsets = new Float64Array(1)
  #times = new Float64Array(1)
  #mask = 0
  #first = 0
  #length = 0

  get length(): number {
    return this.#length
  }

  /** Size of the request that `shift` would take. Only while `length` is above 0. */
  get nextBytes(): number {
    return this.sizesBytes[this.#first]!
  }

  /** Makes room for `count` requests, keeping those inside. */
  reserve(count: number): void {
    if (count <= this.#mask + 1) return
    const capacity = 2 ** Math.ceil(Math.log2(count))
    const length = this.#length
    const rows = Array.from({ length }, () => {
      this.shift()
      return [this.direction, this.offset, this.bytes, this.ns] as const
    })
    this.directions = new Uint8Array(capacity)
    this.#offsets = new Float64Array(capacity)
    this.sizesBytes = new Uint32Array(capacity)
    this.#times = new Float64Array(capacity)
    this.#mask = capacity - 1
    this.#first = 0
    for (const row of rows) this.push(...row)
  }

  push(direction: 0 | 1, offset: number, bytes: number, ns: number): void {
    assert(this.#length <= this.#mask, 'a ring has room for every request outstanding')
    const at = (this.#first + this.#length) & this.#mask
    this.directions[at] = direction
    this.#offsets[at] = offset
    this.sizesBytes[at] = bytes
    this.#times[at] = ns
    this.#length += 1
  }

  /** Takes the oldest request into the fields above. Only while `length` is above 0. */
  shift(): void {
    assert(this.#length > 0, 'a request that is taken is there')
    const at = this.#first
    this.direction = this.directions[at] === 0 ? 0 : 1
    this.offset = this.#offsets[at]!
    this.bytes = this.sizesBytes[at]!
    this.ns = this.#times[at]!
    this.#first = (at + 1) & this.#mask
    this.#length -= 1
  }

  /** Where in the columns the request lies that has `ahead` others before it. */
  rowOf(ahead: number): number {
    return (this.#first + ahead) & this.#mask
  }

  /** What makes a row out of a place that was counted on. */
  get mask(): number {
    return this.#mask
  }

  /** Moves all but the first `count` requests into `other`, which is empty and has room. */
  moveTail(count: number, other: RequestRing): void {
    for (let ahead = count; ahead < this.#length; ahead += 1) {
      const at = this.rowOf(ahead)
      other.push(this.directions[at] === 0 ? 0 : 1, this.#offsets[at]!, this.sizesBytes[at]!, this.#times[at]!)
    }
    this.#length = count
  }

  clear(): void {
    this.#first = 0
    this.#length = 0
  }
}
