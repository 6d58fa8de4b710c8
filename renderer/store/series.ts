import { assert } from '#shared/assert.ts'

// Samples of one group or device over time, in typed arrays: `columns` numbers per sample, in chunks that are filled
// one after the other and never copied, so that a sample costs no allocation but once per chunk.
//
//   chunk 0 [512 samples × columns]   chunk 1 […]   chunk 2 […      ▲ write here
//
// Samples are counted by the telemetry's sample number, which all series share: two series can be read side by side.
// Inside a chunk a column lies together, so that reading one column of a time span walks memory in order.
// What was not measured is NaN.

export const CHUNK_SAMPLES = 512

export class Series {
  readonly columns: number
  /** Sample number of the first sample still held. */
  first: number
  /** One behind the last sample. */
  end: number
  readonly #chunks: Float32Array[] = []

  constructor(columns: number, first: number) {
    this.columns = columns
    this.first = first
    this.end = first
  }

  /** Appends one sample; the oldest chunk is used again once there are `maxChunks`. */
  push(values: ArrayLike<number>, maxChunks: number): void {
    assert(values.length === this.columns, 'a sample has a value for every column')
    const { chunk, offset } = this.#chunkAt(this.end)
    let target = this.#chunks[chunk]
    if (!target) {
      target =
        this.#chunks.length >= Math.max(2, maxChunks) ? this.#recycle() : new Float32Array(CHUNK_SAMPLES * this.columns)
      this.#chunks.push(target)
    }
    for (let column = 0; column < this.columns; column += 1) {
      target[column * CHUNK_SAMPLES + offset] = values[column] ?? Number.NaN
    }
    this.end += 1
  }

  /** NaN where nothing is held. */
  value(column: number, sample: number): number {
    if (sample < this.first || sample >= this.end) return Number.NaN
    const { chunk, offset } = this.#chunkAt(sample)
    return this.#chunks[chunk]?.[column * CHUNK_SAMPLES + offset] ?? Number.NaN
  }

  get bytes(): number {
    return this.#chunks.length * CHUNK_SAMPLES * this.columns * Float32Array.BYTES_PER_ELEMENT
  }

  #recycle(): Float32Array {
    const oldest = this.#chunks.shift()
    assert(oldest !== undefined, 'a full series has an oldest chunk')
    this.first += CHUNK_SAMPLES
    return oldest
  }

  #chunkAt(sample: number): { readonly chunk: number; readonly offset: number } {
    const index = sample - this.first
    return { chunk: Math.floor(index / CHUNK_SAMPLES), offset: index % CHUNK_SAMPLES }
  }
}
