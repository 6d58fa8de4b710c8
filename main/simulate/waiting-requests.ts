import { lastGrantedCell, lastQueuedCell } from '#main/throttle/member-table.ts'
import type { DirectionIndex, ThrottleMemory } from '#main/throttle/throttle-memory.ts'

/** What the throttle does not keep of a waiting request, by its cell in `memory.waiting`. */
export class WaitingRequests {
  readonly arrivalsNs: Float64Array
  /** Only if somebody asks. */
  readonly #offsets: Float64Array | null
  readonly #memory: ThrottleMemory

  constructor(memory: ThrottleMemory, isAsked: boolean) {
    const cells = memory.waiting.length
    this.#memory = memory
    this.arrivalsNs = new Float64Array(cells)
    this.#offsets = isAsked ? new Float64Array(cells) : null
  }

  /** Of the request that joined the queue last. */
  keep(member: number, direction: DirectionIndex, arrivalNs: number, offset: number): void {
    const cell = lastQueuedCell(this.#memory, member, direction)
    this.arrivalsNs[cell] = arrivalNs
    if (this.#offsets !== null) this.#offsets[cell] = offset
  }

  /** Of the request that was granted last. */
  arrivalNs(member: number, direction: DirectionIndex): number {
    return this.arrivalsNs[lastGrantedCell(this.#memory, member, direction)]!
  }

  offset(member: number, direction: DirectionIndex): number {
    return this.#offsets === null ? 0 : this.#offsets[lastGrantedCell(this.#memory, member, direction)]!
  }
}
