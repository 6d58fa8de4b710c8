import { EngineError } from '#main/engine-error.ts'
import { Virsh, type VirshOptions } from './virsh.ts'

/** One virsh, started when it is first needed, and again after it has ended. */
export class VirshOnDemand {
  readonly #options: Pick<VirshOptions, 'uri' | 'access'>
  #virsh: Promise<Virsh> | null = null
  #isClosed = false

  constructor(options: Pick<VirshOptions, 'uri' | 'access'>) {
    this.#options = options
  }

  /** Throws EngineError: closed, or there is no virsh or no libvirt. */
  async open(): Promise<Virsh> {
    if (this.#isClosed) {
      throw new EngineError('cancelled', `The connection to libvirt:${this.#options.uri} was closed.`, '')
    }
    const opening = this.#virsh ?? Virsh.open(this.#options)
    this.#virsh = opening
    const forget = (): void => {
      if (this.#virsh === opening) this.#virsh = null
    }
    try {
      const virsh = await opening
      virsh.onClose(forget)
      return virsh
    } catch (error) {
      forget()
      throw error
    }
  }

  close(): void {
    this.#isClosed = true
    void this.#virsh?.then(
      (virsh) => virsh.close(),
      () => undefined,
    )
  }
}
