import { parentPort, workerData } from 'node:worker_threads'
import type { PartSnapshot } from '#main/simulate/part-simulation.ts'
import { PartsRun } from '#main/simulate/parts-run.ts'
import { assert } from '#shared/assert.ts'
import type { PartsNews, PartsOrder } from './part-messages.ts'
import { StepGate } from './step-gate.ts'

// The entry of a thread that simulates some parts of a workspace, built as a file of its own. It runs from end to end
// without a look at messages: the gate says when it is to stop.

const NEWS_PERIOD_MS = 100

function simulateParts({ thread, parts, traces, steps, takesSnapshots, gate: words }: PartsOrder): void {
  const run = new PartsRun(parts, traces)
  const gate = new StepGate(words)
  let samples: (readonly PartSnapshot[])[] = []
  let toldAtMs = performance.now()
  for (let step = 0; step < steps.timesNs.length && gate.mayBegin(thread, step); step += 1) {
    run.advance(steps.timesNs[step]!, Number.POSITIVE_INFINITY)
    if (takesSnapshots && (step + 1) % steps.perSample === 0) samples.push(run.snapshots('running'))
    gate.finish(thread, step)
    if (performance.now() - toldAtMs < NEWS_PERIOD_MS) continue
    report({ requests: run.requests, samples, end: null })
    samples = []
    toldAtMs = performance.now()
  }
  gate.leave(thread)
  report({ requests: run.requests, samples, end: { nowNs: run.nowNs, results: run.results() } })
}

function report(news: PartsNews): void {
  assert(parentPort !== null, 'parts are simulated in a worker')
  parentPort.postMessage(news)
}

simulateParts(workerData as PartsOrder) // our own prediction is the only one to start it
