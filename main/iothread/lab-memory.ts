import { attachStatsMemory, createSharedStatsMemory, type StatsMemory } from '#main/stats/stats-memory.ts'
import { MAX_DEVICES, MAX_IOTHREADS, MAX_LEVELS_TOGETHER } from '#shared/workspace/workspace.ts'
import { createDiskWords } from './disk-memory.ts'
import {
  attachIothreadMemory,
  createIothreadMemory,
  type IothreadBuffers,
  type IothreadMemory,
  iothreadBuffers,
} from './iothread-memory.ts'

// Everything the lab's threads share: throttle and iothread words, stats, the clock. Allocated once per lab; pages nobody
// touches cost nothing.

export interface LabMemory {
  readonly throttle: IothreadMemory
  readonly stats: StatsMemory
  /** What disks owe, as of disk-memory.ts. */
  readonly diskWords: Int32Array
  /** ORIGIN_NS, FROZEN_NS. Writer: the main process, while every iothread is paused. */
  readonly clockNumbers: Float64Array
}

/** Plain data for a worker: how to attach. */
export interface LabBuffers extends IothreadBuffers {
  readonly stats: SharedArrayBuffer
  readonly disks: SharedArrayBuffer
  readonly clock: SharedArrayBuffer
}

/** ns on the machine's monotonic clock, from the engine's start, at which the source's clock showed 0. */
export const ORIGIN_NS = 0
/** ns on the source's clock at which it stands while paused. */
export const FROZEN_NS = 1
const CLOCK_BYTES = 64

export function createLabMemory(): LabMemory {
  return {
    throttle: createIothreadMemory({ members: MAX_LEVELS_TOGETHER }),
    stats: createSharedStatsMemory(MAX_DEVICES + MAX_IOTHREADS),
    diskWords: createDiskWords(),
    clockNumbers: new Float64Array(new SharedArrayBuffer(CLOCK_BYTES)),
  }
}

export function attachLabMemory(buffers: LabBuffers): LabMemory {
  return {
    throttle: attachIothreadMemory(buffers),
    stats: attachStatsMemory(buffers.stats),
    diskWords: new Int32Array(buffers.disks),
    clockNumbers: new Float64Array(buffers.clock),
  }
}

export function labBuffers({ throttle, stats, diskWords, clockNumbers }: LabMemory): LabBuffers {
  return {
    ...iothreadBuffers(throttle),
    stats: stats.buffer as SharedArrayBuffer, // createLabMemory made them all shared
    disks: diskWords.buffer as SharedArrayBuffer,
    clock: clockNumbers.buffer as SharedArrayBuffer,
  }
}

/** The row of the stats in which an iothread keeps how late its timers fired, as waits of reads. */
export function latenessRow(iothread: number): number {
  return MAX_DEVICES + iothread
}
