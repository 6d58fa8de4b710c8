import { hasGranted } from '#main/throttle/member-table.ts'
import type { ThrottleMemory } from '#main/throttle/throttle-memory.ts'
import type { ServedDevice } from './served-device.ts'

/**
 * Which devices of an iothread need a slice of its time: those that are due, and those of which something was granted. It keeps
 * when each is due side by side, so that a device that has nothing to do costs a wake-up two cache lines and not a dozen.
 */
export class ServiceSlices {
  /** Those first whose disks have requests in flight, else in the order in which they came. */
  readonly devices: readonly ServedDevice[]
  /** How many of the first have such disks. */
  readonly deepCount: number
  readonly #memory: ThrottleMemory
  /** When each needs a slice by itself. All have one at once. */
  readonly #duesNs: Float64Array
  /** Of each the member at its innermost level. */
  readonly #slots: Int32Array
  /** How many requests in flight each had after its last slice. */
  readonly #inFlight: Int32Array

  constructor(memory: ThrottleMemory, inOrder: readonly ServedDevice[]) {
    const deep = inOrder.filter(({ deepDisk }) => deepDisk !== null)
    const devices = [...deep, ...inOrder.filter(({ deepDisk }) => deepDisk === null)]
    this.#memory = memory
    this.devices = devices
    this.deepCount = deep.length
    this.#duesNs = new Float64Array(devices.length)
    this.#slots = Int32Array.from(devices, ({ slot, levels }) => levels.at(-1) ?? slot)
    this.#inFlight = new Int32Array(devices.length)
  }

  /** Requests have come back from disks: whoever they belong to has a slice, and whoever had no room for its own. */
  noteReturned(): void {
    for (let index = 0; index < this.deepCount; index += 1) {
      const device = this.devices[index]!
      const inFlight = device.deepDisk?.inFlight ?? 0
      if (inFlight < this.#inFlight[index]! || device.isHeldUp) this.#duesNs[index] = 0
    }
  }

  needsSlice(index: number, nowNs: number): boolean {
    return this.#duesNs[index]! <= nowNs || hasGranted(this.#memory, this.#slots[index]!)
  }

  /** The device has had its slice, until `nowNs`. */
  noteSlice(index: number, nowNs: number): void {
    const device = this.devices[index]!
    this.#duesNs[index] = device.dueNs(nowNs)
    this.#inFlight[index] = device.deepDisk?.inFlight ?? 0
  }

  /** When the first of them needs a slice; Infinity: only when something is granted. */
  nextNs(): number {
    let nextNs = Number.POSITIVE_INFINITY
    for (const dueNs of this.#duesNs) if (dueNs < nextNs) nextNs = dueNs
    return nextNs
  }
}
