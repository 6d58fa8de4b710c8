import { EngineError } from '#main/engine-error.ts'
import type { HistogramState } from '#shared/ipc/live-ops.ts'
import { NO_MONITOR, OwnHistograms } from '../latency/own-histograms.ts'
import type { Look } from '../observer.ts'
import type { Picture } from '../picture.ts'
import type { TaintLeave, VmLink } from '../vm-link.ts'

const LEAVE_ENDED =
  'Percentiles are off: the connection to the VM was lost, and you allowed its mark as tainted for that connection only.'

/**
 * Latency histograms of one VM of a host, while they are asked for. Through libvirt they need the user's leave, which is for
 * this VM alone and ends with the connection: the next domain of that name is another one.
 */
export class VmPercentiles {
  readonly #own: OwnHistograms
  #mayTaint = false
  /** Sentences: what was not removed at the end. */
  #left: readonly string[] = []

  constructor(isOn: boolean) {
    this.#own = new OwnHistograms(isOn)
  }

  get isOn(): boolean {
    return this.#own.state.isOn
  }

  get mayTaint(): boolean {
    return this.#mayTaint
  }

  get leave(): TaintLeave {
    return this.#mayTaint ? 'this-run' : 'never'
  }

  get problems(): readonly string[] {
    return this.isOn ? this.#own.problems : this.#left
  }

  stateOn(link: VmLink): HistogramState {
    return { isOn: this.isOn, problems: this.problems, taints: link.execute === undefined }
  }

  /** From the next look on. Throws EngineError where that needs a leave that there is not. */
  begin(link: VmLink | null, mayTaint: boolean): void {
    if (link === null) throw new EngineError('qmp-lost', 'The VM is not reached.', 'Try again when it answers.')
    const taints = link.execute === undefined
    if (taints && !mayTaint) throw new EngineError('permission', NO_MONITOR, 'Allow it first.')
    this.#mayTaint ||= taints
    this.resume()
  }

  /** As they were before their end. */
  resume(): void {
    this.#left = []
    this.#own.begin()
  }

  /** After each look. */
  keep(link: VmLink, picture: Picture, look: Look): Promise<boolean> {
    return this.#own.keep(link, picture, look)
  }

  /** Removes Weir's. null as `link`: the VM is not reached. Gives sentences about what stays. */
  async end(link: VmLink | null, picture: Picture | null, withinMs?: number): Promise<readonly string[]> {
    this.#left = await this.#own.end(link, picture, withinMs)
    this.#mayTaint = false
    return this.#left
  }

  /** The connection was lost. Without a leave they are set again when the VM is back. */
  async lost(reason: EngineError): Promise<void> {
    this.#own.noteLost(reason)
    if (!this.#mayTaint) return
    await this.end(null, null)
    this.#left = [LEAVE_ENDED, ...this.#left]
  }
}
