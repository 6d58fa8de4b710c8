import type { StatsMemory } from '#main/stats/stats-memory.ts'
import type { IothreadClock } from './iothread-clock.ts'
import type { IothreadThrottle } from './iothread-throttle.ts'
import type { SubmitBatch } from './submit-batch.ts'

/** What the devices of an iothread share. */
export interface Surroundings {
  readonly throttle: IothreadThrottle
  readonly stats: StatsMemory
  readonly clock: IothreadClock
  /** What disks owe, as of disk-memory.ts. */
  readonly diskWords: Int32Array
  /** One for all devices of the iothread. */
  readonly batch: SubmitBatch
}
