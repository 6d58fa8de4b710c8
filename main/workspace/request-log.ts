import fs from 'node:fs/promises'
import { csvCell } from '#shared/formats/text/csv-rows.ts'
import { writeError } from './write-error.ts'

// A CSV of every request of a run, written piece by piece: `add` collects, `write` waits until the disk has taken it.

const HEADING = 'arrival_s,go_s,done_s,device,op,offset,bytes\n'
const ADVICE = 'Name another file for --trace, or leave it out.'
const OPS = ['read', 'write'] as const

/** A time in ns as seconds with all nine places: exact, since ns are whole. */
function seconds(ns: number): string {
  const whole = Math.floor(ns / 1e9)
  return `${whole}.${String(ns - whole * 1e9).padStart(9, '0')}`
}

export class RequestLog {
  readonly #file: string
  readonly #handle: fs.FileHandle
  readonly #names: readonly string[]
  #text = HEADING

  private constructor(file: string, handle: fs.FileHandle, devices: readonly string[]) {
    this.#file = file
    this.#handle = handle
    this.#names = devices.map(csvCell)
  }

  /** Creates the file, or empties it. */
  static async create(file: string, devices: readonly string[]): Promise<RequestLog> {
    try {
      return new RequestLog(file, await fs.open(file, 'w'), devices)
    } catch (cause) {
      throw writeError(file, cause, ADVICE)
    }
  }

  /** `flow` is device * 2 + direction; times in ns. */
  add(flow: number, offset: number, bytes: number, arrivalNs: number, goNs: number, doneNs: number): void {
    const times = `${seconds(arrivalNs)},${seconds(goNs)},${seconds(doneNs)}`
    this.#text += `${times},${this.#names[flow >> 1]},${OPS[(flow & 1) as 0 | 1]},${offset},${bytes}\n`
  }

  /** Writes what was added. */
  async write(): Promise<void> {
    const text = this.#text
    this.#text = ''
    try {
      await this.#handle.writeFile(text, 'utf8')
    } catch (cause) {
      throw writeError(this.#file, cause, ADVICE)
    }
  }

  async close(): Promise<void> {
    await this.#handle.close()
  }
}
