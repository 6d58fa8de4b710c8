import { Worker } from 'node:worker_threads'
import { SerialQueue } from '#main/serial-queue.ts'
import type { PredictProgress } from '#shared/ipc/contract.ts'
import type { PredictNews, PredictOrder } from './predict-messages.ts'

/** How long a run may take to end by itself once it is asked to. */
const STOP_MS = 3000

/** Runs one prediction at a time, in a thread of its own; a new one ends the one before. */
export class PredictRunner {
  readonly #workerUrl: URL
  readonly #report: (progress: PredictProgress) => void
  readonly #starts = new SerialQueue()
  #cancels = 0
  #worker: Worker | null = null
  #stop = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)

  constructor(workerUrl: URL, report: (progress: PredictProgress) => void) {
    this.#workerUrl = workerUrl
    this.#report = report
  }

  run(run: number, order: Omit<PredictOrder, 'stop'>): Promise<void> {
    const cancels = this.#cancels
    return this.#starts.run(async () => {
      await this.#end()
      if (cancels === this.#cancels) this.#start(run, order)
    })
  }

  #start(run: number, order: Omit<PredictOrder, 'stop'>): void {
    const stop = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)
    const worker = new Worker(this.#workerUrl, { workerData: { ...order, stop } satisfies PredictOrder })
    this.#stop = stop
    this.#worker = worker
    const isCurrent = () => this.#worker === worker
    const fail = (error: string) => {
      if (!isCurrent()) return
      this.#worker = null
      this.#report({ run, fraction: 0, snapshots: [], result: null, error })
    }
    worker.on('message', (news: PredictNews) => {
      if (isCurrent()) this.#report({ run, ...news })
    })
    worker.on('error', (error) => fail(`The prediction failed: ${error.message}`))
    worker.on('exit', (code) => {
      if (code !== 0) fail(`The prediction's thread ended with code ${code}.`)
      else if (isCurrent()) this.#worker = null
    })
  }

  /** The run says what it has found so far and ends; one that does not is ended, and one that was to follow is not begun. */
  cancel(): Promise<void> {
    this.#cancels += 1
    return this.#end()
  }

  async #end(): Promise<void> {
    const worker = this.#worker
    if (worker === null) return
    // Not `once` of node:events, which rejects when the thread fails instead of ending.
    const ended = new Promise<void>((resolve) => worker.once('exit', () => resolve()))
    Atomics.store(new Int32Array(this.#stop), 0, 1)
    const timer = setTimeout(() => {
      if (this.#worker === worker) this.#worker = null
      void worker.terminate()
    }, STOP_MS)
    await ended
    clearTimeout(timer)
  }
}
