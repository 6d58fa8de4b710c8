import { parentPort, workerData } from 'node:worker_threads'
import { Simulation } from '#main/simulate/simulation.ts'
import { loadTraces } from '#main/workspace/load-traces.ts'
import { assert } from '#shared/assert.ts'
import { formatIssue } from '#shared/issue.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { NS_PER_S } from '#shared/units.ts'
import type { PredictNews, PredictOrder } from './board/predict-messages.ts'

// The thread of one prediction: simulates in virtual time and tells the main process as it goes. Between two slices it
// looks whether it is asked to stop, and then says what there is.

const NEWS_PERIOD_MS = 100
/** About 10 ms of simulation between two looks at the clock. */
const EVENTS_PER_SLICE = 20_000

function report(news: PredictNews): void {
  assert(parentPort !== null, 'a prediction runs in a worker')
  parentPort.postMessage(news)
}

async function predict({ workspace, durationS, sampleS, stop }: PredictOrder): Promise<void> {
  const traces = await loadTraces(workspace)
  if (!traces.ok) {
    report({ fraction: 0, snapshots: [], result: null, error: traces.issues.map(formatIssue).join('\n') })
    return
  }
  const simulation = new Simulation({ workspace, traces: traces.value })
  const endNs = Math.round(durationS * NS_PER_S)
  const asked = new Int32Array(stop)
  const isStopped = () => Atomics.load(asked, 0) === 1
  let snapshots: Snapshot[] = []
  let toldAtMs = performance.now()
  for (let sample = 1; simulation.nowNs < endNs && !isStopped(); sample += 1) {
    const untilNs = Math.min(endNs, Math.round(sample * sampleS * NS_PER_S))
    let isThere = false
    do {
      isThere = simulation.advance(untilNs, EVENTS_PER_SLICE)
      if (performance.now() - toldAtMs < NEWS_PERIOD_MS) continue
      report({ fraction: simulation.nowNs / endNs, snapshots, result: null, error: null })
      snapshots = []
      toldAtMs = performance.now()
    } while (!isThere && !isStopped())
    // Also the last one is of a time in which it ran: a source that does not run has no rates.
    if (isThere) snapshots.push(simulation.snapshot('running'))
  }
  // Stopped before it began, there is nothing to tell figures of.
  const result = simulation.nowNs > 0 ? simulation.result() : null
  report({ fraction: Math.min(1, simulation.nowNs / endNs), snapshots, result, error: null })
}

await predict(workerData as PredictOrder) // what PredictRunner starts it with
