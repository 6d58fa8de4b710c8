import { EngineError } from '#main/engine-error.ts'
import type { NativeCalls } from './native-calls.ts'

// The memory that requests in flight read into and write from, mapped outside every heap. A row of the kernel's queue has a
// buffer of its own to read into, which grows with what is asked of it and stays, so that as a rule nothing is mapped per
// request; all writes share one. `shrink` gives back what nobody uses: at once where nothing is in flight, else when that
// has returned.

/** Of buffers to read into, unless there would be no request at all. */
export const BUFFER_LIMIT_BYTES = 512 * 1024 * 1024
const PAGE_BYTES = 4096
const NOISE_BYTES = 1024 * 1024

/** What writes write, and how many are doing so. */
interface Noise {
  readonly address: number
  readonly bytes: number
  writes: number
}

export class AioBuffers {
  /** To read into, of all rows. */
  bytes = 0
  readonly #native: Pick<NativeCalls, 'map' | 'unmap' | 'copy'>
  readonly #noiseOf: (bytes: number) => Uint8Array
  readonly #addresses: Float64Array
  readonly #sizes: Float64Array
  /** Rows whose buffer goes when their request has returned. */
  readonly #isOutgrown: Uint8Array
  readonly #noises: (Noise | null)[]
  #noise: Noise | null = null

  constructor(
    rows: number,
    native: Pick<NativeCalls, 'map' | 'unmap' | 'copy'>,
    noiseOf: (bytes: number) => Uint8Array,
  ) {
    this.#native = native
    this.#noiseOf = noiseOf
    this.#addresses = new Float64Array(rows)
    this.#sizes = new Float64Array(rows)
    this.#isOutgrown = new Uint8Array(rows)
    this.#noises = Array.from({ length: rows }, () => null)
  }

  /** By how much a request of that size in that row adds to `bytes`. */
  growthOf(row: number, bytes: number): number {
    return Math.max(0, pages(bytes) - this.#sizes[row]!)
  }

  /** The address of the row's buffer. Throws EngineError without memory. */
  toRead(row: number, bytes: number): number {
    if (bytes > this.#sizes[row]!) {
      const size = pages(bytes)
      const address = this.#map(size)
      this.#free(row)
      this.#addresses[row] = address
      this.#sizes[row] = size
      this.bytes += size
    }
    return this.#addresses[row]!
  }

  /** The address of what the row's request writes: the kernel only reads it, so they may share it. */
  toWrite(row: number, bytes: number): number {
    const noise = this.#noise !== null && bytes <= this.#noise.bytes ? this.#noise : this.#replaceNoise(bytes)
    noise.writes += 1
    this.#noises[row] = noise
    return noise.address
  }

  /** The row's request has returned. */
  returned(row: number): void {
    const noise = this.#noises[row]
    if (noise != null) {
      this.#noises[row] = null
      noise.writes -= 1
      if (noise !== this.#noise) this.#freeUnused(noise)
    }
    if (this.#isOutgrown[row] === 1) this.#free(row)
  }

  /** Gives back the buffers of rows that have no request. */
  freeIdle(isInFlight: (row: number) => boolean): void {
    for (const [row, size] of this.#sizes.entries()) if (size > 0 && !isInFlight(row)) this.#free(row)
  }

  /** Gives back what is not in use, and what is when its request has returned. */
  shrink(isInFlight: (row: number) => boolean): void {
    this.freeIdle(isInFlight)
    for (const [row, size] of this.#sizes.entries()) if (size > 0) this.#isOutgrown[row] = 1
    if (this.#noise === null) return
    const noise = this.#noise
    this.#noise = null
    this.#freeUnused(noise)
  }

  #replaceNoise(bytes: number): Noise {
    const before = this.#noise
    const size = Math.max(NOISE_BYTES, pages(bytes), 2 * (before?.bytes ?? 0))
    const noise = { address: this.#map(size), bytes: size, writes: 0 }
    const text = this.#noiseOf(NOISE_BYTES)
    for (let at = 0; at < size; at += text.length)
      this.#native.copy(noise.address + at, text.subarray(0, Math.min(text.length, size - at)))
    this.#noise = noise
    if (before !== null) this.#freeUnused(before)
    return noise
  }

  #freeUnused({ address, bytes, writes }: Noise): void {
    if (writes === 0) this.#native.unmap(address, bytes)
  }

  #free(row: number): void {
    const size = this.#sizes[row]!
    this.#isOutgrown[row] = 0
    if (size === 0) return
    this.#native.unmap(this.#addresses[row]!, size)
    this.#sizes[row] = 0
    this.bytes -= size
  }

  #map(bytes: number): number {
    const address = this.#native.map(bytes)
    if (address > 0) return address
    const advice = 'Lower the iodepth or the block size; then Reset.'
    throw new EngineError('disk-failed', `there is no memory for a request of ${bytes} bytes`, advice)
  }
}

function pages(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES
}
