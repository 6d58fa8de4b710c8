import { hasGranted } from '#main/throttle/member-table.ts'
import type { ThrottleMemory } from '#main/throttle/throttle-memory.ts'
import type { ServedDevice } from './served-device.ts'

/**
 * Which devices of an iothread need a turn: those whose time has come, and those of which something was granted. It keeps
 * the times side by side, so that a device that has nothing to do costs a wake-up two cache lines and not a dozen.
 */
export class ServiceTurns {
  readonly devices: readonly ServedDevice[]
  readonly #memory: ThrottleMemory
  /** When each needs a turn by itself. All have one at once. */
  readonly #duesNs: Float64Array
  /** Of each the member at its innermost level. */
  readonly #slots: Int32Array
  /** Those whose disks have requests in flight, and how many each had after its last turn. */
  readonly #deep: readonly number[]
  readonly #inFlight: Int32Array

  constructor(memory: ThrottleMemory, devices: readonly ServedDevice[]) {
    this.#memory = memory
    this.devices = devices
    this.#duesNs = new Float64Array(devices.length)
    this.#slots = Int32Array.from(devices, ({ slot, levels }) => levels.at(-1) ?? slot)
    this.#deep = [...devices.keys()].filter((index) => devices[index]!.deepDisk !== null)
    this.#inFlight = new Int32Array(devices.length)
  }

  /** Requests have come back from disks: whoever they belong to has a turn, and whoever had no room for its own. */
  noteReturned(): void {
    for (const index of this.#deep) {
      const device = this.devices[index]!
      const inFlight = device.deepDisk?.inFlight ?? 0
      if (inFlight < this.#inFlight[index]! || device.isHeldUp) this.#duesNs[index] = 0
    }
  }

  needsTurn(index: number, nowNs: number): boolean {
    return this.#duesNs[index]! <= nowNs || hasGranted(this.#memory, this.#slots[index]!)
  }

  /** The device has had its turn, until `nowNs`. */
  noteTurn(index: number, nowNs: number): void {
    const device = this.devices[index]!
    this.#duesNs[index] = device.dueNs(nowNs)
    this.#inFlight[index] = device.deepDisk?.inFlight ?? 0
  }

  /** When the first of them needs a turn; Infinity: only when something is granted. */
  nextNs(): number {
    let nextNs = Number.POSITIVE_INFINITY
    for (const dueNs of this.#duesNs) if (dueNs < nextNs) nextNs = dueNs
    return nextNs
  }
}
