import os from 'node:os'
import { parentPort, workerData } from 'node:worker_threads'
import { builtPartWorkerUrl } from '#main/built-entry.ts'
import { withRecordedOf } from '#main/frontier/recorded-loads.ts'
import { predict as predictWorkspace } from '#main/predict/predict.ts'
import { loadTraces } from '#main/workspace/load-traces.ts'
import { assert } from '#shared/assert.ts'
import { formatIssue } from '#shared/issue.ts'
import { NS_PER_S } from '#shared/units.ts'
import type { PredictNews, PredictOrder } from './board/predict-messages.ts'

// The thread of one prediction: simulates in virtual time, with threads of its own where that helps, and tells the main
// process as it goes. Asked to stop, it says what there is.

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
  const endNs = Math.round(durationS * NS_PER_S)
  const asked = new Int32Array(stop)
  const end = await predictWorkspace({
    ...{ workspace, traces: traces.value, threads: os.availableParallelism(), workerUrl: builtPartWorkerUrl() },
    samplesNs: sampleTimes(endNs, sampleS),
    takesSnapshots: true,
    isStopped: () => Atomics.load(asked, 0) === 1,
    onProgress: ({ nowNs, snapshots }) => {
      report({ fraction: Math.min(1, nowNs / endNs), snapshots, result: null, error: null })
    },
  })
  // Stopped before it began, there is nothing to tell figures of.
  const result = end.result && withRecordedOf(end.result, workspace, traces.value)
  report({ fraction: Math.min(1, end.nowNs / endNs), snapshots: [], result, error: null })
}

function sampleTimes(endNs: number, sampleS: number): readonly number[] {
  const timesNs: number[] = []
  for (let sample = 1; (timesNs.at(-1) ?? 0) < endNs; sample += 1) {
    timesNs.push(Math.min(endNs, Math.round(sample * sampleS * NS_PER_S)))
  }
  return timesNs
}

await predict(workerData as PredictOrder) // what PredictRunner starts it with
