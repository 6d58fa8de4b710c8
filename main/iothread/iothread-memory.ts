import fs from 'node:fs'
import { attachThrottleMemory, createSharedThrottleMemory } from '#main/throttle/create-memory.ts'
import type { ThrottleMemory, ThrottleSize } from '#main/throttle/throttle-memory.ts'
import { MAX_IOTHREADS } from '#shared/workspace/workspace.ts'
import { type ChainMemory, chainBytes, chainViews } from './chain-memory.ts'

// The words of an iothread: how others wake it, whether it lives, and by which the main process steers it. All are read
// and written by Atomics, no lock. They lie in a buffer beside the throttle's, which knows no threads.

/** The throttle's memory as iothreads share it. */
export interface IothreadMemory extends ThrottleMemory, ChainMemory {
  /** Per iothread two cache lines: WAKE, SLEEPING, LIFE, BUSY, WAKE_FD; MAIL, BEAT, STOP. */
  readonly iothreadWords: Int32Array
}

/** Plain data for a worker: how to attach. */
export interface IothreadBuffers {
  readonly throttle: SharedArrayBuffer
  readonly words: SharedArrayBuffer
  readonly chains: SharedArrayBuffer
}

/** 128 bytes: every iothread sleeps on a cache line of its own, and what the main process looks at is on another. */
const IOTHREAD_WORDS = 32
const IOTHREAD_SHIFT = 5
const WAKE = 0 // sequence, wraps: bumped by whoever has something for this iothread; it sleeps on this word
const SLEEPING = 1 // 1 while it sleeps or is about to, 2 in the kernel's queue. Writer: the iothread. Spares the waker a system call
const LIFE = 2 // 0 absent, 1 running, 2 dead. Writer: the iothread (1), the engine when the thread ended (0, 2)
const BUSY = 3 // while it blocks in disk I/O, when others should fire its timers at once: 1 + the device's slot, or −1. Writer: the iothread
const WAKE_FD = 4 // eventfd that ends a sleep in the kernel; 0: none yet. Writer: the iothread. It outlives it: see closeWakeFds
const MAIL = 16 // messages sent, wraps. Writer: the main process. Spares the iothread a look into its port every time round
const BEAT = 17 // times round the loop, wraps. Writer: the iothread. Standing still while busy: it is stuck in a disk
const STOP = 18 // 1: leave the loop as soon as possible. Writer: the main process

const [ON_WORD, ON_FD] = [1, 2]
/** What an eventfd is written: one more. */
const ONE = new Uint8Array(new BigUint64Array([1n]).buffer)

/** `markBusy` without a device: a call that is made for several disks together. */
const SEVERAL = -2

const ABSENT = 0
const RUNNING = 1
const DEAD = 2

export function createIothreadMemory(requested: Partial<ThrottleSize> = {}): IothreadMemory {
  const words = new SharedArrayBuffer(MAX_IOTHREADS * IOTHREAD_WORDS * 4)
  const throttle = createSharedThrottleMemory(requested)
  const chains = chainViews(new SharedArrayBuffer(chainBytes(throttle.size.members, throttle.size.iodepth)), throttle)
  chains.nextLevels.fill(-1)
  return { ...throttle, ...chains, iothreadWords: new Int32Array(words) }
}

export function attachIothreadMemory({ throttle, words, chains }: IothreadBuffers): IothreadMemory {
  const memory = attachThrottleMemory(throttle)
  return { ...memory, ...chainViews(chains, memory), iothreadWords: new Int32Array(words) }
}

export function iothreadBuffers({ buffer, iothreadWords, nextLevels }: IothreadMemory): IothreadBuffers {
  return {
    throttle: buffer as SharedArrayBuffer, // all three were made so above
    words: iothreadWords.buffer as SharedArrayBuffer,
    chains: nextLevels.buffer as SharedArrayBuffer,
  }
}

/** Where the iothread's wake word is in `memory.iothreadWords`, for `Atomics.wait`. */
export function wakeWordOf(iothread: number): number {
  return (iothread << IOTHREAD_SHIFT) + WAKE
}

export function wakeSequence(memory: IothreadMemory, iothread: number): number {
  return Atomics.load(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + WAKE)
}

/**
 * Makes the iothread look again. If it is awake, its next sleep on the sequence it has read returns at once. That is
 * why it must read the sequence BEFORE it looks for work: what arrives in between is then never slept through.
 */
export function wakeIothread(memory: IothreadMemory, iothread: number): void {
  const at = (iothread << IOTHREAD_SHIFT) + WAKE
  Atomics.add(memory.iothreadWords, at, 1)
  // Bump, then look; the sleeper sets SLEEPING, then compares. One of the two sees the other.
  const sleeping = Atomics.load(memory.iothreadWords, at - WAKE + SLEEPING)
  if (sleeping === ON_WORD) Atomics.notify(memory.iothreadWords, at)
  else if (sleeping === ON_FD) fs.writeSync(wakeFd(memory, iothread), ONE)
}

export function markSleeping(memory: IothreadMemory, iothread: number): void {
  Atomics.store(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + SLEEPING, ON_WORD)
}

/** About to wait in the kernel for its disks: whoever has something for it writes to its eventfd. */
export function markSleepingOnFd(memory: IothreadMemory, iothread: number): void {
  Atomics.store(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + SLEEPING, ON_FD)
}

/** 0: it has none. */
export function wakeFd(memory: IothreadMemory, iothread: number): number {
  return Atomics.load(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + WAKE_FD)
}

export function setWakeFd(memory: IothreadMemory, iothread: number, fd: number): void {
  Atomics.store(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + WAKE_FD, fd)
}

/**
 * When every iothread has ended, and not before: another may be about to write to one, whose number could be that of a file
 * by then.
 */
export function closeWakeFds(memory: IothreadMemory): void {
  for (let iothread = 0; iothread < MAX_IOTHREADS; iothread += 1) {
    const fd = wakeFd(memory, iothread)
    if (fd === 0) continue
    setWakeFd(memory, iothread, 0)
    markAwake(memory, iothread)
    fs.closeSync(fd)
  }
}

export function markAwake(memory: IothreadMemory, iothread: number): void {
  Atomics.store(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + SLEEPING, 0)
}

/** Around what blocks until a disk answers: that of the device in `slot`, or one of several. */
export function markBusy(memory: IothreadMemory, iothread: number, slot = SEVERAL): void {
  Atomics.store(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + BUSY, slot + 1)
}

export function markIdle(memory: IothreadMemory, iothread: number): void {
  Atomics.store(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + BUSY, 0)
}

export function isBusy(memory: IothreadMemory, iothread: number): boolean {
  return Atomics.load(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + BUSY) !== 0
}

/** The device for whose disk the iothread waits; null: for none, or for one of several. */
export function busyWith(memory: IothreadMemory, iothread: number): number | null {
  const word = Atomics.load(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + BUSY)
  return word > 0 ? word - 1 : null
}

export function markRunning(memory: IothreadMemory, iothread: number): void {
  Atomics.store(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + LIFE, RUNNING)
}

/** The thread ended without saying goodbye: whoever waits for a lock it held may take the lock over. */
export function markDead(memory: IothreadMemory, iothread: number): void {
  Atomics.store(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + LIFE, DEAD)
}

export function markAbsent(memory: IothreadMemory, iothread: number): void {
  Atomics.store(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + LIFE, ABSENT)
}

export function isDead(memory: IothreadMemory, iothread: number): boolean {
  return Atomics.load(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + LIFE) === DEAD
}

export function noteMail(memory: IothreadMemory, iothread: number): void {
  Atomics.add(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + MAIL, 1)
}

export function mailSequence(memory: IothreadMemory, iothread: number): number {
  return Atomics.load(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + MAIL)
}

/** Its own word, so plain: whoever looks now and then sees it move in time. */
export function beat(memory: IothreadMemory, iothread: number): void {
  const at = (iothread << IOTHREAD_SHIFT) + BEAT
  memory.iothreadWords[at] = (memory.iothreadWords[at]! + 1) | 0
}

export function beats(memory: IothreadMemory, iothread: number): number {
  return Atomics.load(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + BEAT)
}

export function askToStop(memory: IothreadMemory, iothread: number): void {
  Atomics.store(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + STOP, 1)
}

export function isAskedToStop(memory: IothreadMemory, iothread: number): boolean {
  return Atomics.load(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + STOP) === 1
}

/** For a slot that a new iothread takes over. */
export function resetControl(memory: IothreadMemory, iothread: number): void {
  for (const word of [MAIL, BEAT, STOP]) Atomics.store(memory.iothreadWords, (iothread << IOTHREAD_SHIFT) + word, 0)
}
