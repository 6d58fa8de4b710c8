import { assert } from '#shared/assert.ts'

// What is to happen, by time: a binary heap of event ids over typed arrays, so that setting one allocates nothing.
// Every id (a timer, a device's next arrival, an iothread's disk) is due at most once; setting it again moves it.
// Events due at the same ns come by rank, and within a rank in the order in which they were set, as timers do in QEMU.
//
// Most events set the next one when they happen. So the root stays vacant after `take`, and the next `set` moves in there:
// one sift instead of two.

const NOT_SET = -1
/** A rank's share of the order numbers: more events than any run has. */
const RANK = 2 ** 50
const NEVER_NS = Number.POSITIVE_INFINITY

export class EventQueue {
  /** The heap, column by column: ids, when they are due, and their rank and turn among those due then. */
  readonly #id: Int32Array
  readonly #timeNs: Float64Array
  readonly #order: Float64Array
  /** Per id: its place in the heap, or NOT_SET. */
  readonly #place: Int32Array
  /** Per id: RANK times its rank. */
  readonly #rank: Float64Array
  /** Places in use, a vacant root included. */
  #count = 0
  #rootIsVacant = false
  #orders = 0

  /** `ranks`: where in the ids each further rank begins; ids below the first have rank 0, which comes first. */
  constructor(ids: number, ranks: readonly number[] = []) {
    this.#id = new Int32Array(ids + 1)
    this.#timeNs = new Float64Array(ids + 1)
    this.#order = new Float64Array(ids + 1)
    this.#place = new Int32Array(ids).fill(NOT_SET)
    this.#rank = Float64Array.from({ length: ids }, (_, id) => RANK * ranks.filter((begin) => begin <= id).length)
  }

  /** The time of the next event; Infinity if none is set. */
  nextNs(): number {
    if (this.#rootIsVacant) this.#fillRoot()
    return this.#count === 0 ? NEVER_NS : this.#timeNs[0]!
  }

  /** The next event, if one is set. */
  next(): number {
    if (this.#rootIsVacant) this.#fillRoot()
    return this.#id[0]!
  }

  /** The next event, which is then no longer set. */
  take(): number {
    if (this.#rootIsVacant) this.#fillRoot()
    assert(this.#count > 0, 'an event is set')
    const id = this.#id[0]!
    this.#place[id] = NOT_SET
    this.#rootIsVacant = true
    return id
  }

  /** Sets or moves `id` to `timeNs`, behind all events of its rank due at that time. */
  set(id: number, timeNs: number): void {
    const order = this.#rank[id]! + this.#orders
    this.#orders += 1
    if (this.#place[id] !== NOT_SET) this.clear(id)
    if (this.#rootIsVacant) {
      this.#rootIsVacant = false
      this.#siftDown(0, id, timeNs, order)
    } else {
      this.#count += 1
      this.#siftUp(this.#count - 1, id, timeNs, order)
    }
  }

  clear(id: number): void {
    if (this.#place[id] === NOT_SET) return
    if (this.#rootIsVacant) this.#fillRoot()
    const place = this.#place[id]!
    this.#place[id] = NOT_SET
    if (place === 0) this.#rootIsVacant = true
    else this.#moveLastTo(place)
  }

  /** When `id` is due; Infinity if it is not set. */
  timeNs(id: number): number {
    const place = this.#place[id]!
    return place === NOT_SET ? NEVER_NS : this.#timeNs[place]!
  }

  /** What is set; what is due at one ns in the order in which it was. */
  ids(): readonly number[] {
    if (this.#rootIsVacant) this.#fillRoot()
    const order = (id: number) => this.#order[this.#place[id]!]! - this.#rank[id]!
    return [...this.#id.subarray(0, this.#count)].sort((a, b) => order(a) - order(b))
  }

  #fillRoot(): void {
    this.#rootIsVacant = false
    this.#moveLastTo(0)
  }

  #moveLastTo(place: number): void {
    this.#count -= 1
    const last = this.#count
    if (place === last) return
    const id = this.#id[last]!
    const timeNs = this.#timeNs[last]!
    const order = this.#order[last]!
    if (place > 0 && this.#isBefore(timeNs, order, (place - 1) >> 1)) this.#siftUp(place, id, timeNs, order)
    else this.#siftDown(place, id, timeNs, order)
  }

  #siftUp(from: number, id: number, timeNs: number, order: number): void {
    let place = from
    while (place > 0) {
      const parent = (place - 1) >> 1
      if (!this.#isBefore(timeNs, order, parent)) break
      this.#copy(place, parent)
      place = parent
    }
    this.#put(place, id, timeNs, order)
  }

  #siftDown(from: number, id: number, timeNs: number, order: number): void {
    let place = from
    while (true) {
      const child = this.#firstChild(place)
      if (child === NOT_SET || this.#isBefore(timeNs, order, child)) break
      this.#copy(place, child)
      place = child
    }
    this.#put(place, id, timeNs, order)
  }

  /** The child of `place` that comes before the other, or NOT_SET. */
  #firstChild(place: number): number {
    const left = 2 * place + 1
    if (left >= this.#count) return NOT_SET
    const right = left + 1
    if (right >= this.#count) return left
    return this.#isBefore(this.#timeNs[right]!, this.#order[right]!, left) ? right : left
  }

  #isBefore(timeNs: number, order: number, place: number): boolean {
    const otherNs = this.#timeNs[place]!
    return timeNs < otherNs || (timeNs === otherNs && order < this.#order[place]!)
  }

  #copy(to: number, from: number): void {
    this.#put(to, this.#id[from]!, this.#timeNs[from]!, this.#order[from]!)
  }

  #put(place: number, id: number, timeNs: number, order: number): void {
    this.#id[place] = id
    this.#timeNs[place] = timeNs
    this.#order[place] = order
    this.#place[id] = place
  }
}
