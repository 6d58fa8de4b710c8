import type { Operation } from '#main/iothread/messages.ts'
import type { IothreadPool } from './iothread-pool.ts'

/** Operations for several iothreads that must happen in the order given: in as few batches as that allows. */
export class OrderedBatches {
  readonly #pool: Pick<IothreadPool, 'post'>
  #iothread = -1
  #operations: Operation[] = []

  constructor(pool: Pick<IothreadPool, 'post'>) {
    this.#pool = pool
  }

  async add(iothread: number, operation: Operation): Promise<void> {
    if (iothread !== this.#iothread) await this.flush()
    this.#iothread = iothread
    this.#operations.push(operation)
  }

  async flush(): Promise<void> {
    const operations = this.#operations
    this.#operations = []
    if (operations.length > 0) await this.#pool.post(this.#iothread, operations)
  }
}
