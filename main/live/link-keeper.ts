import { Backoff } from '#main/backoff.ts'
import type { EngineError } from '#main/engine-error.ts'
import type { QmpTimeouts } from '#main/qmp/qmp-client.ts'
import { asEngineError } from '#main/qmp/qmp-errors.ts'
import type { SerialQueue } from '#main/serial-queue.ts'
import type { VmAddress } from '#shared/qemu/vm-address.ts'
import { openLink } from './open-link.ts'
import type { SessionLink } from './session-link.ts'
import type { TaintLeave } from './vm-link.ts'

const FIRST_RETRY_MS = 250
const LONGEST_RETRY_MS = 5000

export interface LinkPorts {
  readonly address: VmAddress
  readonly timeouts: QmpTimeouts
  readonly mayTaint: () => TaintLeave
  readonly work: SerialQueue
  /** Looks at the VM through a fresh link. When it throws, the link is no good. */
  readonly attach: (link: SessionLink) => Promise<void>
  /** The link is there and looked through. */
  readonly attached: (link: SessionLink) => void
  /** The link has ended, or another try has failed for a reason worth telling. */
  readonly lost: (reason: EngineError, kind: 'ended' | 'retry-failed') => void
}

/** Keeps a link to a QEMU: made once on demand, and from then on again and again with growing pauses. */
export class LinkKeeper {
  readonly #ports: LinkPorts
  #link: SessionLink | null = null
  #reason: EngineError | null = null
  readonly #pause = new Backoff(FIRST_RETRY_MS, LONGEST_RETRY_MS)
  #timer: NodeJS.Timeout | null = null
  /** Ends what is under way, too: an attempt takes as long as its time-outs. */
  readonly #ending = new AbortController()

  constructor(ports: LinkPorts) {
    this.#ports = ports
  }

  /** null: lost, or not made yet. */
  get link(): SessionLink | null {
    return this.#link
  }

  /** Throws EngineError; the caller says whether to try again. */
  async connect(): Promise<void> {
    const link = await this.#ports.work.run(() => this.#open())
    if (this.#isClosed) return link.close()
    this.#link = link
    this.#reason = null
    this.#pause.reset()
    this.#ports.attached(link)
    link.onClose((reason) => this.lose(link, reason))
  }

  /** `link` is of no use any more. Only the first reason counts. */
  lose(link: SessionLink, reason: EngineError): void {
    if (this.#link !== link || this.#isClosed) return
    this.#link = null
    this.#reason = reason
    link.close()
    this.#ports.lost(reason, 'ended')
    this.#retryLater()
  }

  /** Tries at once if the link is lost. */
  retryNow(): void {
    if (this.#timer === null) return
    clearTimeout(this.#timer)
    this.#pause.reset()
    void this.#retry()
  }

  close(): void {
    this.#ending.abort()
    if (this.#timer) clearTimeout(this.#timer)
    this.#link?.close()
    this.#link = null
  }

  get #isClosed(): boolean {
    return this.#ending.signal.aborted
  }

  async #open(): Promise<SessionLink> {
    const { address, timeouts, mayTaint } = this.#ports
    const link = await openLink(address, { timeouts, mayTaint, signal: this.#ending.signal })
    try {
      await this.#ports.attach(link)
      return link
    } catch (error) {
      link.close()
      throw error
    }
  }

  #retryLater(): void {
    if (this.#isClosed) return
    this.#timer = setTimeout(() => void this.#retry(), this.#pause.next())
  }

  async #retry(): Promise<void> {
    this.#timer = null
    try {
      await this.connect()
    } catch (error) {
      if (this.#isClosed) return
      this.#reportIfNew(asEngineError(error))
      this.#retryLater()
    }
  }

  /** While a VM hangs its socket looks busy, which is no news. */
  #reportIfNew(reason: EngineError): void {
    if (reason.message === this.#reason?.message) return
    if (reason.code === 'qmp-busy' && this.#reason?.code === 'qmp-timeout') return
    this.#reason = reason
    this.#ports.lost(reason, 'retry-failed')
  }
}
