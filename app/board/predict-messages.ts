import type { RunResult } from '#shared/result.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'

/** What the prediction's thread is started with. */
export interface PredictOrder {
  /** With absolute paths, valid. */
  readonly workspace: Workspace
  readonly durationS: number
  readonly sampleS: number
  /** One Int32, written by the main process alone: 1 asks the run to end where it is and say what there is. */
  readonly stop: SharedArrayBuffer
}

/** What it says: often on the way, once at the end. */
export interface PredictNews {
  /** 0…1 */
  readonly fraction: number
  readonly snapshots: readonly Snapshot[]
  readonly result: RunResult | null
  readonly error: string | null
}
