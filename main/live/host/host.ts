import { EngineError } from '#main/engine-error.ts'
import { type OpenVm, onLink } from '#main/live/apply-workspace.ts'
import { Listeners } from '#main/live/listeners.ts'
import type { Picture } from '#main/live/picture.ts'
import { Poller } from '#main/live/poller.ts'
import type { HostLook, VmLook } from '#shared/host-look.ts'
import type { HistogramState } from '#shared/ipc/live-ops.ts'
import { NS_PER_MS } from '#shared/units.ts'
import { Namesakes } from './namesakes.ts'
import { PortLists } from './port-lists.ts'
import type { JobAttention } from './vm-jobs.ts'
import type { VmPlace, VmPort } from './vm-port.ts'
import { type VmSeen, VmWatch } from './vm-watch.ts'

// Looks at every VM of a host once a second. VMs come and go; each is looked at in its own time, so that one that hangs
// delays none of the others. The window, `weir top` and the exporter are three faces of what it sees.

const MAX_VMS = 1024
/** Spreads the VMs over the period, whatever their number: multiples of the golden section fill a circle evenly. */
const GOLDEN = 0.618034

export interface HostOptions {
  readonly ports: readonly VmPort[]
  readonly periodMs?: number
  /** What a VM is otherwise than asked for; null: nothing is asked for. */
  readonly driftOf?: (vm: VmSeen, picture: Picture) => readonly string[] | null
  /** Sets latency histograms in all VMs, until `finish`. */
  readonly histograms?: boolean
  /** Looks at the block jobs of all VMs now and then, where that is cheap. */
  readonly jobs?: boolean
  /** Counts how many requests took how long since it looks, of disks that have histograms. */
  readonly latencyTotals?: boolean
}

export class Host {
  readonly #ports: readonly VmPort[]
  readonly #periodMs: number
  readonly #driftOf: HostOptions['driftOf']
  readonly #namesakes = new Namesakes()
  readonly #histograms: boolean
  readonly #latencyTotals: boolean
  readonly #jobs: boolean
  /** Ids of the VMs whose block jobs are looked at. */
  #attended: ReadonlySet<string> = new Set()
  readonly #watches = new Map<string, VmWatch>()
  /** Ids of the VMs whose monitors somebody else has. */
  readonly #lent = new Set<string>()
  readonly #lists: PortLists
  readonly #listeners = new Listeners<HostLook>()
  readonly #lister: Poller
  readonly #startedMs = performance.now()
  #count = 0
  #isClosed = false

  constructor({
    ports,
    periodMs = 1000,
    driftOf,
    histograms = false,
    latencyTotals = false,
    jobs = false,
  }: HostOptions) {
    this.#ports = ports
    this.#histograms = histograms
    this.#latencyTotals = latencyTotals
    this.#jobs = jobs
    this.#periodMs = periodMs
    this.#driftOf = driftOf
    this.#lists = new PortLists({ ports, found: (port, places) => this.#found(port, places) })
    this.#lister = new Poller(periodMs, async () => {
      await this.#lists.ask(periodMs)
      if (this.#isClosed) return 'enough'
      // The exporter only looks when it is scraped.
      if (this.#listeners.isHeard) this.#listeners.notify(this.look())
      return 'again'
    })
  }

  /** Resolves when the VMs that are there now are known, but for a port that does not answer; they are looked at from then on. */
  async start(): Promise<void> {
    await this.#lists.first()
    if (!this.#isClosed) this.#lister.start(this.#periodMs)
  }

  /** Ends it and removes what it set in the VMs. Gives sentences about what stays. */
  async finish(): Promise<readonly string[]> {
    this.#isClosed = true
    this.#lister.stop()
    const left = [...this.#watches.values()].map(async (watch) => {
      const { name } = watch.seen()
      return (await watch.finish()).map((text) => `${name}: ${text}`)
    })
    const sentences = (await Promise.all(left)).flat()
    this.close()
    return sentences
  }

  /** Sentences: of which VMs and disks no percentiles can be had. */
  histogramProblems(): readonly string[] {
    return [...this.#watches.values()].flatMap((watch) =>
      watch.percentiles.problems.map((text) => `${watch.seen().name}: ${text}`),
    )
  }

  /** Id of a VM that is reached → its latency histograms. */
  histograms(): Readonly<Record<string, HistogramState>> {
    return Object.fromEntries(
      [...this.#watches].flatMap(([id, { histograms }]) => (histograms === null ? [] : [[id, histograms]])),
    )
  }

  /** Sets latency histograms in one VM. Throws EngineError where it cannot. */
  async beginPercentiles(id: string, mayTaint: boolean): Promise<void> {
    const watch = this.#isClosed ? undefined : this.#watches.get(id)
    if (watch === undefined)
      throw new EngineError('qmp-lost', 'The VM is no longer watched.', 'Connect to its host again.')
    await watch.beginPercentiles(mayTaint)
  }

  /** Removes Weir's latency histograms from one VM. Gives sentences about what stays. */
  async endPercentiles(id: string): Promise<readonly string[]> {
    return this.#watches.get(id)?.endPercentiles() ?? []
  }

  close(): void {
    this.#isClosed = true
    this.#lister.stop()
    for (const watch of this.#watches.values()) watch.close()
    this.#watches.clear()
    for (const port of this.#ports) port.close()
  }

  /** Called once a period. Returns its undo. */
  onLook(listener: (look: HostLook) => void): () => void {
    return this.#listeners.add(listener)
  }

  /** These VMs' block jobs are looked at each time. */
  attend(ids: ReadonlySet<string>): void {
    this.#attended = ids
    for (const [id, watch] of this.#watches) watch.jobs.attend(this.#attention(id, watch.port))
  }

  /** Of the VMs that are there. */
  get ids(): readonly string[] {
    return [...this.#watches.keys()]
  }

  /** A piece of work on a VM, between two looks. Throws EngineError where it is not reached. */
  work<T>(id: string, work: (vm: OpenVm) => Promise<T>): Promise<T> {
    return this.#watches.get(id)?.work(work) ?? onLink(null, work)
  }

  /** Whether this block job runs; null: not known. */
  hasJob(id: string, job: string): boolean | null {
    return this.#watches.get(id)?.jobs.has(job) ?? null
  }

  isReached(id: string): boolean {
    return this.#watches.get(id)?.isReached ?? false
  }

  /** Lets go of a VM's monitor, for a session that wants it: until `take`, also when the VM goes and comes again. */
  async release(id: string): Promise<void> {
    this.#lent.add(id)
    await this.#watches.get(id)?.release()
  }

  /** Looks at a released VM again. */
  take(id: string): void {
    this.#lent.delete(id)
    this.#watches.get(id)?.take()
  }

  /** Everything as it was last seen. */
  look(): HostLook {
    const watches = [...this.#watches.values()].map((watch) => ({ watch, seen: watch.seen() }))
    this.#namesakes.see(watches.map(({ seen }) => seen.name))
    const vms = watches.map(({ watch, seen }): VmLook => {
      const picture = seen.up ? watch.tally.picture : null
      const drift = picture === null ? null : (this.#driftOf?.(seen, picture) ?? null)
      return { ...seen, name: this.#namesakes.nameOf(seen), drift }
    })
    return {
      host: this.#ports.map((port) => port.name).join(', '),
      nowNs: this.#nowNs(),
      wallMs: Date.now(),
      vms: vms.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
      problems: this.#lists.problems,
    }
  }

  /** What a port has now. Gives why not all of it is watched; null: it is. */
  #found(port: VmPort, places: readonly VmPlace[]): string | null {
    if (this.#isClosed) return null
    const ids = new Set(places.map(({ id }) => id))
    for (const [id, watch] of this.#watches) {
      if (watch.port !== port || ids.has(id) || this.#lent.has(id)) continue
      watch.close()
      this.#watches.delete(id)
    }
    for (const place of places) {
      if (this.#watches.has(place.id)) continue
      if (this.#watches.size >= MAX_VMS) return `${port.name} has more VMs than Weir watches: ${MAX_VMS}.`
      this.#watches.set(place.id, this.#watch(place, port))
    }
    return null
  }

  #watch(place: VmPlace, port: VmPort): VmWatch {
    const watch = new VmWatch({
      place,
      port,
      periodMs: this.#periodMs,
      nowNs: () => this.#nowNs(),
      histograms: this.#histograms,
      latencyTotals: this.#latencyTotals,
    })
    watch.jobs.attend(this.#attention(place.id, port))
    watch.start(((this.#count * GOLDEN) % 1) * this.#periodMs)
    this.#count += 1
    return watch
  }

  #attention(id: string, port: VmPort): JobAttention {
    if (this.#attended.has(id)) return 'each-look'
    return this.#jobs && port.hasCheapJobs === true ? 'now-and-then' : 'never'
  }

  #nowNs(): number {
    return (performance.now() - this.#startedMs) * NS_PER_MS
  }
}
