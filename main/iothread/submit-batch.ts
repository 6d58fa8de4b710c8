import { TakenRequest } from '#main/load/taken-request.ts'
import type { RequestBatch } from './arriving.ts'
import { RequestRing } from './request-ring.ts'

/** Enough to make the lock cheap, and little enough that others never wait long for it. */
export const BATCH_LIMIT = 32

/**
 * Requests on their way into the throttle together. They stand at the end of their device's ring of ready ones already,
 * since most go; the batch only says where.
 */
export class SubmitBatch implements RequestBatch {
  directions = new Uint8Array(0)
  sizesBytes = new Uint32Array(0)
  first = 0
  mask = 0
  count = 0
  readonly goes = new Uint8Array(BATCH_LIMIT)
  /** For streams to fill. */
  readonly taken = new TakenRequest()
  /** For those that do not go, or not at once. */
  readonly aside = new RequestRing()

  constructor() {
    this.aside.reserve(BATCH_LIMIT)
  }

  /** The requests that have `ahead` others before them in the ring. */
  beTailOf(ring: RequestRing, ahead: number): void {
    this.directions = ring.directions
    this.sizesBytes = ring.sizesBytes
    this.first = ring.rowOf(ahead)
    this.mask = ring.mask
    this.count = ring.length - ahead
  }
}
