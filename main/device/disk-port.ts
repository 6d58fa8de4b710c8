import type { EngineError } from '#main/engine-error.ts'

// What an iothread does I/O on. A `DiskPort` serves one request after the other and blocks its iothread meanwhile, as fio's
// psync does. When it cannot go on it throws an EngineError whose message is the reason people read on the card; it is
// then closed and not used again. A `DepthPort` has many in flight, and keeps that error.

export interface DiskPort {
  /** Whether a transfer may block for long: other iothreads then look after this one's timers. */
  readonly mayBlock: boolean
  /** Moves `bytes` at `offset`: read for direction 0, write for 1. Returns when it is done. */
  transfer(direction: 0 | 1, offset: number, bytes: number): void
  /** Looks whether what backs the disk is still there; throws if not. Cheap enough for twice a second. */
  check(): void
  close(): void
}

/** Who hears of a request that a disk with depth has done. */
export type DoneListener = (direction: 0 | 1, bytes: number, waitNs: number, serviceNs: number) => void

/** A disk that has several requests in flight: what is started comes back later, in any order. */
export interface DepthPort {
  /** Requests started that have not come back. */
  readonly inFlight: number
  /** Why the first request that failed did so; null: none has. */
  readonly error: EngineError | null
  onDone: DoneListener
  /** Whether one more request of that size may be started now. */
  hasRoomFor(bytes: number): boolean
  /** Starts moving `bytes` at `offset`. `waitNs` comes back with it, `startNs` is what its service time counts from. */
  start(direction: 0 | 1, offset: number, bytes: number, waitNs: number, startNs: number): void
  /** Returns when everything in flight has come back. */
  settle(): void
  check(): void
  /** Settles first. */
  close(): void
}

/** Time as a disk without hardware needs it. */
export interface DiskClock {
  nowNs(): number
  /** Blocks until then, to within microseconds. */
  sleepUntilNs(untilNs: number): void
}
