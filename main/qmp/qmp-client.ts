import type { Socket } from 'node:net'
import { EngineError, UnsentError } from '#main/engine-error.ts'
import { assert } from '#shared/assert.ts'
import { formatQmpAddress, type QmpAddress } from '#shared/qemu/qmp-address.ts'
import type { QmpCommand } from '#shared/qemu/qmp-commands.ts'
import { socketOwner } from '#shared/qemu/socket-owner.ts'
import { MessageSplitter } from './message-splitter.ts'
import { openSocket, readGreeting } from './open-socket.ts'
import {
  asEngineError,
  closedError,
  confusedError,
  libvirtsOwnError,
  lostError,
  timeoutError,
  withLibvirtAdvice,
} from './qmp-errors.ts'
import { parseQmpMessage, type QmpAnswer, type QmpEvent, type QmpGreeting, type QmpMessage } from './qmp-wire.ts'

// One connection to a QMP server. Commands are pipelined: each has an id, QEMU answers in its order, and events come
// between. The deadline of a command begins when those before it are answered: a monitor that takes a second for each
// is slow, not dead. Any breach of the protocol ends the connection: nothing after it could be trusted.
//
//   connect ──▶ greeting ──▶ qmp_capabilities ──▶ execute · execute · …  ──▶ closed (once, with the reason)

export interface QmpTimeouts {
  readonly connectMs: number
  /** Silence after connecting means that another client holds the socket. */
  readonly greetingMs: number
  readonly commandMs: number
}

export const QMP_TIMEOUTS: QmpTimeouts = { connectMs: 5000, greetingMs: 3000, commandMs: 5000 }

/** Nobody asks this much at once; more means that answers do not come. */
const MAX_PENDING = 4096

interface Pending {
  readonly command: string
  readonly resolve: (answer: QmpAnswer) => void
  readonly reject: (error: EngineError) => void
  readonly timeoutMs: number
}

export interface ConnectOptions {
  readonly timeouts?: QmpTimeouts
  /** Ends the attempt, and later the connection. */
  readonly signal?: AbortSignal | undefined
}

export class QmpClient {
  readonly greeting: QmpGreeting
  readonly #where: string
  readonly #socket: Socket
  readonly #timeouts: QmpTimeouts
  readonly #splitter: MessageSplitter
  /** In the order sent; the first is the one that the timer is for. */
  readonly #pending = new Map<number, Pending>()
  #timer: NodeJS.Timeout | undefined
  /** Ids below this were sent once; a late answer to a command that timed out is no breach. */
  #nextId = 1
  readonly #eventListeners = new Set<(event: QmpEvent) => void>()
  readonly #closeListeners = new Set<(reason: EngineError) => void>()
  #closed: EngineError | null = null

  /** Connects, waits for the greeting and leaves negotiation mode. Throws EngineError; never waits longer than the time-outs. */
  static async connect(address: QmpAddress, options: ConnectOptions = {}): Promise<QmpClient> {
    try {
      return await QmpClient.#connect(address, options)
    } catch (error) {
      throw withLibvirtAdvice(address, asEngineError(error))
    }
  }

  static async #connect(address: QmpAddress, { timeouts = QMP_TIMEOUTS, signal }: ConnectOptions): Promise<QmpClient> {
    const where = formatQmpAddress(address)
    const owner = socketOwner(address)
    if (owner?.kind === 'libvirt') throw libvirtsOwnError(where, owner)
    if (signal?.aborted) throw closedError(where)
    const socket = await openSocket(address, timeouts.connectMs, signal)
    const giveUp = (): void => void socket.destroy(closedError(where))
    signal?.addEventListener('abort', giveUp)
    const splitter = new MessageSplitter()
    let first: { readonly greeting: QmpGreeting; readonly rest: readonly string[] }
    try {
      first = await readGreeting(socket, splitter, { where, timeoutMs: timeouts.greetingMs })
    } catch (error) {
      socket.destroy()
      throw signal?.aborted ? closedError(where) : error
    } finally {
      signal?.removeEventListener('abort', giveUp)
    }
    const client = new QmpClient(socket, splitter, { where, greeting: first.greeting, timeouts, rest: first.rest })
    const close = (): void => client.close()
    signal?.addEventListener('abort', close)
    client.onClose(() => signal?.removeEventListener('abort', close))
    try {
      const answer = await client.execute({ execute: 'qmp_capabilities', arguments: {} })
      if (answer.ok) return client
      throw confusedError(`qmp_capabilities was answered with ${answer.desc}`)
    } catch (error) {
      // An open socket would keep the whole process from ending.
      client.close()
      throw error
    }
  }

  private constructor(
    socket: Socket,
    splitter: MessageSplitter,
    about: {
      readonly where: string
      readonly greeting: QmpGreeting
      readonly timeouts: QmpTimeouts
      readonly rest: readonly string[]
    },
  ) {
    this.greeting = about.greeting
    this.#where = about.where
    this.#timeouts = about.timeouts
    this.#socket = socket
    this.#splitter = splitter
    socket.on('data', (chunk: Buffer) => this.#read(() => this.#splitter.push(chunk)))
    socket.on('error', (cause) => this.#end(lostError(this.#where, cause)))
    socket.on('close', () => this.#end(lostError(this.#where)))
    this.#read(() => about.rest)
    socket.resume()
  }

  /** Resolves with QEMU's answer, error or not; rejects when the connection ends (UnsentError: it had before) or the time is up. */
  execute(command: QmpCommand, timeoutMs = this.#timeouts.commandMs): Promise<QmpAnswer> {
    if (this.#closed) return Promise.reject(new UnsentError(this.#closed))
    assert(this.#pending.size < MAX_PENDING, 'commands are not sent faster than they can be answered')
    const id = this.#nextId
    this.#nextId += 1
    const { execute, arguments: values } = command
    const request = Object.keys(values).length === 0 ? { execute, id } : { execute, arguments: values, id }
    return new Promise((resolve, reject) => {
      this.#pending.set(id, { command: execute, resolve, reject, timeoutMs })
      if (this.#pending.size === 1) this.#waitForFirst()
      // Commands of one moment go as one write.
      if (this.#socket.writableCorked === 0) {
        this.#socket.cork()
        process.nextTick(() => this.#socket.uncork())
      }
      this.#socket.write(`${JSON.stringify(request)}\n`)
    })
  }

  onEvent(listener: (event: QmpEvent) => void): () => void {
    this.#eventListeners.add(listener)
    return () => this.#eventListeners.delete(listener)
  }

  /** Called once, with the reason, when the connection ends; at once if it has ended. */
  onClose(listener: (reason: EngineError) => void): () => void {
    if (this.#closed) listener(this.#closed)
    else this.#closeListeners.add(listener)
    return () => this.#closeListeners.delete(listener)
  }

  /** Ends the connection; commands under way are rejected. */
  close(): void {
    this.#end(closedError(this.#where))
  }

  #read(next: () => readonly string[]): void {
    if (this.#closed) return
    try {
      for (const text of next()) this.#take(parseQmpMessage(text))
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      this.#end(error)
    }
  }

  #take(message: QmpMessage): void {
    if (message.kind === 'greeting') throw confusedError('it greets a second time')
    if (message.kind === 'event') {
      for (const listener of [...this.#eventListeners]) listener(message)
      return
    }
    const { id, answer } = message
    if (typeof id !== 'number' || id < 1 || id >= this.#nextId || !Number.isInteger(id)) {
      throw confusedError(`it answers a command that was never sent (id ${JSON.stringify(id) ?? 'missing'})`)
    }
    const pending = this.#pending.get(id)
    if (pending === undefined) return // its time was up before
    this.#pending.delete(id)
    this.#waitForFirst()
    pending.resolve(answer)
  }

  /** The time of the command whose turn it is begins now. */
  #waitForFirst(): void {
    clearTimeout(this.#timer)
    const [first] = this.#pending
    if (first === undefined) return
    const [id, { command, timeoutMs, reject }] = first
    this.#timer = setTimeout(() => {
      this.#pending.delete(id)
      this.#waitForFirst()
      reject(timeoutError(command, timeoutMs / 1000))
    }, timeoutMs)
  }

  #end(reason: EngineError): void {
    if (this.#closed) return
    this.#closed = reason
    this.#socket.destroy()
    clearTimeout(this.#timer)
    for (const { reject } of this.#pending.values()) reject(reason)
    this.#pending.clear()
    for (const listener of [...this.#closeListeners]) listener(reason)
  }
}
