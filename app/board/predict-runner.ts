import { Worker } from 'node:worker_threads'
import type { PredictProgress } from '#shared/ipc/contract.ts'
import type { PredictNews, PredictOrder } from './predict-messages.ts'

/** Runs one prediction at a time, in a thread of its own; a new one ends the one before. */
export class PredictRunner {
  readonly #workerUrl: URL
  readonly #tell: (progress: PredictProgress) => void
  #worker: Worker | null = null

  constructor(workerUrl: URL, tell: (progress: PredictProgress) => void) {
    this.#workerUrl = workerUrl
    this.#tell = tell
  }

  async run(run: number, order: PredictOrder): Promise<void> {
    await this.cancel()
    const worker = new Worker(this.#workerUrl, { workerData: order })
    this.#worker = worker
    const isCurrent = () => this.#worker === worker
    const fail = (error: string) => {
      if (!isCurrent()) return
      this.#worker = null
      this.#tell({ run, fraction: 0, snapshots: [], result: null, error })
    }
    worker.on('message', (news: PredictNews) => {
      if (isCurrent()) this.#tell({ run, ...news })
    })
    worker.on('error', (error) => fail(`The prediction broke: ${error.message}`))
    worker.on('exit', (code) => {
      if (code !== 0) fail(`The prediction's thread ended with code ${code}.`)
      else if (isCurrent()) this.#worker = null
    })
  }

  async cancel(): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    await worker?.terminate()
  }
}
