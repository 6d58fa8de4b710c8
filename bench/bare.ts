import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { BareOrder } from './bare-worker.ts'
import type { Place } from './lab-run.ts'

/** What a thread that does only the system calls gets done: transfers or wake-ups. */
export async function bareCount({ bare }: Place, order: BareOrder): Promise<number> {
  const worker = new Worker(bare, { workerData: order })
  const [count] = await once(worker, 'message')
  await worker.terminate()
  return count as number // all that the worker posts
}
