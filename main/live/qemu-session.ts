import type { EngineError } from '#main/engine-error.ts'
import { QMP_TIMEOUTS } from '#main/qmp/qmp-client.ts'
import { asEngineError } from '#main/qmp/qmp-errors.ts'
import { SerialQueue } from '#main/serial-queue.ts'
import type { Source } from '#main/source.ts'
import { withTimeout } from '#main/with-timeout.ts'
import { assert } from '#shared/assert.ts'
import type { QemuApplyReply, QemuState } from '#shared/ipc/contract.ts'
import { ok, type Result } from '#shared/issue.ts'
import { formatVmAddress, type VmAddress } from '#shared/qemu/vm-address.ts'
import type { RunState, Snapshot } from '#shared/snapshot.ts'
import { NS_PER_MS } from '#shared/units.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { applyStaged } from './apply-staged.ts'
import { nothingSent } from './apply-words.ts'
import { type OpenVm, onLink } from './apply-workspace.ts'
import { DiscoverPace } from './discover-pace.ts'
import { OwnHistograms } from './latency/own-histograms.ts'
import { LinkKeeper } from './link-keeper.ts'
import { Listeners } from './listeners.ts'
import type { Look } from './observer.ts'
import { type Opening, openingOf } from './opening.ts'
import type { Picture } from './picture.ts'
import { takeFound } from './picture-events.ts'
import { Poller } from './poller.ts'
import { labelOf } from './qemu-label.ts'
import type { SessionLink } from './session-link.ts'
import { APPLY_PATIENCE_MS, POLL_MS, type QemuSessionOptions } from './session-options.ts'
import { SessionRecord } from './session-record.ts'
import { SessionStatus } from './session-status.ts'
import { SnapshotMaker } from './snapshot-maker.ts'
import { stagedState } from './staged-state.ts'
import { Staging } from './staging.ts'

// A running QEMU as a source. It looks once a second, and sends what changes the VM by `sendStaged` only.
//
//   connect ──▶ attached ── look ── look ── …        one task at a time: a look never meets an Apply
//                  │ any error        ▲
//                  ▼                  │ back-off, for ever (LinkKeeper)
//                 lost ── the last picture stays

export class QemuSession implements Source {
  readonly #address: VmAddress
  readonly #open: Workspace | null
  #opening: Opening['kind'] = 'captured'
  readonly #pollMs: number
  readonly #pace: DiscoverPace
  readonly #poller: Poller
  readonly #startedMs = performance.now()
  readonly #work = new SerialQueue()
  readonly #keeper: LinkKeeper
  readonly record: SessionRecord
  readonly histograms = new OwnHistograms(false)
  /** What each look found, for who records it. */
  readonly looks = new Listeners<{ readonly look: Look; readonly picture: Picture }>()
  readonly #maker = new SnapshotMaker()
  readonly #snapshots = new Listeners<Snapshot>()
  readonly #states = new Listeners<QemuState>()
  readonly #about: SessionStatus
  #staging: Staging | null = null
  #runState: RunState = 'running'
  /** The latest Apply, over or not. */
  #applying: Promise<unknown> = Promise.resolve()
  /** Whether the user allows libvirt's `qemu-monitor-command`, which taints the domain: for this connection. */
  mayTaint = false

  constructor({ address, open = null, journal = null, pollMs = POLL_MS, timeouts = QMP_TIMEOUTS }: QemuSessionOptions) {
    this.#address = address
    this.#open = open
    this.record = new SessionRecord(journal, address)
    this.#pollMs = pollMs
    this.#pace = new DiscoverPace(pollMs * NS_PER_MS)
    this.#poller = new Poller(pollMs, () => this.#poll())
    this.#about = new SessionStatus(labelOf(address, null))
    this.#keeper = new LinkKeeper({
      address,
      timeouts,
      mayTaint: () => (this.mayTaint ? 'this-run' : 'never'),
      work: this.#work,
      attach: (link) => this.#attach(link),
      attached: (link) => this.#attached(link),
      lost: (reason, kind) => this.#lost(reason, kind),
    })
  }

  get state(): QemuState {
    return {
      ...this.#about.part,
      address: formatVmAddress(this.#address),
      pollMs: this.#pollMs,
      nowNs: this.#nowNs(),
      cutOff: this.record.cutOff !== null,
      histograms: { ...this.histograms.state, taints: this.#address.kind === 'libvirt' && !this.mayTaint },
      ...stagedState(this.#staging),
    }
  }

  get latestSnapshot(): Snapshot | null {
    return this.#maker.latest
  }

  /** How the document that was open when the session began became `workspace`. */
  get opening(): Opening['kind'] {
    return this.#opening
  }

  /** What the board shows: the document given, if it is about this VM, or the VM itself; later what the user desires. */
  get workspace(): Workspace {
    assert(this.#staging !== null, 'a session has a workspace once it is connected')
    return this.#staging.desired
  }

  /** Connects and takes the first look. Throws EngineError and does not try again: nobody waits for a typing error. */
  async connect(): Promise<void> {
    assert(this.#about.status === 'detached', 'a session connects once')
    this.#setStatus('connecting', null)
    await this.#keeper.connect().catch((error: unknown) => {
      this.#setStatus('detached', null)
      throw error
    })
  }

  /** While the VM is lost: tries at once instead of when the pause is over. */
  retryNow(): void {
    this.#keeper.retryNow()
  }

  /** Stages `workspace`: nothing is sent before `sendStaged`. */
  async apply(desired: Workspace, revision: number): Promise<Result<{ readonly revision: number }>> {
    this.#staging?.stage(desired, revision)
    this.#reportState()
    return ok({ revision })
  }

  /** Sends what is staged if it is what the user saw, looks again and reports what took. Never throws EngineError. */
  sendStaged(shown = this.state.plan.commands): Promise<QemuApplyReply> {
    return this.#work.run(() => this.#sendStaged(shown))
  }

  /** Another document is on the board. Takes it over if it is about this VM; false: it is not, the session is of no use. */
  takeDocument(workspace: Workspace): boolean {
    const found = this.#staging?.found
    if (found === undefined || openingOf(found, workspace, this.#about.label).kind === 'captured') return false
    this.#staging = new Staging(found, workspace, this.#staging ?? undefined)
    this.#reportState()
    return true
  }

  /** One piece of work on the VM, with the names of the board, between two looks. Throws EngineError when it is not attached. */
  work<T>(work: (vm: OpenVm) => Promise<T>): Promise<T> {
    return this.#work.run(() => onLink(this.#keeper.link, work, this.#staging?.desired))
  }

  /** Stages something beside a workspace: the speed of a job, what drifted away, whether the next start counts. */
  stage(change: (staging: Staging) => void): void {
    if (this.#staging !== null) change(this.#staging)
    this.#reportState()
  }

  async start(): Promise<void> {
    if (this.#runState === 'running') return
    this.#runState = 'running'
    this.#maker.observer.forget()
    this.#poller.start(0)
  }

  /** Stops looking; the VM runs on. */
  async pause(): Promise<void> {
    this.#runState = 'paused'
    const snapshot = this.#maker.repeat(this.#nowNs(), 'paused')
    if (snapshot) this.#snapshots.notify(snapshot)
  }

  /** Totals and estimates begin again; the VM is left alone. */
  async reset(): Promise<void> {
    this.#maker.observer.reset()
  }

  onSnapshot(listener: (snapshot: Snapshot) => void): () => void {
    return this.#snapshots.add(listener)
  }

  onState(listener: (state: QemuState) => void): () => void {
    return this.#states.add(listener)
  }

  /** An Apply under way is finished first, if it can be soon. An attempt to connect is given up. */
  async close(): Promise<void> {
    await withTimeout(this.#applying, APPLY_PATIENCE_MS)
    this.looks.clear()
    this.#snapshots.clear()
    this.#states.clear()
    this.#keeper.close()
    this.#about.status = 'detached'
    this.#poller.stop()
    await this.#work.idle()
    this.#poller.stop()
  }

  async #attach(link: SessionLink): Promise<void> {
    const found = await link.discover()
    await this.record.look(found)
    Object.assign(this.#about, { label: labelOf(this.#address, link.name), version: link.version })
    if (this.#staging === null) {
      const { kind, workspace } = openingOf(found, this.#open, this.#about.label)
      this.#opening = kind
      this.#staging = new Staging(found, workspace)
    } else {
      this.#maker.noteText('connected', `${this.#about.label} answers again`, this.#nowNs())
      const about = { atNs: this.#nowNs(), cause: 'while Weir was away' } as const
      this.#maker.note(takeFound(this.#staging, found, about) ?? [])
    }
    await this.#observe(link, this.#staging)
  }

  #attached(link: SessionLink): void {
    link.onEvent((event) => {
      if (this.#maker.noteEvent(event, this.#nowNs())) this.#pace.hurry(this.#nowNs())
    })
    this.#setStatus('attached', null)
    this.#poller.start(this.#pollMs)
  }

  #lost(reason: EngineError, kind: 'ended' | 'retry-failed'): void {
    this.histograms.noteLost(reason)
    if (kind === 'ended') {
      this.mayTaint = false // the next domain of that name is another one
      this.#maker.observer.forget()
      this.#pace.hurry(this.#nowNs())
      this.#maker.noteText('disconnected', reason.message, this.#nowNs())
      const snapshot = this.#maker.repeat(this.#nowNs(), 'stopped')
      if (snapshot) this.#snapshots.notify(snapshot)
    }
    this.#setStatus('lost', reason)
  }

  async #poll(): Promise<'again' | 'enough'> {
    const { link } = this.#keeper
    if (link === null || this.#runState !== 'running') return 'enough'
    try {
      await this.#work.run(() => this.#look(link))
      return 'again'
    } catch (error) {
      this.#keeper.lose(link, asEngineError(error))
      return 'enough'
    }
  }

  async #look(link: SessionLink): Promise<void> {
    const staging = this.#staging
    if (this.#keeper.link !== link || staging === null) return
    const begunNs = this.#nowNs()
    if (this.#pace.isDue(begunNs)) {
      const found = await link.discover()
      const events = takeFound(staging, found, { atNs: this.#nowNs(), cause: 'by somebody else' })
      this.#pace.done(begunNs, this.#nowNs())
      this.#maker.note(events ?? [])
      if (events !== null) this.#reportState()
    }
    await this.#observe(link, staging)
  }

  async #observe(link: SessionLink, staging: Staging): Promise<void> {
    const look = await link.look(() => this.#nowNs())
    this.#about.lastSeenNs = look.atNs
    if (await this.histograms.keep(link, staging.picture, look)) this.#reportState()
    this.looks.notify({ look, picture: staging.picture })
    const jobs = await link.jobs()
    if (staging.lookAtJobs(jobs)) this.#reportState()
    this.#snapshots.notify(this.#maker.make(look, staging, { state: this.#runState, jobs }))
  }

  async #sendStaged(shown: readonly string[]): Promise<QemuApplyReply> {
    const { link } = this.#keeper
    const staging = this.#staging
    if (link === null || staging === null) return nothingSent('No VM is attached, so nothing was sent.')
    const nowNs = () => this.#nowNs()
    const sending = applyStaged({ link, staging, maker: this.#maker, shown, nowNs, record: this.record })
    this.#applying = sending.catch(() => null)
    const sent = await sending
    if (sent.broken) this.#keeper.lose(link, sent.broken)
    this.#reportState()
    if (this.#keeper.link === link) this.#poller.start(0)
    return sent.reply
  }

  #setStatus(status: QemuState['status'], reason: EngineError | null): void {
    Object.assign(this.#about, { status, reason })
    this.#reportState()
  }

  #reportState(): void {
    this.#states.notify(this.state)
  }

  #nowNs(): number {
    return Math.round((performance.now() - this.#startedMs) * NS_PER_MS)
  }
}
