import { EngineError, UnsentError } from '#main/engine-error.ts'
import { libvirtClosed } from './libvirt-errors.ts'
import { Virsh, type VirshOptions } from './virsh.ts'

/** Each time another command before this one has not ended in its time, and took its virsh along. */
const MAX_TRIES = 8

/**
 * One virsh, started when it is first needed, and again after it has ended: a command that does not end in its time ends it.
 * Those that wait behind that one begin in a fresh virsh; the one itself is not given again, since it may still take effect.
 */
export class VirshOnDemand {
  readonly #options: Pick<VirshOptions, 'uri' | 'access'>
  #virsh: Promise<Virsh> | null = null
  readonly #ending = new AbortController()

  constructor(options: Pick<VirshOptions, 'uri' | 'access'>) {
    this.#options = options
  }

  get uri(): string {
    return this.#options.uri
  }

  /** What the command prints. Throws EngineError: refused, with libvirt's words, or libvirt is not reached. */
  async run(words: readonly string[], timeoutMs?: number): Promise<string> {
    for (let tries = 1; ; tries += 1) {
      const virsh = await this.#open()
      try {
        return await virsh.run(words, timeoutMs)
      } catch (error) {
        if (!(error instanceof UnsentError) || tries === MAX_TRIES) throw error
      }
    }
  }

  /** Throws UnsentError: closed, or there is no virsh or no libvirt. */
  async #open(): Promise<Virsh> {
    const { signal } = this.#ending
    if (signal.aborted) throw new UnsentError(libvirtClosed(this.uri))
    const opening = this.#virsh ?? Virsh.open({ ...this.#options, signal })
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
      throw error instanceof EngineError ? new UnsentError(error) : error
    }
  }

  /** Cuts short what is under way, the opening too. */
  close(): void {
    this.#ending.abort()
  }
}
