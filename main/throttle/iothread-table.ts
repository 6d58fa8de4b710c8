import type { ThrottleMemory } from './throttle-memory.ts'

// The words of an iothread: how others wake it, and whether it lives. All are read and written by Atomics, no lock.

/** 64 bytes: every iothread sleeps on a cache line of its own. */
export const IOTHREAD_WORDS = 16
const IOTHREAD_SHIFT = 4
const WAKE = 0 // sequence, wraps: bumped by whoever has something for this iothread; it sleeps on this word
const SLEEPING = 1 // 1 while it sleeps or is about to. Writer: the iothread. Spares the waker a system call
const LIFE = 2 // 0 absent, 1 running, 2 dead. Writer: the iothread (1), the engine when the thread ended (0, 2)
const BUSY = 3 // 1 while it blocks in disk I/O, when others should fire its timers at once. Writer: the iothread

const ABSENT = 0
const RUNNING = 1
const DEAD = 2

/** Where the iothread's wake word is in `memory.iothreadWords`, for `Atomics.wait`. */
export function wakeWordOf(iothread: number): number {
  return (iothread << IOTHREAD_SHIFT) + WAKE
}

export function wakeSequence(memory: ThrottleMemory, iothread: number): number {
  return Atomics.load(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + WAKE)
}

/**
 * Makes the iothread look again. If it is awake, its next sleep on the sequence it has read returns at once. That is
 * why it must read the sequence BEFORE it looks for work: what arrives in between is then never slept through.
 */
export function wakeIothread(memory: ThrottleMemory, iothread: number): void {
  const at = (iothread << IOTHREAD_SHIFT) + WAKE
  Atomics.add(memory.iothreadWords, at, 1)
  // Bump, then look; the sleeper sets SLEEPING, then compares. One of the two sees the other.
  if (Atomics.load(memory.iothreadWords, at - WAKE + SLEEPING) === 1) Atomics.notify(memory.iothreadWords, at)
}

export function markSleeping(memory: ThrottleMemory, iothread: number): void {
  Atomics.store(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + SLEEPING, 1)
}

export function markAwake(memory: ThrottleMemory, iothread: number): void {
  Atomics.store(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + SLEEPING, 0)
}

/** Around blocking disk I/O. */
export function markBusy(memory: ThrottleMemory, iothread: number): void {
  Atomics.store(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + BUSY, 1)
}

export function markIdle(memory: ThrottleMemory, iothread: number): void {
  Atomics.store(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + BUSY, 0)
}

export function isBusy(memory: ThrottleMemory, iothread: number): boolean {
  return Atomics.load(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + BUSY) === 1
}

export function markRunning(memory: ThrottleMemory, iothread: number): void {
  Atomics.store(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + LIFE, RUNNING)
}

/** The thread ended without saying goodbye: whoever waits for a lock it held may take the lock over. */
export function markDead(memory: ThrottleMemory, iothread: number): void {
  Atomics.store(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + LIFE, DEAD)
}

export function markAbsent(memory: ThrottleMemory, iothread: number): void {
  Atomics.store(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + LIFE, ABSENT)
}

export function isDead(memory: ThrottleMemory, iothread: number): boolean {
  return Atomics.load(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + LIFE) === DEAD
}
