import { setImmediate as eventsTaken } from 'node:timers/promises'
import { requestsPerS } from '#main/simulate/part-weight.ts'
import { partsOf } from '#main/simulate/parts.ts'
import { Simulation } from '#main/simulate/simulation.ts'
import { assert } from '#shared/assert.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { NS_PER_S } from '#shared/units.ts'
import { predictInThreads } from './predict-in-threads.ts'
import type { Prediction, PredictionEnd } from './prediction.ts'
import { runSteps } from './run-steps.ts'

// A run of a workspace in virtual time, from end to end: in this thread, or its parts on several. The answer is the same,
// byte for byte.

/** About 10 ms of simulation between two looks at the clock; a step ends one, too, for an event can be a thousand requests. */
const EVENTS_PER_SLICE = 20_000
/** How long signals and messages wait at most. */
const EVENTS_PERIOD_MS = 20
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
  const report = async (): Promise<void> => {
    const since = snapshots
    snapshots = []
    await prediction.onProgress({ nowNs: simulation.nowNs, requests: simulation.requests, snapshots: since })
  }
  let [tookEventsAtMs, reportedAtMs] = [performance.now(), performance.now()]
  const { timesNs, perSample } = runSteps(samplesNs)
  let isStopped = false // it begins in any case: whoever stops it at once sees something, too
  for (let step = 0; step < timesNs.length && !isStopped; ) {
    if (simulation.advance(timesNs[step]!, EVENTS_PER_SLICE)) {
      step += 1
      if (takesSnapshots && step % perSample === 0) snapshots.push(simulation.snapshot('running'))
    }
    if (performance.now() - tookEventsAtMs < EVENTS_PERIOD_MS) continue
    tookEventsAtMs = performance.now()
    await eventsTaken() // a signal to stop may be one
    isStopped = prediction.isStopped()
    if (tookEventsAtMs - reportedAtMs < PROGRESS_MS) continue
    reportedAtMs = tookEventsAtMs
    await report()
  }
  // Parts that were not as far as others when it was stopped are brought there: nowNs is that of the result.
  const result = simulation.result()
  await report()
  return { nowNs: simulation.nowNs, result }
}
