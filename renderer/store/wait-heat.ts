import { NS_PER_S } from '#shared/units.ts'

// How many requests waited how long, second by second: the ground of the latency heat map. Row = one second of the
// source's clock, column = a power of two of microseconds, as in `DeviceSnapshot.waitCounts`.

export const HEAT_SECONDS = 640
export const HEAT_BUCKETS = 32
const ROWS_PER_CHUNK = 64
const CHUNKS = HEAT_SECONDS / ROWS_PER_CHUNK

export class WaitHeat {
  readonly #chunks = new Map<number, Uint32Array>()
  /** Second of the newest row, -1 before the first. */
  newest = -1

  add(nowNs: number, counts: readonly number[]): void {
    const second = Math.floor(nowNs / NS_PER_S)
    this.newest = Math.max(this.newest, second)
    if (counts.length === 0) return
    const chunk = this.#chunkOf(second)
    const row = (second % ROWS_PER_CHUNK) * HEAT_BUCKETS
    for (let bucket = 0; bucket < counts.length; bucket += 1) {
      const at = row + Math.min(bucket, HEAT_BUCKETS - 1)
      chunk[at] = (chunk[at] ?? 0) + (counts[bucket] ?? 0)
    }
  }

  /** Requests of one second in wait bucket `bucket`; 0 where nothing is held. */
  count(second: number, bucket: number): number {
    const chunk = this.#chunks.get(Math.floor(second / ROWS_PER_CHUNK))
    return chunk?.[(second % ROWS_PER_CHUNK) * HEAT_BUCKETS + bucket] ?? 0
  }

  #chunkOf(second: number): Uint32Array {
    const index = Math.floor(second / ROWS_PER_CHUNK)
    const known = this.#chunks.get(index)
    if (known) return known
    const chunk = new Uint32Array(ROWS_PER_CHUNK * HEAT_BUCKETS)
    this.#chunks.set(index, chunk)
    for (const old of this.#chunks.keys()) if (old <= index - CHUNKS) this.#chunks.delete(old)
    return chunk
  }
}
