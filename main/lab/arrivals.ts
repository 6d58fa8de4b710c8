import { ARRIVAL_NUMBERS } from '#main/iothread/arrival-log.ts'
import type { LabSlots } from './lab-slots.ts'

export interface Arrival {
  readonly device: string
  readonly isWrite: boolean
  readonly offset: number
  readonly bytes: number
  readonly arrivalNs: number
}

/** Requests that loads of one iothread asked for, by the names that devices have now. */
export class Arrivals implements Iterable<Arrival> {
  readonly #rows: Float64Array
  readonly #names: ReadonlyMap<number, string>

  constructor(rows: Float64Array, slots: LabSlots) {
    this.#rows = rows
    this.#names = new Map([...slots.devices.values()].map(({ slot, id }) => [slot, id]))
  }

  get count(): number {
    return this.#rows.length / ARRIVAL_NUMBERS
  }

  /** Those of a device that is gone are left out. */
  *[Symbol.iterator](): Iterator<Arrival> {
    const rows = this.#rows
    for (let at = 0; at < rows.length; at += ARRIVAL_NUMBERS) {
      const flow = rows[at + 1]!
      const device = this.#names.get(flow >> 1)
      if (device === undefined) continue
      const [arrivalNs, offset, bytes] = [rows[at]!, rows[at + 2]!, rows[at + 3]!]
      yield { device, isWrite: (flow & 1) === 1, offset, bytes, arrivalNs }
    }
  }
}
