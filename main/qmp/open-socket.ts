import { stat } from 'node:fs/promises'
import { createConnection, type Socket } from 'node:net'
import { EngineError } from '#main/engine-error.ts'
import { formatQmpAddress, type QmpAddress } from '#shared/qemu/qmp-address.ts'
import type { MessageSplitter } from './message-splitter.ts'
import {
  busyError,
  closedEarlyError,
  closedError,
  confusedError,
  connectError,
  notASocketError,
  timeoutError,
} from './qmp-errors.ts'
import { parseQmpMessage, type QmpGreeting } from './qmp-wire.ts'
import { deniedError } from './socket-denied.ts'

// How a connection to a QMP server begins: the socket, and QEMU's greeting on it, each with its time-out.

/** Node otherwise allocates 64 KiB for each read, and a host's VMs answer hundreds of times a second. */
const INCOMING = Buffer.alloc(64 * 1024)

/** Connects, and listens to nothing yet. Throws EngineError. */
export async function openSocket(address: QmpAddress, timeoutMs: number, signal?: AbortSignal): Promise<Socket> {
  if (address.kind === 'unix') await refuseFiles(address.path)
  try {
    return await connected(address, timeoutMs, signal)
  } catch (error) {
    if (error instanceof EngineError) throw error
    const cause = error as NodeJS.ErrnoException // what a socket fails with
    const isDenied = address.kind === 'unix' && ['EACCES', 'EPERM'].includes(cause.code ?? '')
    throw isDenied ? await deniedError(address.path, cause) : connectError(address, cause)
  }
}

/** Throws EngineError where Weir gives up, else what the socket fails with. */
function connected(address: QmpAddress, timeoutMs: number, signal?: AbortSignal): Promise<Socket> {
  const target = address.kind === 'unix' ? { path: address.path } : { host: address.host, port: address.port }
  return new Promise((resolve, reject) => {
    const socket = createConnection({ ...target, onread: { buffer: INCOMING, callback: readInto } })
    // Shared by all: whoever listens copies what it keeps before the next one reads.
    function readInto(bytes: number, buffer: Uint8Array): boolean {
      return socket.emit('data', Buffer.from(buffer.buffer, buffer.byteOffset, bytes))
    }
    const giveUp = (reason: Error): void => {
      done()
      socket.destroy()
      reject(reason)
    }
    const onAbort = (): void => giveUp(closedError(formatQmpAddress(address)))
    const timer = setTimeout(() => {
      giveUp(timeoutError(`the connection to ${formatQmpAddress(address)}`, timeoutMs / 1000))
    }, timeoutMs)
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      socket.removeAllListeners('error')
      // Between here and the client's own listeners an error must not become an uncaught one; 'close' follows it.
      socket.on('error', () => socket.destroy())
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    socket.once('error', giveUp)
    socket.once('connect', () => {
      done()
      resolve(socket)
    })
  })
}

/** The kernel says "connection refused" of a plain file, as of the socket of a QEMU that has ended. */
async function refuseFiles(path: string): Promise<void> {
  const found = await stat(path).catch(() => null)
  if (found !== null && !found.isSocket()) throw notASocketError(path)
}

/** The greeting, and what already came behind it. */
export function readGreeting(
  socket: Socket,
  splitter: MessageSplitter,
  { where, timeoutMs }: { readonly where: string; readonly timeoutMs: number },
): Promise<{ readonly greeting: QmpGreeting; readonly rest: readonly string[] }> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void): void => {
      clearTimeout(timer)
      socket.pause()
      socket.off('data', onData)
      socket.off('close', onClose)
      settle()
    }
    let silent = true
    const timer = setTimeout(() => {
      done(() =>
        reject(silent ? busyError(where) : timeoutError(`with a whole greeting at ${where}`, timeoutMs / 1000)),
      )
    }, timeoutMs)
    const onClose = (): void => done(() => reject(closedEarlyError(where)))
    const onData = (chunk: Buffer): void => {
      silent = false
      try {
        const [first, ...rest] = splitter.push(chunk)
        if (first === undefined) return
        const message = parseQmpMessage(first)
        if (message.kind !== 'greeting') throw confusedError('it does not start with a greeting')
        done(() => resolve({ greeting: message.greeting, rest }))
      } catch (error) {
        done(() => reject(error))
      }
    }
    socket.on('data', onData)
    socket.on('close', onClose)
  })
}
