// Everything the throttle knows lives in ONE buffer, allocated once and never grown (create-memory.ts): a SharedArrayBuffer
// in the lab, a plain ArrayBuffer in the simulator. Slots are reused. Each table's offsets live in that table's file, next
// to named accessors; nobody else adds offsets.
//
// A `group` or `member` below is always the 0-based index of its slot; the throttle knows no names.

export interface ThrottleSize {
  readonly groups: number
  readonly members: number
  /** Cells of each ring of waiting requests, a power of two. */
  readonly iodepth: number
}

export interface ThrottleMemory {
  readonly buffer: ArrayBuffer | SharedArrayBuffer
  readonly size: ThrottleSize
  readonly groupWords: Int32Array
  readonly groupNumbers: Float64Array
  readonly memberWords: Int32Array
  readonly memberNumbers: Float64Array
  /**
   * Per member and direction a ring of `iodepth` cells, indexed by the member's QUEUED/GRANTED/TAKEN counters.
   * A cell between GRANTED and QUEUED holds the size in bytes of a waiting request (writer: its submitter);
   * one between TAKEN and GRANTED the time in ns at which it was granted (writer: the granter). Lock: the group's.
   */
  readonly waiting: Float64Array
}

/** The half of a group a request belongs to, as an index: the position in `DIRECTIONS`. */
export type DirectionIndex = 0 | 1
export const READ = 0
export const WRITE = 1
export const BOTH_DIRECTIONS: readonly DirectionIndex[] = [READ, WRITE]
