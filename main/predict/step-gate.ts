import { assert } from '#shared/assert.ts'

// Keeps the threads of one prediction together, step by step, without a message: none is far ahead of the slowest, and
// when the run is stopped, all of them end after the same step, so that what there is tells of one time.
//
//   words   [ limit | begun, done of thread 0 | begun, done of thread 1 | … ]
//
// `begun` and `done` count steps and have one writer, the thread. `limit` is written by the coordinator: no step from
// that one on may begin; ASKING: wait until it is known. A thread says that it begins before it reads the limit, and the
// coordinator writes ASKING before it reads who has begun: so a step either counts for the limit or sees it.

const LIMIT = 0
const ASKING = -1
const NO_LIMIT = 2 ** 31 - 1
/** Steps that a thread may be ahead of the slowest. */
const LEAD = 8

const begunAt = (thread: number): number => 1 + 2 * thread
const doneAt = (thread: number): number => 2 + 2 * thread

export function createGateWords(threads: number): SharedArrayBuffer {
  const buffer = new SharedArrayBuffer((1 + 2 * threads) * Int32Array.BYTES_PER_ELEMENT)
  new Int32Array(buffer)[LIMIT] = NO_LIMIT
  return buffer
}

export class StepGate {
  readonly #words: Int32Array
  readonly #threads: number

  constructor(buffer: SharedArrayBuffer) {
    this.#words = new Int32Array(buffer)
    this.#threads = (this.#words.length - 1) / 2
  }

  /** Of a thread: waits for the others, then says whether step `step` may begin. Steps begin in order. */
  mayBegin(thread: number, step: number): boolean {
    this.#awaitOthers(step)
    Atomics.store(this.#words, begunAt(thread), step + 1)
    let limit = Atomics.load(this.#words, LIMIT)
    while (limit === ASKING) {
      Atomics.wait(this.#words, LIMIT, ASKING)
      limit = Atomics.load(this.#words, LIMIT)
    }
    return step < limit
  }

  finish(thread: number, step: number): void {
    this.#setDone(thread, step + 1)
  }

  /** Of a thread that goes through no more steps, or the coordinator about one that died: nobody waits for it. */
  leave(thread: number): void {
    this.#setDone(thread, NO_LIMIT)
  }

  /** Steps that every thread has done; those that left do not count. */
  done(): number {
    return Math.min(...Array.from({ length: this.#threads }, (_, thread) => Atomics.load(this.#words, doneAt(thread))))
  }

  /** Of the coordinator: no step begins that no thread has begun yet. */
  stop(): void {
    const words = this.#words
    if (Atomics.load(words, LIMIT) !== NO_LIMIT) return
    Atomics.store(words, LIMIT, ASKING)
    let begun = 0
    for (let thread = 0; thread < this.#threads; thread += 1) {
      begun = Math.max(begun, Atomics.load(words, begunAt(thread)))
    }
    Atomics.store(words, LIMIT, begun)
    Atomics.notify(words, LIMIT)
  }

  #setDone(thread: number, count: number): void {
    Atomics.store(this.#words, doneAt(thread), count)
    Atomics.notify(this.#words, doneAt(thread))
  }

  #awaitOthers(step: number): void {
    for (let thread = 0; thread < this.#threads; thread += 1) {
      const at = doneAt(thread)
      for (let done = Atomics.load(this.#words, at); done < step - LEAD; done = Atomics.load(this.#words, at)) {
        assert(done >= 0, 'steps are counted up')
        Atomics.wait(this.#words, at, done)
      }
    }
  }
}
