import type { Result } from '#shared/issue.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'

/**
 * What the board shows comes from here: the lab, a running QEMU. One whole workspace goes down, whole snapshots come up.
 * `apply` diffs by value against what runs, so it is idempotent. The window sends one at a time, the newest (`renderer/bridge/apply.ts`).
 */
export interface Source {
  /**
   * Resolves when the lab has `desired` in force or a VM has it staged, or with the reasons why nothing was changed.
   * Throws EngineError.
   */
  apply(desired: Workspace, revision: number): Promise<Result<{ readonly revision: number }>>
  start(): Promise<void>
  pause(): Promise<void>
  /** Back to time 0: buckets empty, counters 0, loads at their start. */
  reset(): Promise<void>
  /** Calls `listener` with every snapshot until the returned function is called. */
  onSnapshot(listener: (snapshot: Snapshot) => void): () => void
  /** Stops everything, removes what it made, returns when no thread, timer or descriptor is left. */
  close(): Promise<void>
}
