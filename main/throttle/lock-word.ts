import { lockWordOf } from './group-table.ts'
import type { ThrottleMemory } from './throttle-memory.ts'

// The word of a group's lock, which is also a sequence count, so that a reader who may not lock (the sampler) can tell
// whether what it read is of one piece. Who takes the lock, and how, is main/iothread's business (futex-lock.ts).
//
//   31            8   7      6        0
//   ┌──────────────┬──────┬───────────┐
//   │ times held   │ cont │ owner + 1 │      0 in the low bits: free
//   └──────────────┴──────┴───────────┘

export const OWNER = 0x7f
export const CONTENDED = 0x80
export const ONE_HOLD = 0x100

/** For a reader without the lock: equal and `isFree` before and after reading means that nobody wrote meanwhile. */
export function holdSequence(memory: ThrottleMemory, group: number): number {
  return Atomics.load(memory.groupWords, lockWordOf(group))
}

export function isFree(sequence: number): boolean {
  return (sequence & OWNER) === 0
}
