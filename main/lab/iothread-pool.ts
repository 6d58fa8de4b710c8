import { EngineError } from '#main/engine-error.ts'
import { IothreadHandle } from '#main/iothread/iothread-handle.ts'
import { closeWakeFds, markAbsent, wakeIothread } from '#main/iothread/iothread-memory.ts'
import type { LabMemory } from '#main/iothread/lab-memory.ts'
import type { Failure, Operation, OperationFailure } from '#main/iothread/messages.ts'
import { withTimeout } from '#main/with-timeout.ts'
import { assert } from '#shared/assert.ts'
import { MAX_IOTHREADS } from '#shared/workspace/workspace.ts'
import { SlotPool } from './slot-pool.ts'

// The lab's iothreads by their number in the workspace. A thread that died is replaced under another slot of the shared
// tables, because the locks it may hold bear the old slot's name until somebody has freed them.

/** How long a batch may stay unanswered before the engine goes on without the answer: the thread is stuck in a disk. */
const PATIENCE_MS = 4000

export interface PoolListener {
  diskFailed(slot: number, failure: Failure, atNs: number): void
  diskShallow(slot: number, why: string): void
  died(iothread: number, reason: string): void
  /** As of `IothreadListener`. */
  arrived?(rows: Float64Array): void
}

export interface PoolOptions {
  readonly url: URL
  readonly memory: LabMemory
  readonly epoch: bigint
  readonly listener: PoolListener
}

/** `late`: the batch will be carried out when the thread is free again. `dead`: never; the recovery sees to its devices. */
export type Answer = readonly OperationFailure[] | 'late' | 'dead'

/** An iothread that can only wait for the disk of the device in `slot`, or for one of several (null). */
export interface HeldUp {
  readonly iothread: number
  readonly slot: number | null
  readonly forMs: number
}

export class IothreadPool {
  readonly #options: PoolOptions
  readonly #handles: IothreadHandle[] = []
  readonly #slots = new SlotPool(MAX_IOTHREADS, 'iothreads')
  /** The answer to the last batch of each: batches are answered in order. */
  readonly #lastAnswers = new WeakMap<IothreadHandle, Promise<Answer>>()
  /** Those that left a batch unanswered for too long, until they have answered every one. */
  readonly #late = new Map<IothreadHandle, Promise<void>>()
  #isRunning = false

  constructor(options: PoolOptions) {
    this.#options = options
  }

  get count(): number {
    return this.#handles.length
  }

  /** By which the workspace and `post` name them. */
  numbers(): readonly number[] {
    return [...this.#handles.keys()]
  }

  /** Their slots in the shared tables. */
  slots(): readonly number[] {
    return this.#handles.map((handle) => handle.iothread)
  }

  /** Starts iothreads until there are `count`. Throws EngineError. */
  async growTo(count: number): Promise<void> {
    while (this.#handles.length < count) {
      const iothread = this.#handles.length
      this.#handles.push(await this.#start(iothread))
      await this.#resumeIfRunning(iothread)
    }
  }

  /** Ends iothreads until there are `count`. Those that go serve no device. */
  async shrinkTo(count: number): Promise<void> {
    const gone = this.#handles.splice(count)
    await Promise.all(gone.map((handle) => this.#stop(handle)))
  }

  /** Puts a new thread in the place of one that died; the slot of the dead one is returned, whose members are to be taken out. */
  async replace(iothread: number): Promise<number> {
    const dead = this.#handle(iothread).iothread
    this.#handles[iothread] = await this.#start(iothread)
    await this.#resumeIfRunning(iothread)
    return dead
  }

  /** Nobody holds a lock in the dead slot's name any more. */
  release(slot: number): void {
    markAbsent(this.#options.memory.throttle, slot)
    this.#slots.free(slot)
  }

  /** Waits for the answer for a while only, and not at all for an iothread that is late already. */
  async post(iothread: number, operations: readonly Operation[]): Promise<Answer> {
    if (operations.length === 0) return []
    const handle = this.#handle(iothread)
    const answer = this.send(iothread, operations)
    if (this.#late.has(handle)) return 'late'
    const first = await withTimeout(answer, PATIENCE_MS)
    if (first === 'late' && !this.#late.has(handle)) this.#late.set(handle, this.#untilAnswered(handle))
    return first
  }

  /** Waits for the answer however long it takes. */
  send(iothread: number, operations: readonly Operation[]): Promise<Answer> {
    const handle = this.#handle(iothread)
    const answer = handle.send(operations).catch((error: unknown): Answer => {
      if (error instanceof EngineError) return 'dead'
      throw error
    })
    this.#lastAnswers.set(handle, answer)
    return answer
  }

  isLate(iothread: number): boolean {
    return this.#late.has(this.#handle(iothread))
  }

  get hasLate(): boolean {
    return this.#late.size > 0
  }

  /** Resolves when every batch sent until now was answered, or its thread has died. */
  async whenAllAnswered(): Promise<void> {
    await Promise.all(this.#late.values())
  }

  async postToAll(operations: readonly Operation[]): Promise<void> {
    await Promise.all(this.#handles.map((_, iothread) => this.post(iothread, operations)))
  }

  async pause(): Promise<void> {
    this.#isRunning = false
    await this.postToAll([{ kind: 'pause' }])
  }

  async resume(): Promise<void> {
    this.#isRunning = true
    await this.postToAll([{ kind: 'resume' }])
  }

  async #resumeIfRunning(iothread: number): Promise<void> {
    if (this.#isRunning) await this.post(iothread, [{ kind: 'resume' }])
  }

  /** Iothreads that have waited for a disk for longer than `ms`, or so long that a batch is late. */
  heldUp(ms: number, nowMs: number): readonly HeldUp[] {
    return this.#handles
      .map((handle, iothread) => ({ handle, iothread, ...handle.busyFor(nowMs) }))
      .filter(({ handle, isBusy, forMs }) => isBusy && (forMs > ms || this.#late.has(handle)))
      .map(({ iothread, slot, forMs }) => ({ iothread, slot, forMs: Math.max(forMs, PATIENCE_MS) }))
  }

  async stopAll(): Promise<void> {
    const ended = await Promise.allSettled(this.#handles.splice(0).map((handle) => this.#stop(handle)))
    for (const end of ended) if (end.status === 'rejected') throw end.reason
    closeWakeFds(this.#options.memory.throttle)
  }

  #handle(iothread: number): IothreadHandle {
    const handle = this.#handles[iothread]
    assert(handle !== undefined, 'a batch goes to an iothread that exists')
    return handle
  }

  async #start(iothread: number): Promise<IothreadHandle> {
    const { url, memory, epoch, listener } = this.#options
    const slot = this.#slots.take()
    return IothreadHandle.start({
      url,
      memory,
      iothread: slot,
      epoch,
      listener: {
        diskFailed: (device, failure, atNs) => listener.diskFailed(device, failure, atNs),
        diskShallow: (device, why) => listener.diskShallow(device, why),
        ...(listener.arrived && { arrived: (rows) => listener.arrived?.(rows) }),
        died: (reason) => {
          this.#wakeAll()
          listener.died(iothread, reason)
        },
      },
    })
  }

  /** A thread may die between giving somebody a turn and waking them: everybody looks for themselves. */
  #wakeAll(): void {
    for (const slot of this.slots()) wakeIothread(this.#options.memory.throttle, slot)
  }

  async #stop(handle: IothreadHandle): Promise<void> {
    await handle.stop()
    this.#slots.free(handle.iothread)
  }

  async #untilAnswered(handle: IothreadHandle): Promise<void> {
    for (let last: Promise<Answer> | undefined; last !== this.#lastAnswers.get(handle); ) {
      last = this.#lastAnswers.get(handle)
      await last
    }
    this.#late.delete(handle)
  }
}
