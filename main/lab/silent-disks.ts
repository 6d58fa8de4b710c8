import { answersOf, owedBy } from '#main/iothread/disk-memory.ts'
import { MAX_DEVICES } from '#shared/workspace/workspace.ts'
import type { LabTools } from './lab-tools.ts'
import type { RunningDevice } from './running-device.ts'

/** A disk that has not answered for longer than this is said to be silent. */
const SILENT_MS = 5000

/**
 * Finds the disks that do not answer, and the devices that wait for another's. A disk with depth is silent by itself: its
 * iothread serves the others on. One whose iothread can do nothing but wait for it holds them all up.
 */
export class SilentDisks {
  readonly #tools: LabTools
  readonly #answers = new Int32Array(MAX_DEVICES)
  readonly #sinceMs = new Float64Array(MAX_DEVICES)
  /** By slot, as last seen: an iothread may wait for a disk whose device is gone, or has another slot by now. */
  readonly #seen = new Map<number, RunningDevice>()

  constructor(tools: LabTools) {
    this.#tools = tools
  }

  /** Of each such device, by its id, what is wrong. Times are known to within the time between two calls. */
  look(nowMs: number): ReadonlyMap<string, string> {
    const { slots, pool } = this.#tools
    const devices = [...slots.devices.values()]
    for (const device of devices) this.#seen.set(device.slot, device)
    const held = new Map(pool.heldUp(SILENT_MS, nowMs).map((each) => [each.iothread, each]))
    const found = new Map<string, string>()
    for (const device of devices) {
      const silentMs = this.#silentForMs(device.slot, nowMs)
      const holdUp = held.get(device.iothread)
      if (holdUp !== undefined) {
        this.#sinceMs[device.slot] = nowMs // nobody has looked whether it has answered
        found.set(device.id, this.#whyHeldUp(device, holdUp))
      } else if (silentMs > SILENT_MS) found.set(device.id, silent(silentMs))
    }
    return found
  }

  #silentForMs(slot: number, nowMs: number): number {
    const { diskWords } = this.#tools.memory
    const answers = answersOf(diskWords, slot)
    if (owedBy(diskWords, slot) === 0 || answers !== this.#answers[slot]) {
      this.#answers[slot] = answers
      this.#sinceMs[slot] = nowMs
    }
    return nowMs - this.#sinceMs[slot]! // a slot is within the table
  }

  #whyHeldUp(device: RunningDevice, { slot, forMs }: { readonly slot: number | null; readonly forMs: number }): string {
    const waited = `its iothread has waited ${seconds(forMs)} for`
    if (slot === null) return `${waited} a disk`
    const culprit = this.#seen.get(slot)
    if (culprit?.key === device.key) return silent(forMs)
    const named = [...this.#tools.slots.devices.values()].find(({ key }) => key === culprit?.key) ?? culprit
    return named === undefined ? `${waited} a disk` : `${waited} the disk of ${named.id}`
  }
}

function silent(forMs: number): string {
  return `its disk has not answered for ${seconds(forMs)}`
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)} s`
}
