import { Worker } from 'node:worker_threads'
import { EngineError } from '#main/engine-error.ts'
import { withTimeout } from '#main/with-timeout.ts'
import { assert } from '#shared/assert.ts'
import {
  askToStop,
  beats,
  busyWith,
  isBusy,
  markAbsent,
  markDead,
  noteMail,
  resetControl,
  wakeIothread,
} from './iothread-memory.ts'
import { type LabMemory, labBuffers } from './lab-memory.ts'
import type { Failure, IothreadMessage, IothreadStart, Operation, OperationFailure } from './messages.ts'

// The engine's end of one iothread: starts the worker, sends it batches, notices when it dies, ends it.

/** How long an iothread may take to finish its request and close its disks before it is ended the hard way. */
const STOP_PATIENCE_MS = 3000
/** How long the hard way may take: a thread inside a system call that never returns cannot be ended at all. */
const TERMINATE_PATIENCE_MS = 1000

export interface IothreadListener {
  /** The disk of a device gave up. */
  diskFailed(slot: number, failure: Failure, atNs: number): void
  /** The disk of a device has no depth. */
  diskShallow(slot: number, why: string): void
  /** Left out: nobody wants them, and they are not told. */
  arrived?(rows: Float64Array): void
  /** The thread ended by itself. Its batches are refused, its slot is marked dead. */
  died(reason: string): void
}

interface Pending {
  resolve(failures: readonly OperationFailure[]): void
  reject(error: EngineError): void
}

export interface IothreadOptions {
  readonly url: URL
  readonly memory: LabMemory
  /** Its slot in the shared tables. */
  readonly iothread: number
  readonly epoch: bigint
  readonly listener: IothreadListener
}

export class IothreadHandle {
  readonly iothread: number
  readonly #memory: LabMemory
  readonly #worker: Worker
  readonly #listener: IothreadListener
  readonly #exited: Promise<void>
  readonly #pending = new Map<number, Pending>()
  #batches = 0
  #state: 'starting' | 'running' | 'stopping' | 'ended' = 'starting'
  #failure: unknown = null
  #seenBeats = 0
  #seenSlot: number | null = null
  #seenAtMs = 0

  /** Resolves when the thread serves. Throws EngineError if it cannot be started. */
  static async start(options: IothreadOptions): Promise<IothreadHandle> {
    resetControl(options.memory.throttle, options.iothread)
    const handle = new IothreadHandle(options)
    await handle.#whenReady()
    return handle
  }

  private constructor({ url, memory, iothread, epoch, listener }: IothreadOptions) {
    const logsArrivals = listener.arrived !== undefined
    const start: IothreadStart = { buffers: labBuffers(memory), iothread, epoch, logsArrivals }
    this.iothread = iothread
    this.#memory = memory
    this.#listener = listener
    this.#worker = new Worker(url, { workerData: start, execArgv: [], name: `iothread ${iothread}` })
    this.#worker.on('message', (message: IothreadMessage) => this.#receive(message))
    this.#worker.on('error', (error) => {
      this.#failure = error
    })
    this.#exited = new Promise((resolve) => {
      this.#worker.on('exit', () => {
        this.#end()
        resolve()
      })
    })
  }

  /** Resolves when all operations were carried out, with those that failed. Throws EngineError if the thread dies first. */
  send(operations: readonly Operation[]): Promise<readonly OperationFailure[]> {
    if (this.#state !== 'running') return Promise.reject(this.#died())
    this.#batches += 1
    const id = this.#batches
    const answer = new Promise<readonly OperationFailure[]>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject })
    })
    this.#worker.postMessage({ id, operations })
    noteMail(this.#memory.throttle, this.iothread)
    wakeIothread(this.#memory.throttle, this.iothread)
    return answer
  }

  /** Whether it can only wait for a disk, and for how long one has, in ms, to within the time between two calls. */
  busyFor(nowMs: number): { readonly isBusy: boolean; readonly slot: number | null; readonly forMs: number } {
    const { throttle } = this.#memory
    const seen = beats(throttle, this.iothread)
    const slot = busyWith(throttle, this.iothread)
    const busy = isBusy(throttle, this.iothread)
    if (!busy || seen !== this.#seenBeats || slot !== this.#seenSlot) {
      this.#seenBeats = seen
      this.#seenSlot = slot
      this.#seenAtMs = nowMs
    }
    return { isBusy: busy, slot, forMs: nowMs - this.#seenAtMs }
  }

  /** Resolves when the thread is gone. Throws EngineError if it cannot be ended. */
  async stop(): Promise<void> {
    if (this.#state !== 'ended') this.#state = 'stopping'
    askToStop(this.#memory.throttle, this.iothread)
    wakeIothread(this.#memory.throttle, this.iothread)
    if ((await withTimeout(this.#exited, STOP_PATIENCE_MS)) !== 'late') return
    void this.#worker.terminate()
    if ((await withTimeout(this.#exited, TERMINATE_PATIENCE_MS)) !== 'late') return
    throw new EngineError(
      'iothread-died',
      `iothread ${this.iothread} cannot be ended: its disk does not answer`,
      'It ends by itself when the disk answers, or with Weir.',
    )
  }

  async #whenReady(): Promise<void> {
    const ready = new Promise<void>((resolve) => {
      const listen = (message: IothreadMessage) => {
        if (message.kind !== 'ready') return
        this.#worker.off('message', listen)
        resolve()
      }
      this.#worker.on('message', listen)
    })
    await Promise.race([ready, this.#exited])
    if (this.#state === 'ended') throw this.#died()
    this.#state = 'running'
  }

  #receive(message: IothreadMessage): void {
    if (message.kind === 'ready') return
    if (message.kind === 'arrivals') {
      this.#listener.arrived?.(message.rows)
      return
    }
    if (message.kind === 'disk-failed') {
      this.#listener.diskFailed(message.slot, message.failure, message.atNs)
      return
    }
    if (message.kind === 'disk-shallow') {
      this.#listener.diskShallow(message.slot, message.why)
      return
    }
    const pending = this.#pending.get(message.id)
    assert(pending !== undefined, 'a batch is answered once')
    this.#pending.delete(message.id)
    pending.resolve(message.failures)
  }

  #end(): void {
    const before = this.#state
    this.#state = 'ended'
    if (before === 'stopping' && this.#failure === null) markAbsent(this.#memory.throttle, this.iothread)
    else markDead(this.#memory.throttle, this.iothread)
    const error = this.#died()
    for (const pending of this.#pending.values()) pending.reject(error)
    this.#pending.clear()
    if (before === 'running') this.#listener.died(error.message)
  }

  #died(): EngineError {
    const reason = this.#failure instanceof Error ? `: ${this.#failure.message}` : ''
    return new EngineError(
      'iothread-died',
      `iothread ${this.iothread} ended unexpectedly${reason}`,
      'Weir starts it again with its devices; if that happens often, please report it.',
      { cause: this.#failure },
    )
  }
}
