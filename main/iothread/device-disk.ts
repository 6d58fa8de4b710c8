import type { DepthPort, DiskPort } from '#main/device/disk-port.ts'
import { noteAnswer, noteOwed } from './disk-memory.ts'
import { markBusy, markIdle } from './iothread-memory.ts'
import type { RequestRing } from './request-ring.ts'
import type { Surroundings } from './surroundings.ts'

/** What a device's disk with depth has done: see `DoneListener`. */
export type RequestDone = DepthPort['onDone']

/**
 * The disk of one device, with what others may know of it: for whose disk the iothread waits while it can do nothing else, and
 * what a disk with depth owes.
 */
export class DeviceDisk {
  /** Null once it has given up. */
  port: DiskPort | DepthPort | null = null
  readonly #slot: number
  readonly #around: Surroundings

  constructor(slot: number, around: Surroundings) {
    this.#slot = slot
    this.#around = around
    noteOwed(around.diskWords, slot, 0)
  }

  /** The disk, if it is one that has requests in flight. */
  get deep(): DepthPort | null {
    return this.port !== null && 'start' in this.port ? this.port : null
  }

  open(port: DiskPort | DepthPort, onDone: RequestDone): void {
    this.port = port
    if (!('start' in port)) return
    const { diskWords } = this.#around
    port.onDone = (direction, bytes, waitNs, serviceNs) => {
      noteAnswer(diskWords, this.#slot, port.inFlight)
      onDone(direction, bytes, waitNs, serviceNs)
    }
  }

  /** Starts what may go, oldest first, until the disk has no more room. What does not fit stays. */
  start(disk: DepthPort, ready: RequestRing, nowNs: number): void {
    while (ready.length > 0 && disk.hasRoomFor(ready.nextBytes)) {
      ready.shift()
      disk.start(ready.direction, ready.offset, ready.bytes, ready.ns, nowNs)
    }
    noteOwed(this.#around.diskWords, this.#slot, disk.inFlight)
  }

  /** Does what may block until the disk answers. */
  whileBusy<T>(transfer: () => T): T {
    const { memory, iothread } = this.#around.throttle
    markBusy(memory, iothread, this.#slot)
    try {
      return transfer()
    } finally {
      markIdle(memory, iothread)
    }
  }

  /** Waits until nothing is in flight. */
  settle(): void {
    const { deep } = this
    if (deep === null) return
    this.whileBusy(() => deep.settle())
    noteOwed(this.#around.diskWords, this.#slot, 0)
  }

  /** Throws EngineError if the disk has vanished. */
  check(): void {
    this.port?.check()
  }

  /** Settles first. */
  close(): void {
    const { port } = this
    if (port === null) return
    this.whileBusy(() => port.close())
    noteOwed(this.#around.diskWords, this.#slot, 0)
    this.port = null
  }
}
