import { setImmediate as turn } from 'node:timers/promises'
import type { Traces } from '#main/load/trace.ts'
import { requestsPerS } from '#main/simulate/part-weight.ts'
import { partsOf } from '#main/simulate/parts.ts'
import type { RequestObserver } from '#main/simulate/request-flow.ts'
import { Simulation } from '#main/simulate/simulation.ts'
import { assert } from '#shared/assert.ts'
import type { RunResult } from '#shared/result.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { NS_PER_S } from '#shared/units.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { predictInThreads } from './predict-in-threads.ts'

// A run of a workspace in virtual time, from end to end: in this thread, or its parts on several. The answer is the same,
// byte for byte.

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

/** About 10 ms of simulation between two looks at the clock. */
const EVENTS_PER_SLICE = 20_000
const TURN_MS = 20
const PROGRESS_MS = 100
/** To start threads takes longer than to simulate so many requests. */
const WORTH_THREADS = 300_000

export async function predict(prediction: Prediction): Promise<PredictionEnd> {
  const { workspace, samplesNs, threads, workerUrl, onRequest } = prediction
  const endNs = samplesNs.at(-1)
  assert(endNs !== undefined, 'a prediction has an end')
  if (onRequest !== undefined || workerUrl === null || threads < 2) return predictHere(prediction)
  const parts = partsOf(workspace)
  const requests = (requestsPerS(workspace) * endNs) / NS_PER_S
  if (parts.length < 2 || requests < WORTH_THREADS) return predictHere(prediction)
  return predictInThreads({ ...prediction, parts, workerUrl })
}

async function predictHere(prediction: Prediction): Promise<PredictionEnd> {
  const { workspace, traces, samplesNs, takesSnapshots, onRequest } = prediction
  const simulation = new Simulation({ workspace, traces, ...(onRequest !== undefined && { onRequest }) })
  let snapshots: Snapshot[] = []
  const tell = async (): Promise<void> => {
    const since = snapshots
    snapshots = []
    await prediction.onProgress({ nowNs: simulation.nowNs, requests: simulation.requests, snapshots: since })
  }
  let [turnedAtMs, toldAtMs] = [performance.now(), performance.now()]
  let isStopped = false // it begins in any case: whoever stops it at once sees something, too
  for (let sample = 0; sample < samplesNs.length && !isStopped; ) {
    if (simulation.advance(samplesNs[sample]!, EVENTS_PER_SLICE)) {
      if (takesSnapshots) snapshots.push(simulation.snapshot('running'))
      sample += 1
    }
    if (performance.now() - turnedAtMs < TURN_MS) continue
    turnedAtMs = performance.now()
    await turn() // lets a signal in
    isStopped = prediction.isStopped()
    if (turnedAtMs - toldAtMs < PROGRESS_MS) continue
    toldAtMs = turnedAtMs
    await tell()
  }
  // Parts that were not as far as others when it was stopped are brought there: nowNs is that of the result.
  const result = simulation.result()
  await tell()
  return { nowNs: simulation.nowNs, result }
}
