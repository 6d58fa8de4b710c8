import type { Outcome } from '#shared/ipc/contract.ts'
import type { HostBoard } from './host-board.ts'
import type { QemuBoard } from './qemu-board.ts'

/** From the table of a host to the board of one of its VMs, which takes over the VM's monitor from the table. */
export class VmOpening {
  readonly #host: HostBoard
  readonly #qemu: QemuBoard
  #underWay: { readonly id: string; readonly outcome: Promise<Outcome> } | null = null

  constructor(host: HostBoard, qemu: QemuBoard) {
    this.#host = host
    this.#qemu = qemu
  }

  /** Asked for again while it opens, as by a key that is held, it opens once. */
  open(id: string): Promise<Outcome> {
    const underWay = this.#underWay
    if (underWay?.id === id) return underWay.outcome
    if (underWay !== null) return Promise.resolve({ ok: false, message: `${underWay.id} is being opened.`, issues: [] })
    const outcome = this.#open(id).finally(() => {
      this.#underWay = null
    })
    this.#underWay = { id, outcome }
    return outcome
  }

  /** The table has the VM again, unless what was given up was the attempt to reach another one. */
  giveBack(): void {
    if (this.#qemu.session === null) this.#host.take()
  }

  async #open(id: string): Promise<Outcome> {
    let isOpen = false
    try {
      await this.#host.release(id)
      const outcome = await this.#qemu.connect(id, 'stays')
      isOpen = outcome.ok
      if (isOpen) this.#host.opened(id)
      return outcome
    } finally {
      if (!isOpen) this.#host.notOpened()
    }
  }
}
