import { MAX_IOTHREADS } from '#shared/workspace/workspace.ts'
import { type IothreadMemory, wakeIothread } from './iothread-memory.ts'

/** Iothreads to wake once a lock is released: waking takes longer than anything done under it. */
export class WakeList {
  readonly #memory: IothreadMemory
  readonly #toWake = new Uint8Array(MAX_IOTHREADS)
  #isEmpty = true

  constructor(memory: IothreadMemory) {
    this.#memory = memory
  }

  add(iothread: number): void {
    this.#toWake[iothread] = 1
    this.#isEmpty = false
  }

  addEverybody(): void {
    this.#toWake.fill(1)
    this.#isEmpty = false
  }

  wake(): void {
    if (this.#isEmpty) return
    this.#isEmpty = true
    for (let iothread = 0; iothread < this.#toWake.length; iothread += 1) {
      if (this.#toWake[iothread] === 0) continue
      this.#toWake[iothread] = 0
      wakeIothread(this.#memory, iothread)
    }
  }
}
