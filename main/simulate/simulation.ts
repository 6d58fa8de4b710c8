import type { Traces } from '#main/load/trace.ts'
import type { RunResult } from '#shared/result.ts'
import type { RunState, Snapshot } from '#shared/snapshot.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { mergeResults, mergeSnapshots } from './merge-parts.ts'
import { partsOf, wholeOf } from './parts.ts'
import { PartsRun } from './parts-run.ts'
import type { RequestObserver } from './request-observer.ts'

// A whole workspace in virtual time. Equal workspaces give equal results, byte for byte.

export interface SimulationOptions {
  /** With absolute paths, valid. */
  readonly workspace: Workspace
  readonly traces?: Traces
  /** Told of every request, in the order in which they are done: then nothing is simulated apart. */
  readonly onRequest?: RequestObserver
}

export class Simulation {
  readonly workspace: Workspace
  readonly #run: PartsRun

  constructor({ workspace, traces = new Map(), onRequest }: SimulationOptions) {
    this.workspace = workspace
    this.#run =
      onRequest === undefined
        ? new PartsRun(partsOf(workspace), traces)
        : new PartsRun([wholeOf(workspace)], traces, onRequest)
  }

  get nowNs(): number {
    return this.#run.nowNs
  }

  /** Requests done so far. */
  get requests(): number {
    return this.#run.requests
  }

  /** Goes on to `untilNs` through no more than `maxEvents` events. True once it is there. */
  advance(untilNs: number, maxEvents: number = Number.POSITIVE_INFINITY): boolean {
    return this.#run.advance(untilNs, maxEvents)
  }

  /** What has happened since the previous snapshot. Parts of which some were not there yet are brought to one time. */
  snapshot(state: RunState): Snapshot {
    return mergeSnapshots(this.workspace, this.#run.snapshots(state))
  }

  /** What has happened from 0 until now. */
  result(): RunResult {
    return mergeResults(this.workspace, this.#run.results())
  }
}
