import { EngineError } from '#main/engine-error.ts'
import { withRecorded } from '#main/frontier/recorded-loads.ts'
import { createLabMemory, latenessRow } from '#main/iothread/lab-memory.ts'
import { SerialQueue } from '#main/serial-queue.ts'
import type { Source } from '#main/source.ts'
import { RunBook, waitPercentiles } from '#main/stats/run-book.ts'
import { Sampler } from '#main/stats/sampler.ts'
import { checkWorkspaceFiles } from '#main/workspace/check-files.ts'
import { failed, formatIssue, ok, type Result } from '#shared/issue.ts'
import type { Percentiles, RunResult } from '#shared/result.ts'
import type { RunState, Snapshot, SourceEvent } from '#shared/snapshot.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { Arrivals } from './arrivals.ts'
import { runChanges } from './change-runner.ts'
import { IothreadPool } from './iothread-pool.ts'
import { findLabChanges, isNothingChanged } from './lab-changes.ts'
import { LabClock } from './lab-clock.ts'
import { changeEvents, event } from './lab-events.ts'
import { LabSlots } from './lab-slots.ts'
import type { LabTools } from './lab-tools.ts'
import { LabWatch } from './lab-watch.ts'
import { namedResult, namedSnapshot } from './names-of-keys.ts'
import { OwnFiles } from './own-files.ts'
import { findRenames, NO_RENAMES, type Renames, renamed } from './renames.ts'
import { rewind } from './rewind.ts'
import {
  effectiveWorkspace,
  NO_SCRIPT,
  nextStepNs,
  played,
  rewound,
  type ScriptState,
  withDesired,
} from './script-player.ts'
import { Ticker } from './ticker.ts'

// Real I/O under throttle groups on this machine. Owns the shared memory and the iothreads; takes whole workspaces,
// finds by value what differs from what runs, and has the iothreads do it; emits snapshots. Its own thread takes no
// group lock, does no disk I/O of the load and never blocks for either: whatever changes anything is a task in one queue.
// No request is in this folder: they wait and are executed in the iothreads (`main/iothread/waiting-requests.ts`).

export interface LabOptions {
  /** The built entry of the iothreads: iothread.js. */
  readonly iothreadUrl: URL
  /** Where backing files go, in a folder of the run's own. */
  readonly dataFolder: string
  /** Time between two snapshots; 100 by default. */
  readonly samplePeriodMs?: number
  /** Takes every request that a load asks for; left out: nobody records them, which costs nothing. */
  readonly onArrivals?: (arrivals: Arrivals) => void
}

export class Lab implements Source {
  readonly #tools: LabTools
  readonly #watch: LabWatch
  readonly #queue = new SerialQueue()
  readonly #ticker: Ticker
  readonly #listeners = new Set<(snapshot: Snapshot) => void>()
  #sampler: Sampler
  #script: ScriptState = NO_SCRIPT
  #scriptTimer: NodeJS.Timeout | null = null
  #state: RunState = 'stopped'
  #isClosed = false
  #revision = 0
  #appliedRevision = 0
  #events: SourceEvent[] = []

  constructor({ iothreadUrl, dataFolder, samplePeriodMs = 100, onArrivals }: LabOptions) {
    const epoch = process.hrtime.bigint()
    const memory = createLabMemory()
    const clock = new LabClock(memory, epoch)
    const pool = new IothreadPool({
      url: iothreadUrl,
      memory,
      epoch,
      listener: {
        diskFailed: (slot, failure, atNs) => this.#watch.diskFailed(slot, failure, atNs),
        diskShallow: (slot, why) => this.#watch.diskShallow(slot, why),
        died: (iothread, reason) => this.#watch.died(iothread, reason),
        ...(onArrivals && { arrived: (rows) => onArrivals(new Arrivals(rows, this.#tools.slots)) }),
      },
    })
    const { throttle, stats } = memory
    const book = new RunBook(throttle, stats)
    const run = (task: () => Promise<void>) => this.#queue.run(async () => (this.#isClosed ? undefined : task()))
    this.#tools = { memory, clock, pool, slots: new LabSlots(), files: new OwnFiles(dataFolder), run, book }
    this.#watch = new LabWatch(this.#tools, (noted) => this.#note(noted))
    this.#sampler = new Sampler(throttle, stats)
    const nowMs = () => clock.machineMs()
    this.#ticker = new Ticker(samplePeriodMs, nowMs, () => this.#tick())
  }

  /** Paths in `desired` are absolute. */
  apply(desired: Workspace, revision: number): Promise<Result<{ readonly revision: number }>> {
    return this.#run(async () => {
      const renames = findRenames(this.#script.desired, desired)
      const script = withDesired(this.#script, desired, { renames, nowNs: this.#tools.clock.nowNs() })
      const changed = await this.#change(script, renames)
      if (!changed.ok) return changed
      this.#appliedRevision = revision
      this.#armScript()
      if (this.#state !== 'running') this.#emit()
      return ok({ revision })
    })
  }

  start(): Promise<void> {
    return this.#run(() => this.#startTime())
  }

  pause(): Promise<void> {
    return this.#run(async () => {
      if (this.#state !== 'running') return
      await this.#stopTime('paused')
      this.#note(event(this.#tools.clock.nowNs(), 'paused', 'paused'))
      this.#emit()
    })
  }

  /** Also makes another attempt at disks and iothreads that gave up. */
  reset(): Promise<void> {
    return this.#run(async () => {
      const wasRunning = this.#state === 'running'
      if (wasRunning) await this.#stopTime('stopped')
      this.#state = 'stopped'
      await this.#watch.recoverAll()
      const script = rewound(this.#script)
      const changed = await this.#change(script)
      if (!changed.ok) this.#note(event(0, 'note', changed.issues.map(formatIssue).join('; ')))
      await rewind(this.#tools)
      this.#sampler = new Sampler(this.#tools.memory.throttle, this.#tools.memory.stats)
      this.#emit()
      if (wasRunning) await this.#startTime()
    })
  }

  onSnapshot(listener: (snapshot: Snapshot) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  setSamplePeriod(periodMs: number): void {
    this.#ticker.setPeriod(periodMs)
  }

  /** The run's clock: ns since time 0, pauses left out. */
  nowNs(): number {
    return this.#tools.clock.nowNs()
  }

  /** What was measured since time 0. */
  result(): RunResult {
    const { slots, clock, book } = this.#tools
    const { name, seed } = this.#script.desired
    const result = book.result(slots.slotNames(), { source: 'lab', name, seed, nowNs: clock.nowNs() })
    const loads = [...slots.devices.values()].flatMap(({ id, about }) => (about === null ? [] : [{ id, about }]))
    return withRecorded(namedResult(result, slots), loads)
  }

  /** How late the timers of each iothread fired since it started. */
  timerLateness(): readonly Percentiles[] {
    const { memory, pool } = this.#tools
    return pool.slots().map((slot) => waitPercentiles(memory.stats, latenessRow(slot), 0))
  }

  close(): Promise<void> {
    return this.#queue.run(async () => {
      if (this.#isClosed) return
      this.#isClosed = true
      this.#stopTimers()
      this.#watch.close()
      try {
        await this.#tools.pool.stopAll()
      } finally {
        await this.#tools.files.close()
        this.#listeners.clear()
      }
    })
  }

  #run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#isClosed) return Promise.reject(new EngineError('cancelled', 'the lab is closed', 'Open it again.'))
    return this.#queue.run(task)
  }

  /** Puts what the script makes of the desired workspace in force, or leaves everything as it is. */
  async #change(script: ScriptState, renames: Renames = NO_RENAMES): Promise<Result<null>> {
    const { slots, pool, clock } = this.#tools
    const effective = effectiveWorkspace(script)
    const changes = findLabChanges(slots, effective, renames)
    if (!isNothingChanged(changes) || pool.count !== effective.iothreads) {
      const opensFiles = changes.add.length + changes.reload.length > 0
      const issues = opensFiles ? await checkWorkspaceFiles(effective, '/') : []
      if (issues.length > 0) return failed(issues)
      const isFirst = slots.devices.size + slots.groups.size === 0
      const events = isFirst ? [] : changeEvents(changes, renamed(slots, renames), clock.nowNs())
      const changed = await runChanges(this.#tools, { changes, desired: effective, renames })
      if (!changed.ok) return changed
      for (const { key } of changes.remove) this.#sampler.forget(key)
      for (const each of events) this.#note(each)
    }
    this.#script = script
    return ok(null)
  }

  async #startTime(): Promise<void> {
    if (this.#state === 'running') return
    this.#tools.clock.run()
    await this.#tools.pool.resume()
    this.#state = 'running'
    this.#note(event(this.#tools.clock.nowNs(), 'started', 'started'))
    this.#ticker.start()
    this.#armScript()
  }

  async #stopTime(state: RunState): Promise<void> {
    this.#stopTimers()
    const { pool, clock } = this.#tools
    await pool.pause()
    clock.freeze()
    this.#state = state
    if (!pool.hasLate) return
    this.#watch.lookForSilent() // nothing ticks any more
    void pool.whenAllAnswered().then(() => this.#tools.run(async () => this.#lookAgain()))
  }

  #stopTimers(): void {
    this.#ticker.stop()
    if (this.#scriptTimer !== null) clearTimeout(this.#scriptTimer)
    this.#scriptTimer = null
  }

  #armScript(): void {
    if (this.#scriptTimer !== null) clearTimeout(this.#scriptTimer)
    this.#scriptTimer = null
    const dueNs = nextStepNs(this.#script)
    if (this.#state !== 'running' || dueNs === Number.POSITIVE_INFINITY) return
    const inMs = Math.min((dueNs - this.#tools.clock.nowNs()) / 1e6, LONGEST_TIMER_MS)
    this.#scriptTimer = setTimeout(() => void this.#queue.run(() => this.#playScript()), Math.max(0, inMs))
  }

  async #playScript(): Promise<void> {
    if (this.#state !== 'running') return
    const nowNs = this.#tools.clock.nowNs()
    const script = played(this.#script, nowNs)
    const changed = await this.#change(script)
    if (!changed.ok) {
      // The steps are over all the same, or the same one would fail again for ever.
      this.#script = { ...this.#script, playedCount: script.playedCount }
      this.#note(event(nowNs, 'note', `a script step failed: ${changed.issues.map(formatIssue).join('; ')}`))
    }
    this.#armScript()
  }

  /** An iothread that did not answer when time was stopped has. */
  #lookAgain(): void {
    this.#watch.lookForSilent()
    if (this.#state !== 'running') this.#emit()
  }

  #tick(): void {
    this.#watch.look()
    this.#emit()
  }

  #note(noted: SourceEvent): void {
    this.#events.push(noted)
  }

  #emit(): void {
    const events = this.#events
    this.#events = []
    this.#revision += 1
    const snapshot = this.#sampler.sample(this.#tools.slots.slotNames(), {
      source: 'lab',
      revision: this.#revision,
      appliedRevision: this.#appliedRevision,
      state: this.#state,
      nowNs: this.#tools.clock.nowNs(),
      events,
    })
    const named = namedSnapshot(snapshot, this.#tools.slots)
    for (const listener of this.#listeners) listener(named)
  }
}

/** What setTimeout can count; a later step is looked at again then. */
const LONGEST_TIMER_MS = 2 ** 31 - 1
