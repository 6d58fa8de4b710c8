import type { Traces } from '#main/load/trace.ts'
import type { RequestObserver } from '#main/simulate/request-observer.ts'
import type { RunResult } from '#shared/result.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'

// What is asked of a prediction, and what it tells, whether one thread or several do it.

export interface Prediction {
  /** With absolute paths, valid. */
  readonly workspace: Workspace
  readonly traces: Traces
  /** When snapshots are due, in order; the run ends with the last. */
  readonly samplesNs: readonly number[]
  readonly takesSnapshots: boolean
  /** Threads at most. */
  readonly threads: number
  /** The built entry of threads that simulate parts; null: there is none, and this thread does everything. */
  readonly workerUrl: URL | null
  /** Told of every request: then nothing is simulated apart. */
  readonly onRequest?: RequestObserver
  isStopped(): boolean
  /** About ten times a second. */
  onProgress(progress: PredictionProgress): void | Promise<void>
}

export interface PredictionProgress {
  readonly nowNs: number
  /** Done so far. */
  readonly requests: number
  /** Since the last time. */
  readonly snapshots: readonly Snapshot[]
}

export interface PredictionEnd {
  /** Before the end of the last sample if the run was stopped. */
  readonly nowNs: number
  /** Null if it was stopped before it began. */
  readonly result: RunResult | null
}
