import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { Traces } from '#main/load/trace.ts'
import { mergeResults, mergeSnapshots } from '#main/simulate/merge-parts.ts'
import type { PartSnapshot } from '#main/simulate/part-simulation.ts'
import type { Part } from '#main/simulate/parts.ts'
import { assert } from '#shared/assert.ts'
import type { RunResult } from '#shared/result.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { divideParts } from './divide.ts'
import type { PartsNews, PartsOrder } from './part-messages.ts'
import type { Prediction, PredictionEnd } from './prediction.ts'
import { type RunSteps, runSteps } from './run-steps.ts'
import { createGateWords, StepGate } from './step-gate.ts'

// The coordinator: starts a thread per share of the parts, puts together what they say, sample by sample, and stops them.

const LOOK_MS = 50

interface Options extends Prediction {
  readonly parts: readonly Part[]
  readonly workerUrl: URL
}

export async function predictInThreads(options: Options): Promise<PredictionEnd> {
  const { workspace, parts, workerUrl } = options
  const shares = divideParts(parts, options.threads)
  const steps = runSteps(options.samplesNs)
  const words = createGateWords(shares.length)
  const gate = new StepGate(words)
  const merging = new Merging(workspace, shares)
  const workers = shares.map((indices, thread) => {
    const own = indices.map((index) => parts[index]!)
    const order: PartsOrder = {
      thread,
      parts: own,
      traces: tracesOf(own, options.traces),
      steps,
      takesSnapshots: options.takesSnapshots,
      gate: words,
    }
    return new Worker(workerUrl, { workerData: order })
  })
  const ended = Promise.all(workers.map((worker, thread) => through(worker, (news) => merging.take(thread, news))))
  const watch = setInterval(() => {
    if (options.isStopped()) gate.stop()
    void options.onProgress({ nowNs: timeOf(steps, gate.done()), ...merging.news() })
  }, LOOK_MS)
  try {
    await ended
  } finally {
    clearInterval(watch)
    await Promise.all(workers.map((worker) => worker.terminate()))
  }
  const end = merging.end()
  await options.onProgress({ nowNs: end.nowNs, ...merging.news() })
  return end
}

/** Until the thread has ended by itself. */
async function through(worker: Worker, onNews: (news: PartsNews) => void): Promise<void> {
  worker.on('message', onNews)
  const [code] = (await once(worker, 'exit')) as [number] // an error of the thread rejects
  assert(code === 0, 'a thread that simulates ends by itself')
}

function timeOf({ timesNs }: RunSteps, done: number): number {
  return done === 0 ? 0 : timesNs[Math.min(done, timesNs.length) - 1]!
}

/** Those that the parts play. */
function tracesOf(parts: readonly Part[], traces: Traces): Traces {
  const texts = parts.map(({ workspace }) => JSON.stringify([workspace.devices, workspace.script]))
  return new Map([...traces].filter(([path]) => texts.some((text) => text.includes(JSON.stringify(path)))))
}

/** What the threads have said, by part. */
class Merging {
  readonly #workspace: Workspace
  /** Per thread: the indices of its parts. */
  readonly #shares: readonly (readonly number[])[]
  readonly #partCount: number
  /** Per thread: samples that others have not come to yet. */
  readonly #samples: (readonly PartSnapshot[])[][]
  readonly #requests: number[]
  readonly #results: RunResult[] = []
  #endNs = 0
  #snapshots: Snapshot[] = []

  constructor(workspace: Workspace, shares: readonly (readonly number[])[]) {
    this.#workspace = workspace
    this.#shares = shares
    this.#partCount = shares.reduce((sum, indices) => sum + indices.length, 0)
    this.#samples = shares.map(() => [])
    this.#requests = shares.map(() => 0)
  }

  take(thread: number, { requests, samples, end }: PartsNews): void {
    this.#requests[thread] = requests
    this.#samples[thread]!.push(...samples)
    while (this.#samples.every((waiting) => waiting.length > 0)) this.#mergeSample()
    if (end === null) return
    this.#endNs = end.nowNs
    for (const [at, index] of this.#shares[thread]!.entries()) this.#results[index] = end.results[at]!
  }

  /** Since the last time. */
  news(): { readonly requests: number; readonly snapshots: readonly Snapshot[] } {
    const snapshots = this.#snapshots
    this.#snapshots = []
    return { requests: this.#requests.reduce((sum, count) => sum + count, 0), snapshots }
  }

  end(): PredictionEnd {
    assert(this.#results.length === this.#partCount, 'every part has a result')
    const result = this.#endNs === 0 ? null : mergeResults(this.#workspace, this.#results)
    return { nowNs: this.#endNs, result }
  }

  #mergeSample(): void {
    const parts: PartSnapshot[] = []
    for (const [thread, indices] of this.#shares.entries()) {
      const sample = this.#samples[thread]!.shift()
      assert(sample !== undefined, 'every thread has come to the sample')
      for (const [at, index] of indices.entries()) parts[index] = sample[at]!
    }
    this.#snapshots.push(mergeSnapshots(this.#workspace, parts))
  }
}
