import type { LabMemory } from '#main/iothread/lab-memory.ts'
import type { RunBook } from '#main/stats/run-book.ts'
import type { IothreadPool } from './iothread-pool.ts'
import type { LabClock } from './lab-clock.ts'
import type { LabSlots } from './lab-slots.ts'
import type { OwnFiles } from './own-files.ts'

/** What the parts of a lab work on together; the lab makes it and closes it. */
export interface LabTools {
  readonly memory: LabMemory
  readonly slots: LabSlots
  readonly pool: IothreadPool
  readonly clock: LabClock
  readonly files: OwnFiles
  /** Runs a task in the lab's queue, once it is due there. */
  readonly run: (task: () => Promise<void>) => Promise<void>
  /** Of the present run: a reset begins a new one. */
  book: RunBook
}
