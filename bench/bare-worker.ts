import fs from 'node:fs'
import { performance } from 'node:perf_hooks'
import { parentPort, workerData } from 'node:worker_threads'
import { nativeCalls } from '#main/device/native-calls.ts'

// The least that Weir could cost: a thread that does nothing but the system calls. Posts how many it did.

export type BareOrder =
  | ({ readonly kind: 'transfer'; readonly file: string; readonly sizeBytes: number; readonly isRead: boolean } & Span)
  | ({ readonly kind: 'sleep'; readonly periodMs: number } & Span)

interface Span {
  readonly seconds: number
}

const BLOCK_BYTES = 4096
/** Looking at the clock each time would be part of what is measured. */
const BETWEEN_LOOKS = 256

function transferFor(order: BareOrder & { kind: 'transfer' }): number {
  const fd = fs.openSync(order.file, 'r+')
  const buffer = Buffer.alloc(BLOCK_BYTES, 0x5a)
  const native = nativeCalls()
  const address = native?.addressOf(buffer) ?? 0
  const blocks = order.sizeBytes / BLOCK_BYTES
  const endMs = performance.now() + order.seconds * 1000
  let count = 0
  while (performance.now() < endMs) {
    for (let index = 0; index < BETWEEN_LOOKS; index += 1) {
      const offset = Math.floor(Math.random() * blocks) * BLOCK_BYTES
      if (native !== null) native.transfer(order.isRead ? 0 : 1, fd, address, BLOCK_BYTES, offset)
      else if (order.isRead) fs.readSync(fd, buffer, 0, BLOCK_BYTES, offset)
      else fs.writeSync(fd, buffer, 0, BLOCK_BYTES, offset)
    }
    count += BETWEEN_LOOKS
  }
  fs.closeSync(fd)
  return count
}

function sleepFor({ periodMs, seconds }: BareOrder & { kind: 'sleep' }): number {
  const word = new Int32Array(new SharedArrayBuffer(4))
  const startMs = performance.now()
  let count = 0
  for (let dueMs = startMs; dueMs < startMs + seconds * 1000; dueMs += periodMs) {
    const forMs = dueMs - performance.now()
    if (forMs > 0) Atomics.wait(word, 0, 0, forMs)
    count += 1
  }
  return count
}

const order = workerData as BareOrder // only bare.ts starts this worker
parentPort?.postMessage(order.kind === 'transfer' ? transferFor(order) : sleepFor(order))
