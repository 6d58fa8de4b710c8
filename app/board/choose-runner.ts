import { Worker } from 'node:worker_threads'
import type { ChooseAnswer, ChooseAnswers, ChooseOrder, NumberedAnswer, NumberedOrder } from './choose-messages.ts'

interface Thread {
  readonly worker: Worker
  /** Number of an order → who waits for its answer. */
  readonly waiting: Map<number, (answer: ChooseAnswer) => void>
}

/** The thread behind the Choose view; begun by the first order, and again by the next one if it broke. */
export class ChooseRunner {
  readonly #workerUrl: URL
  #thread: Thread | null = null
  #nextId = 0

  constructor(workerUrl: URL) {
    this.#workerUrl = workerUrl
  }

  async ask<O extends ChooseOrder>(order: O): Promise<ChooseAnswers[O['ask']]> {
    return (await this.#send(order)) as ChooseAnswers[O['ask']] // the thread answers what it is asked
  }

  #send(order: ChooseOrder): Promise<ChooseAnswer> {
    const { worker, waiting } = this.#thread ?? this.#start()
    const id = this.#nextId
    this.#nextId += 1
    return new Promise((resolve) => {
      waiting.set(id, resolve)
      worker.postMessage({ id, order } satisfies NumberedOrder)
    })
  }

  async close(): Promise<void> {
    const thread = this.#thread
    this.#thread = null
    await thread?.worker.terminate()
  }

  #start(): Thread {
    const thread: Thread = { worker: new Worker(this.#workerUrl), waiting: new Map() }
    this.#thread = thread
    const { worker, waiting } = thread
    worker.on('message', ({ id, answer }: NumberedAnswer) => {
      waiting.get(id)?.(answer)
      waiting.delete(id)
    })
    // Its own orders alone: a thread that failed may end when the next one already works.
    const fail = (message: string) => {
      if (this.#thread === thread) this.#thread = null
      for (const resolve of waiting.values()) resolve({ ok: false, message })
      waiting.clear()
    }
    worker.on('error', (error) => fail(`The calculation failed: ${error.message}`))
    worker.on('exit', () => fail('The calculation was stopped.'))
    return thread
  }
}
