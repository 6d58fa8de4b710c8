import { MAX_REQUEST_BYTES } from '#shared/workspace/workspace.ts'

// Recorded requests in columns of numbers that grow: 20 bytes each, so that ten million lines fit into memory.

/** Of one file, all its disks together. */
export const MAX_TRACE_REQUESTS = 20_000_000

/** In a size: the request writes. */
export const TRACE_WRITE_BIT = 0x8000_0000

const FIRST_CAPACITY = 256

/** Gives zeroed memory: shared where threads are to see it, plain in a window. */
export type Allocate = (bytes: number) => ArrayBufferLike

export interface TraceRequest {
  /** Ns since a moment that is the same for all requests of one file; may be negative. */
  readonly timeNs: number
  readonly isWrite: boolean
  readonly offset: number
  readonly bytes: number
}

export class TraceColumns {
  count = 0
  timesNs: Float64Array
  offsets: Float64Array
  /** Bytes, and the direction in the top bit. */
  sizes: Uint32Array
  /** One past the last byte that is asked for. */
  endBytes = 0
  /** Ns by the file's clock at which time 0 lies, once settled. */
  zeroNs = 0
  readonly #allocate: Allocate
  #isSorted = true

  constructor(allocate: Allocate) {
    this.#allocate = allocate
    this.timesNs = new Float64Array(allocate(FIRST_CAPACITY * 8))
    this.offsets = new Float64Array(allocate(FIRST_CAPACITY * 8))
    this.sizes = new Uint32Array(allocate(FIRST_CAPACITY * 4))
  }

  /** `bytes` is 1 to MAX_REQUEST_BYTES. */
  add({ timeNs, isWrite, offset, bytes }: TraceRequest): void {
    const index = this.count
    if (index === this.timesNs.length) this.#grow()
    if (index > 0 && timeNs < (this.timesNs[index - 1] ?? 0)) this.#isSorted = false
    this.timesNs[index] = timeNs
    this.offsets[index] = offset
    this.sizes[index] = isWrite ? bytes + TRACE_WRITE_BIT : bytes
    this.endBytes = Math.max(this.endBytes, offset + bytes)
    this.count = index + 1
  }

  /**
   * By time, equal times in the order of the file, the first at 0 or as the file has it. Returns whether the order had to
   * be changed.
   */
  settle(zero: 'first request' | 'of the file' = 'first request'): boolean {
    const changed = !this.#isSorted
    if (changed) this.#sort()
    const firstNs = zero === 'of the file' ? 0 : (this.timesNs[0] ?? 0)
    for (let index = 0; index < this.count; index += 1) this.timesNs[index] = (this.timesNs[index] ?? 0) - firstNs
    this.zeroNs += firstNs
    this.#isSorted = true
    return changed
  }

  #sort(): void {
    const order = new Uint32Array(this.count)
    for (let index = 0; index < this.count; index += 1) order[index] = index
    const times = this.timesNs
    order.sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0) || a - b)
    const capacity = this.timesNs.length
    this.timesNs = permuted(this.timesNs, order, new Float64Array(this.#allocate(capacity * 8)))
    this.offsets = permuted(this.offsets, order, new Float64Array(this.#allocate(capacity * 8)))
    this.sizes = permuted(this.sizes, order, new Uint32Array(this.#allocate(capacity * 4)))
  }

  #grow(): void {
    const capacity = this.timesNs.length * 2
    this.timesNs = copied(this.timesNs, new Float64Array(this.#allocate(capacity * 8)))
    this.offsets = copied(this.offsets, new Float64Array(this.#allocate(capacity * 8)))
    this.sizes = copied(this.sizes, new Uint32Array(this.#allocate(capacity * 4)))
  }
}

type Numbers = Float64Array | Uint32Array

function copied<A extends Numbers>(from: A, to: A): A {
  to.set(from)
  return to
}

function permuted<A extends Numbers>(from: A, order: Uint32Array, to: A): A {
  for (let index = 0; index < order.length; index += 1) to[index] = from[order[index] ?? 0] ?? 0
  return to
}

/** Lines of Weir's own CSV, some thousands at a time, without the heading. */
export function* traceCsvLines(columns: TraceColumns): Generator<string> {
  const { count, timesNs, offsets, sizes } = columns
  for (let start = 0; start < count; start += LINES_AT_ONCE) {
    let text = ''
    for (let index = start; index < Math.min(count, start + LINES_AT_ONCE); index += 1) {
      const size = sizes[index] ?? 0
      const op = size >= TRACE_WRITE_BIT ? 'write' : 'read'
      text += `${formatSeconds(timesNs[index] ?? 0)},${op},${offsets[index]},${size % TRACE_WRITE_BIT}\n`
    }
    yield text
  }
}

const LINES_AT_ONCE = 4096
export const TRACE_HEADING = 'time_s,op,offset,bytes\n'

/** To the nanosecond, without trailing zeros. */
function formatSeconds(ns: number): string {
  const text = (ns / 1e9).toFixed(9)
  return text.replace(/\.?0+$/, '')
}

/** Pieces of a request that is larger than any that Weir plays. */
export function piecesOf(request: TraceRequest): readonly TraceRequest[] {
  if (request.bytes <= MAX_REQUEST_BYTES) return [request]
  const count = Math.ceil(request.bytes / MAX_REQUEST_BYTES)
  return Array.from({ length: count }, (_, index) => ({
    ...request,
    offset: request.offset + index * MAX_REQUEST_BYTES,
    bytes: Math.min(MAX_REQUEST_BYTES, request.bytes - index * MAX_REQUEST_BYTES),
  }))
}
