import { assert } from '#shared/assert.ts'

// What is to happen, by time: a binary heap of event ids over typed arrays, so that setting one allocates nothing.
// Every id (a timer, a device's next arrival, an iothread's disk) is due at most once; setting it again moves it.
// Events due at the same ns come in the order in which they were set, as timers do in QEMU.

const NOT_SET = -1

export class EventQueue {
  /** Ids in heap order; `#count` of them count. */
  readonly #heap: Int32Array
  /** Per id: its place in the heap, or NOT_SET. */
  readonly #place: Int32Array
  /** Per id: ns. */
  readonly #timeNs: Float64Array
  /** Per id: when it was set, counted. A double counts to 2^53. */
  readonly #order: Float64Array
  #count = 0
  #orders = 0

  constructor(ids: number) {
    this.#heap = new Int32Array(ids)
    this.#place = new Int32Array(ids).fill(NOT_SET)
    this.#timeNs = new Float64Array(ids)
    this.#order = new Float64Array(ids)
  }

  /** The time of the next event; Infinity if none is set. */
  nextNs(): number {
    return this.#count === 0 ? Number.POSITIVE_INFINITY : (this.#timeNs[this.#heap[0] as number] as number)
  }

  /** The next event, which is then no longer set. */
  take(): number {
    assert(this.#count > 0, 'an event is set')
    const id = this.#heap[0] as number
    this.#removeAt(0)
    return id
  }

  /** Sets or moves `id` to `timeNs`, behind all events due at that time. */
  set(id: number, timeNs: number): void {
    if (this.#place[id] !== NOT_SET) this.#removeAt(this.#place[id] as number)
    this.#timeNs[id] = timeNs
    this.#order[id] = this.#orders++
    this.#siftUp(this.#count++, id)
  }

  clear(id: number): void {
    const place = this.#place[id] as number
    if (place !== NOT_SET) this.#removeAt(place)
  }

  isSet(id: number): boolean {
    return this.#place[id] !== NOT_SET
  }

  #removeAt(place: number): void {
    const heap = this.#heap
    this.#place[heap[place] as number] = NOT_SET
    const last = heap[--this.#count] as number
    if (place === this.#count) return
    this.#siftDown(place, last)
    if (heap[place] === last) this.#siftUp(place, last)
  }

  #isBefore(a: number, b: number): boolean {
    const aNs = this.#timeNs[a] as number
    const bNs = this.#timeNs[b] as number
    return aNs < bNs || (aNs === bNs && (this.#order[a] as number) < (this.#order[b] as number))
  }

  #siftUp(from: number, id: number): void {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      const above = this.#heap[parent] as number
      if (!this.#isBefore(id, above)) break
      this.#put(place, above)
      place = parent
    }
    this.#put(place, id)
  }

  #siftDown(from: number, id: number): void {
    let place = from
    while (true) {
      const left = 2 * place + 1
      if (left >= this.#count) break
      const right = left + 1
      const leftId = this.#heap[left] as number
      const rightId = right < this.#count ? (this.#heap[right] as number) : leftId
      const rightFirst = right < this.#count && this.#isBefore(rightId, leftId)
      const child = rightFirst ? rightId : leftId
      if (!this.#isBefore(child, id)) break
      this.#put(place, child)
      place = rightFirst ? right : left
    }
    this.#put(place, id)
  }

  #put(place: number, id: number): void {
    this.#heap[place] = id
    this.#place[id] = place
  }
}
