// What an iothread does I/O on. A disk serves one request after the other and blocks its iothread meanwhile, as fio's
// psync does. When it cannot go on it throws an EngineError whose message is the reason people read on the card; it is
// then closed and not used again.

export interface DiskPort {
  /** Whether a transfer may block for long: other iothreads then look after this one's timers. */
  readonly mayBlock: boolean
  /** Moves `bytes` at `offset`: read for direction 0, write for 1. Returns when it is done. */
  transfer(direction: 0 | 1, offset: number, bytes: number): void
  /** Looks whether what backs the disk is still there; throws if not. Cheap enough for twice a second. */
  check(): void
  close(): void
}

/** Time as a disk without hardware needs it. */
export interface DiskClock {
  nowNs(): number
  /** Blocks until then, to within microseconds. */
  sleepUntilNs(untilNs: number): void
}
