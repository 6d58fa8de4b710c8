import { DepthDisk } from '#main/device/depth-disk.ts'
import type { DepthPort, DiskClock, DiskPort } from '#main/device/disk-port.ts'
import type { FileDisk } from '#main/device/file-disk.ts'
import type { IoBuffers } from '#main/device/io-buffers.ts'
import { KernelAio } from '#main/device/kernel-aio.ts'
import { type IothreadMemory, markBusy, markIdle, setWakeFd, wakeFd } from './iothread-memory.ts'

/** Opens the kernel's queue, or says in words why it cannot be. */
export type OpenAio = (wakeFd: number, clock: DiskClock, buffers: IoBuffers) => KernelAio | string

export interface DepthOptions {
  readonly memory: IothreadMemory
  readonly iothread: number
  readonly clock: DiskClock
  readonly buffers: IoBuffers
  /** Hears that a device's disk does one request at a time, and why. */
  readonly onShallow: (slot: number, why: string) => void
  /** Left out: the kernel's. */
  readonly open?: OpenAio
}

/**
 * What gives the disks of an iothread their depth: the kernel's asynchronous I/O, opened with the first disk that uses the
 * page cache not. Where there is none, a disk serves one request at a time, and that is said.
 */
export class DiskDepth {
  /** Null until a disk needs it, and where there is none. */
  aio: KernelAio | null = null
  readonly #options: DepthOptions
  #why: string | null = null

  constructor(options: DepthOptions) {
    this.#options = options
  }

  /** Gives a file that was opened with O_DIRECT its depth. */
  around(file: FileDisk, slot: number): DiskPort | DepthPort {
    const aio = this.#aio()
    if (aio !== null) return new DepthDisk(file, aio)
    this.#options.onShallow(slot, this.#why ?? '')
    return file
  }

  /** Whether requests have come back since the last call. A wake of the iothread is none. */
  takeAnswers(): boolean {
    const { aio } = this
    if (aio === null || !aio.hasReturned) return false
    aio.hasReturned = false
    return true
  }

  /** Hands what was put to the kernel, which blocks where a file system does: while it is frozen, say. */
  submit(): void {
    if (this.aio === null || !this.aio.hasPut) return
    const { memory, iothread } = this.#options
    markBusy(memory, iothread)
    this.aio.submit()
    markIdle(memory, iothread)
  }

  /** All disks are closed. */
  close(): void {
    this.aio?.close()
    this.aio = null
  }

  #aio(): KernelAio | null {
    if (this.aio !== null || this.#why !== null) return this.aio
    const { memory, iothread, clock, buffers, open = KernelAio.open } = this.#options
    const opened = open(wakeFd(memory, iothread), clock, buffers)
    if (typeof opened === 'string') this.#why = opened
    else {
      this.aio = opened
      setWakeFd(memory, iothread, opened.wakeFd)
    }
    return this.aio
  }
}
