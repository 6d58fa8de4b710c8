import { EngineError } from '#main/engine-error.ts'
import { type OpenVm, onLink } from '#main/live/apply-workspace.ts'
import { Poller } from '#main/live/poller.ts'
import { SerialQueue } from '#main/serial-queue.ts'
import { withTimeout } from '#main/with-timeout.ts'
import type { VmLook, VmState } from '#shared/host-look.ts'
import type { HistogramState } from '#shared/ipc/live-ops.ts'
import { NS_PER_S } from '#shared/units.ts'
import { stateOfError } from '../run-state.ts'
import type { VmLink } from '../vm-link.ts'
import { sumOfDisks } from './tally-looks.ts'
import { VmJobs } from './vm-jobs.ts'
import { VmPercentiles } from './vm-percentiles.ts'
import type { VmPlace, VmPort } from './vm-port.ts'
import { VmTally } from './vm-tally.ts'

// One VM of a host: looks at it once a period, and costs one bounded look if it hangs.
//
//   new ──open──▶ up ──look──▶ up …           released: a session of Weir's own has the monitor
//    ▲             │ no answer in time
//    └── later ◀───┘ (1, 2, 4 … 15 s)

/** All of one look, however many answers it needs. */
const LOOK_MS = 3000
/** Limits change rarely and are dear to read. */
const DISCOVER_NS = 10 * NS_PER_S
const FIRST_RETRY_NS = 1 * NS_PER_S
const LONGEST_RETRY_NS = 15 * NS_PER_S

export interface VmWatchOptions {
  readonly place: VmPlace
  readonly port: VmPort
  readonly periodMs: number
  readonly nowNs: () => number
  /** Sets latency histograms from the first look on. */
  readonly histograms?: boolean
  readonly latencyTotals?: boolean
}

/** What only the host knows: a name of its own, and what the VM should be. */
export type VmSeen = Omit<VmLook, 'drift'>

export class VmWatch {
  readonly place: VmPlace
  readonly tally: VmTally
  readonly port: VmPort
  readonly percentiles: VmPercentiles
  readonly jobs = new VmJobs()
  readonly #nowNs: () => number
  readonly #poller: Poller
  /** Looks and changes: one after the other. */
  readonly #queue = new SerialQueue()
  /** The latest change, over or not. */
  #change: Promise<unknown> = Promise.resolve()
  #link: VmLink | null = null
  #name: string | null = null
  #title: string | null = null
  #state: VmState = 'new'
  #problem: string | null = null
  #seenNs: number | null = null
  #discoverNs = 0
  #retryNs = 0
  #failures = 0
  #looks = { answered: 0, failed: 0, spentNs: 0 }
  #isClosed = false
  /** Percentiles go on when the VM is taken back. */
  #resumes = false
  /** Grows when what is under way is given up, so that its late end is known to be one. */
  #attempt = 0

  constructor({ place, port, periodMs, nowNs, histograms = false, latencyTotals = false }: VmWatchOptions) {
    this.percentiles = new VmPercentiles(histograms)
    this.tally = new VmTally({ latency: latencyTotals })
    this.place = place
    this.port = port
    this.#nowNs = nowNs
    this.#poller = new Poller(periodMs, () => this.#queue.run(() => this.#work()))
  }

  start(delayMs: number): void {
    this.#poller.start(delayMs)
  }

  close(): void {
    this.#isClosed = true
    this.#poller.stop()
    this.#drop()
  }

  /** Ends it and removes what it set in the VM. Gives sentences about what stays. */
  async finish(): Promise<readonly string[]> {
    this.#poller.stop()
    if (!this.percentiles.isOn) {
      this.close()
      return []
    }
    // libvirt reports no figures of a domain that is being asked by a look under way.
    await withTimeout(this.#queue.idle(), LOOK_MS)
    const left = await this.percentiles.end(this.#link, this.tally.picture, this.port.lookMs)
    this.close()
    return left
  }

  /** A piece of work on the VM, between two looks; the next one sees what it did. Throws EngineError where it is not reached. */
  async work<T>(work: (vm: OpenVm) => Promise<T>): Promise<T> {
    try {
      return await this.#changed(async () => onLink(await this.#reached(), work))
    } finally {
      this.#discoverNs = 0
      if (this.#link !== null) {
        this.#retryNs = 0
        this.#poller.start(0)
      }
    }
  }

  get isReached(): boolean {
    return this.#link !== null
  }

  /** null: the VM is not reached. */
  get histograms(): HistogramState | null {
    return this.#link === null ? null : this.percentiles.stateOn(this.#link)
  }

  /** Sets latency histograms from the next look on. Throws EngineError where it cannot. */
  beginPercentiles(mayTaint: boolean): Promise<void> {
    // One after the other with their end, as they were asked for.
    return this.#changed(async () => this.percentiles.begin(this.#link, mayTaint))
  }

  /** Removes Weir's latency histograms. Gives sentences about what stays. */
  async endPercentiles(): Promise<readonly string[]> {
    try {
      return await this.work(({ link, picture }) => this.percentiles.end(link, picture, this.port.lookMs))
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      return this.percentiles.end(null, null)
    }
  }

  /** Leaves the monitor to somebody else until `take`. Resolves when nothing is under way that changes the VM. */
  async release(): Promise<void> {
    if (this.#state === 'opened') return
    this.#resumes = this.percentiles.isOn && !this.percentiles.mayTaint
    if (this.percentiles.isOn) await this.endPercentiles()
    let change: Promise<unknown>
    do {
      change = this.#change
      await change
    } while (change !== this.#change)
    this.#poller.stop()
    this.#drop()
    this.#state = 'opened'
    this.#problem = null
  }

  take(): void {
    if (this.#state !== 'opened') return
    this.#state = 'new'
    this.#retryNs = 0
    if (this.#resumes) this.percentiles.resume()
    this.#resumes = false
    this.#poller.start(0)
  }

  seen(): VmSeen {
    const { disks, groups } = this.tally.latest
    const up = this.#link !== null && this.#seenNs !== null
    const jobs = this.jobs.latest
    return {
      id: this.place.id,
      name: this.#name ?? this.place.label,
      title: this.#title,
      state: this.#state,
      up,
      problem: this.#problem,
      seenNs: this.#seenNs,
      looks: { ...this.#looks },
      iops: up ? sumOfDisks(disks, 'iops') : null,
      bps: up ? sumOfDisks(disks, 'bps') : null,
      disks: up ? disks : [],
      groups: up ? groups : [],
      ...(up && jobs !== null ? { jobs } : {}),
    }
  }

  /** It is no longer watched, or lent. */
  get #isLetGo(): boolean {
    return this.#isClosed || this.#state === 'opened'
  }

  async #work(): Promise<'again' | 'enough'> {
    // It may have waited behind a change, while the VM was given up or lent.
    if (this.#isLetGo) return 'enough'
    if (this.#nowNs() < this.#retryNs) return 'again'
    const begunNs = this.#nowNs()
    try {
      const lookMs = this.port.lookMs ?? LOOK_MS
      // What the look still does later has no effect.
      if ((await withTimeout(this.#look(), lookMs)) === 'late') {
        const text = `${this.#name ?? this.place.label} does not answer within ${lookMs / 1000} s.`
        throw new EngineError('qmp-timeout', text, '')
      }
      this.#looks.answered += 1
      this.#failures = 0
      this.#problem = null
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      await this.#fail(error)
    }
    this.#looks.spentNs += this.#nowNs() - begunNs
    return this.#isLetGo ? 'enough' : 'again'
  }

  async #look(): Promise<void> {
    const link = this.#link ?? (await this.#open())
    if (this.#nowNs() >= this.#discoverNs) {
      const picture = await link.discover()
      if (this.#link !== link) return
      this.tally.seePicture(picture)
      this.#discoverNs = this.#nowNs() + DISCOVER_NS
    }
    const asked = [link.look(this.#nowNs), link.runState(), this.jobs.ask(link, this.#nowNs())] as const
    const [look, state, jobs] = await Promise.all(asked)
    // Somebody else has it by now, or it was too late.
    if (this.#link !== link) return
    this.tally.seeLook(look)
    const { picture } = this.tally
    if (picture !== null) {
      await this.percentiles.keep(link, picture, look)
    }
    if (this.#link !== link) return
    if (picture !== null && jobs !== null) this.jobs.see(picture, jobs, look.atNs)
    this.#state = state
    this.#seenNs = this.#nowNs()
  }

  #changed<T>(run: () => Promise<T>): Promise<T> {
    const change = this.#queue.run(run)
    this.#change = change.catch(() => null)
    return change
  }

  /** Of a VM that has just come back no look was taken yet. null: somebody else has it, or it is no longer watched. */
  async #reached(): Promise<VmLink | null> {
    if (this.#isLetGo) return null
    return this.#link ?? this.#open()
  }

  async #open(): Promise<VmLink> {
    const attempt = this.#attempt
    const link = await this.port.open(this.place, { mayTaint: () => this.percentiles.leave })
    if (attempt !== this.#attempt) {
      link.close()
      throw new EngineError('cancelled', `${this.place.label} is no longer watched.`, '')
    }
    this.#link = link
    this.#name = link.name
    this.#title = link.title
    this.#discoverNs = 0
    this.tally.forget()
    return link
  }

  async #fail(error: EngineError): Promise<void> {
    this.#drop()
    await this.percentiles.lost(error)
    if (this.#isLetGo) return
    this.#looks.failed += 1
    this.#state = stateOfError(error)
    this.#problem = error.message
    this.#retryNs = this.#nowNs() + Math.min(LONGEST_RETRY_NS, FIRST_RETRY_NS * 2 ** this.#failures)
    this.#failures += 1
  }

  #drop(): void {
    this.#attempt += 1
    this.#link?.close()
    this.#link = null
    this.jobs.forget()
  }
}
