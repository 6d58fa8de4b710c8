import type { RequestColumns } from '#main/throttle/bucket.ts'
import type { DirectionIndex } from '#main/throttle/throttle-memory.ts'

/** Requests of one member. */
export interface RequestBatch extends RequestColumns {
  /** By their place in the batch. Filled by `interceptBatch` from where it says: 1 goes, 0 is throttled. */
  readonly goes: Uint8Array
}

/** A request on its way through the levels of its device. */
export interface Arriving {
  readonly level: number
  readonly direction: DirectionIndex
  readonly bytes: number
}
