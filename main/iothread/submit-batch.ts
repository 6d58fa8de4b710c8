import { TakenRequest } from '#main/load/taken-request.ts'
import type { RequestBatch } from '#main/throttle/iothread-throttle.ts'

/** Enough to make the lock cheap, and little enough that others never wait long for it. */
export const BATCH_LIMIT = 32

/** Requests on their way into the throttle together, as columns. */
export class SubmitBatch implements RequestBatch {
  readonly directions = new Uint8Array(BATCH_LIMIT)
  readonly sizesBytes = new Float64Array(BATCH_LIMIT)
  readonly goes = new Uint8Array(BATCH_LIMIT)
  readonly offsets = new Float64Array(BATCH_LIMIT)
  readonly arrivalsNs = new Float64Array(BATCH_LIMIT)
  /** For streams to fill. */
  readonly taken = new TakenRequest()
  count = 0

  /** Puts `taken` into the batch. */
  addTaken(): void {
    const index = this.count
    this.directions[index] = this.taken.direction
    this.sizesBytes[index] = this.taken.bytes
    this.offsets[index] = this.taken.offset
    this.arrivalsNs[index] = this.taken.arrivalNs
    this.count = index + 1
  }
}
