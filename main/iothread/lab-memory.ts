import { attachStatsMemory, createSharedStatsMemory, type StatsMemory } from '#main/stats/stats-memory.ts'
import {
  attachThrottleMemory,
  createSharedThrottleMemory,
  MAX_IOTHREADS,
  type ThrottleMemory,
} from '#main/throttle/throttle-memory.ts'
import { MAX_DEVICES } from '#shared/workspace/workspace.ts'

// Everything the lab's threads share: throttle, stats, and the words by which the main process steers the iothreads.
// Allocated once per lab; pages nobody touches cost nothing.

export interface LabMemory {
  readonly throttle: ThrottleMemory
  readonly stats: StatsMemory
  /** ORIGIN_NS, FROZEN_NS. Writer: the main process, while every iothread is paused. */
  readonly clockNumbers: Float64Array
  /** Per iothread: MAIL, BEAT, STOP. */
  readonly controlWords: Int32Array
}

/** Plain data for a worker: how to attach. */
export interface LabBuffers {
  readonly throttle: SharedArrayBuffer
  readonly stats: SharedArrayBuffer
  readonly control: SharedArrayBuffer
}

/** ns on the machine's monotonic clock, from the engine's start, at which the source's clock showed 0. */
export const ORIGIN_NS = 0
/** ns on the source's clock at which it stands while paused. */
export const FROZEN_NS = 1
const CLOCK_BYTES = 64

/** 64 bytes per iothread: words with two writers on one line would slow both. */
const CONTROL_SHIFT = 4
/** Messages sent, wraps. Writer: the main process. Spares the iothread a look into its port every time round. */
const MAIL = 0
/** Times round the loop, wraps. Writer: the iothread. Standing still while busy means it is stuck in a disk. */
const BEAT = 1
/** 1: leave the loop as soon as possible. Writer: the main process. */
const STOP = 2

export function createLabMemory(): LabMemory {
  return viewsOf(
    createSharedThrottleMemory(),
    createSharedStatsMemory(MAX_DEVICES + MAX_IOTHREADS),
    new SharedArrayBuffer(CLOCK_BYTES + (MAX_IOTHREADS << CONTROL_SHIFT) * 4),
  )
}

export function attachLabMemory({ throttle, stats, control }: LabBuffers): LabMemory {
  return viewsOf(attachThrottleMemory(throttle), attachStatsMemory(stats), control)
}

export function labBuffers(memory: LabMemory): LabBuffers {
  return {
    throttle: memory.throttle.buffer as SharedArrayBuffer, // createLabMemory made them all shared
    stats: memory.stats.buffer as SharedArrayBuffer,
    control: memory.controlWords.buffer as SharedArrayBuffer,
  }
}

function viewsOf(throttle: ThrottleMemory, stats: StatsMemory, control: SharedArrayBuffer): LabMemory {
  return {
    throttle,
    stats,
    clockNumbers: new Float64Array(control, 0, CLOCK_BYTES / 8),
    controlWords: new Int32Array(control, CLOCK_BYTES),
  }
}

/** The row of the stats in which an iothread keeps how late its timers fired, as waits of reads. */
export function latenessRow(iothread: number): number {
  return MAX_DEVICES + iothread
}

export function noteMail(memory: LabMemory, iothread: number): void {
  Atomics.add(memory.controlWords, (iothread << CONTROL_SHIFT) + MAIL, 1)
}

export function mailSequence(memory: LabMemory, iothread: number): number {
  return Atomics.load(memory.controlWords, (iothread << CONTROL_SHIFT) + MAIL)
}

/** Its own word, so plain: whoever looks now and then sees it move in time. */
export function beat(memory: LabMemory, iothread: number): void {
  const at = (iothread << CONTROL_SHIFT) + BEAT
  memory.controlWords[at] = (memory.controlWords[at]! + 1) | 0
}

export function beats(memory: LabMemory, iothread: number): number {
  return Atomics.load(memory.controlWords, (iothread << CONTROL_SHIFT) + BEAT)
}

export function askToStop(memory: LabMemory, iothread: number): void {
  Atomics.store(memory.controlWords, (iothread << CONTROL_SHIFT) + STOP, 1)
}

export function isAskedToStop(memory: LabMemory, iothread: number): boolean {
  return Atomics.load(memory.controlWords, (iothread << CONTROL_SHIFT) + STOP) === 1
}

/** For a slot that a new iothread takes over. */
export function resetControl(memory: LabMemory, iothread: number): void {
  memory.controlWords.fill(0, iothread << CONTROL_SHIFT, (iothread + 1) << CONTROL_SHIFT)
}
