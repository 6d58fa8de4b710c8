import type { RequestStream } from '#main/load/request-stream.ts'
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
  count = 0

  /** The request that the stream took last. */
  add(stream: RequestStream): void {
    const index = this.count
    this.directions[index] = stream.direction
    this.sizesBytes[index] = stream.bytes
    this.offsets[index] = stream.offset
    this.arrivalsNs[index] = stream.arrivalNs
    this.count = index + 1
  }
}
