import { MAX_DEVICES } from '#shared/workspace/workspace.ts'

// What each disk with depth owes, in shared memory: requests in flight, and a count that moves whenever one comes back. Its
// iothread goes on while a disk is silent, so that only this tells of it. Written without Atomics, by the device's iothread
// alone: the main process looks once a second.

/** 128 bytes each: devices of different iothreads never share a cache line, since these are written with every request. */
const DISK_WORDS = 32
const DISK_SHIFT = 5
const OWED = 0 // requests started that have not come back
const ANSWERS = 1 // wraps: has moved whenever something came back

export function createDiskWords(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(MAX_DEVICES * DISK_WORDS * 4))
}

export function noteOwed(words: Int32Array, slot: number, requests: number): void {
  words[(slot << DISK_SHIFT) + OWED] = requests
}

/** One has come back, `requests` are still in flight. */
export function noteAnswer(words: Int32Array, slot: number, requests: number): void {
  const at = slot << DISK_SHIFT
  words[at + OWED] = requests
  words[at + ANSWERS] = (words[at + ANSWERS]! + 1) | 0
}

export function owedBy(words: Int32Array, slot: number): number {
  return Atomics.load(words, (slot << DISK_SHIFT) + OWED)
}

export function answersOf(words: Int32Array, slot: number): number {
  return Atomics.load(words, (slot << DISK_SHIFT) + ANSWERS)
}
