import { Worker } from 'node:worker_threads'
import type { ChooseAnswer, ChooseAnswers, ChooseOrder, NumberedAnswer, NumberedOrder } from './choose-messages.ts'

/** The thread behind the Choose view; begun by the first order, and again by the next one if it broke. */
export class ChooseRunner {
  readonly #workerUrl: URL
  readonly #waiting = new Map<number, (answer: ChooseAnswer) => void>()
  #worker: Worker | null = null
  #nextId = 0

  constructor(workerUrl: URL) {
    this.#workerUrl = workerUrl
  }

  async ask<O extends ChooseOrder>(order: O): Promise<ChooseAnswers[O['ask']]> {
    return (await this.#send(order)) as ChooseAnswers[O['ask']] // the thread answers what it is asked
  }

  #send(order: ChooseOrder): Promise<ChooseAnswer> {
    const worker = this.#worker ?? this.#start()
    const id = this.#nextId
    this.#nextId += 1
    return new Promise((resolve) => {
      this.#waiting.set(id, resolve)
      worker.postMessage({ id, order } satisfies NumberedOrder)
    })
  }

  async close(): Promise<void> {
    const worker = this.#worker
    this.#worker = null
    await worker?.terminate()
  }

  #start(): Worker {
    const worker = new Worker(this.#workerUrl)
    this.#worker = worker
    worker.on('message', ({ id, answer }: NumberedAnswer) => {
      this.#waiting.get(id)?.(answer)
      this.#waiting.delete(id)
    })
    const fail = (message: string) => {
      if (this.#worker === worker) this.#worker = null
      for (const resolve of this.#waiting.values()) resolve({ ok: false, message })
      this.#waiting.clear()
    }
    worker.on('error', (error) => fail(`The calculation failed: ${error.message}`))
    worker.on('exit', () => fail('The calculation was stopped.'))
    return worker
  }
}
