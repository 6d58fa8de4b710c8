import type { EventQueue } from './event-queue.ts'
import type { FreeLoads } from './free-loads.ts'
import { FINISH_NS, FLOW } from './service-queue.ts'
import type { SimulatedDevice } from './simulated-device.ts'
import type { SimulatedDisk } from './simulated-disk.ts'

// All disks of a simulation, by iothread, then those that hold none up; and per disk one event: its first
// request of which somebody is told is done.

export class DiskQueues {
  readonly #disks: readonly SimulatedDisk[]
  readonly #free: FreeLoads
  readonly #queue: EventQueue
  readonly #firstId: number
  /** Whether the request of a flow (device * 2 + direction) runs freely. */
  readonly #runsFree: Uint8Array

  constructor(
    disks: readonly SimulatedDisk[],
    free: FreeLoads,
    events: { readonly queue: EventQueue; readonly firstId: number },
  ) {
    this.#disks = disks
    this.#free = free
    this.#queue = events.queue
    this.#firstId = events.firstId
    this.#runsFree = new Uint8Array(disks.length * 2) // there are at least as many disks as devices
  }

  /** Free loads go on until `nowNs`. */
  goOn(nowNs: number): void {
    for (const disk of this.#disks) this.#free.goOn(disk, nowNs)
  }

  /** The throttle let a request of the device go at `nowNs`. */
  push(device: SimulatedDevice, flow: number, bytes: number, offset: number, arrivalNs: number, nowNs: number): void {
    const disk = this.#disks[device.disk]! // one per device
    this.#free.goOn(disk, nowNs - 1) // what is done at this very moment stands behind
    const at = disk.push(flow, bytes, offset, arrivalNs, nowNs, device.nextServiceNs())
    if (device.runsFree) return
    disk.told += 1
    if (disk.told === 1 || at === disk.first()) {
      this.#queue.set(this.#firstId + device.disk, disk.numbers[at + FINISH_NS]!)
    }
  }

  /** The disk whose event it is, its first request the one that is done. */
  first(index: number, nowNs: number): SimulatedDisk {
    const disk = this.#disks[index]! // one per id
    this.#free.goOn(disk, nowNs)
    disk.told -= 1
    return disk
  }

  /** Sets the disk's event after `first`. */
  next(index: number): void {
    const disk = this.#disks[index]! // one per id
    if (disk.told > 0) this.#setEvent(index, disk)
  }

  /** Whether nobody is told of the device's requests; also of those that its disk has still to serve. */
  setFree(device: SimulatedDevice, runsFree: boolean): void {
    if (device.runsFree === runsFree) return
    device.runsFree = runsFree
    this.#runsFree.fill(runsFree ? 1 : 0, device.slot * 2, device.slot * 2 + 2)
    const disk = this.#disks[device.disk]! // one per device
    if (!runsFree) this.#free.settle(device, disk)
    const { numbers } = disk
    for (let index = 0; index < disk.count; index += 1) {
      if (numbers[disk.at(index) + FLOW]! >> 1 === device.slot) disk.told += runsFree ? -1 : 1
    }
    if (disk.told > 0) this.#setEvent(device.disk, disk)
    else this.#queue.clear(this.#firstId + device.disk)
  }

  #setEvent(index: number, disk: SimulatedDisk): void {
    const { numbers } = disk
    let place = 0
    if (disk.told < disk.count) while (this.#runsFree[numbers[disk.at(place) + FLOW]!] === 1) place += 1
    this.#queue.set(this.#firstId + index, numbers[disk.at(place) + FINISH_NS]!)
  }
}
