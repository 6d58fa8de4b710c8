import fs from 'node:fs/promises'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import zlib from 'node:zlib'
import type { EngineError } from '#main/engine-error.ts'
import { writeError } from './write-error.ts'

// A file of recorded load that grows while it is recorded, packed with gzip or not.

const ADVICE = 'Name another file for the recording.'
/** Packing must keep up with a lab on one core; the rest of the gain costs four times as long. */
const GZIP_LEVEL = 1

export class TraceWriter {
  readonly #input: zlib.Gzip | PassThrough
  readonly #written: Promise<EngineError | null>

  /** Creates the file, or empties it. Throws EngineError. */
  static async create(file: string, packing: 'packed' | 'plain'): Promise<TraceWriter> {
    try {
      return new TraceWriter(file, await fs.open(file, 'w'), packing)
    } catch (cause) {
      throw writeError(file, cause, ADVICE)
    }
  }

  private constructor(file: string, handle: fs.FileHandle, packing: 'packed' | 'plain') {
    this.#input = packing === 'packed' ? zlib.createGzip({ level: GZIP_LEVEL }) : new PassThrough()
    this.#written = pipeline(this.#input, handle.createWriteStream()).then(
      () => null,
      (cause: unknown) => writeError(file, cause, ADVICE),
    )
  }

  /** Bytes that wait for the disk. */
  get backlogBytes(): number {
    return this.#input.writableLength
  }

  write(text: string): void {
    if (!this.#input.destroyed) this.#input.write(text)
  }

  /** Resolves when all is on its way to the disk. Throws EngineError where not all of it could be written. */
  async end(): Promise<void> {
    this.#input.end()
    const broken = await this.#written
    if (broken !== null) throw broken
  }
}
