import { Backoff } from '#main/backoff.ts'
import { EngineError } from '#main/engine-error.ts'
import type { LiftRequest, LiftState } from '#shared/ipc/live-ops.ts'
import type { OpenVm } from '../apply-workspace.ts'
import type { LiftJournal } from './lift-journal.ts'
import { isOwned, type LiftRecord } from './lift-record.ts'
import { type Begun, beginLift, type PutBack, putBack } from './lift-work.ts'

// A lift of one VM, on a board or in the table of its host. It ends in time, with its job, by the user, and with the
// session: nothing stays lifted that nobody waits for.

const TICK_MS = 1000
/** What could not be put back is tried again after a pause that doubles, and at once when the VM answers again. */
const LONGEST_PAUSE_MS = 60_000

export interface LiftedSession {
  /** One piece of work on the VM, between two looks. Throws EngineError when it is not attached. */
  readonly work: <T>(work: (vm: OpenVm) => Promise<T>) => Promise<T>
  /** Whether this block job runs; null: not known. */
  readonly hasJob: (id: string) => boolean | null
  readonly isAttached: () => boolean
}

export interface SessionLiftOptions {
  readonly address: string
  readonly journal: LiftJournal
  readonly session: LiftedSession
  readonly onState: (state: LiftState | null) => void
  /** Said to the user when it ended without being asked. */
  readonly onEnd: (done: PutBack) => void
  /** The wall clock, by which a lift is written down. */
  readonly nowMs?: () => number
  /** A clock that nobody sets. */
  readonly steadyMs?: () => number
}

export class SessionLift {
  readonly #options: SessionLiftOptions
  readonly #timer: NodeJS.Timeout
  #record: LiftRecord | null = null
  #problem: string | null = null
  #isBusy = false
  #isLeft = false
  #isClosed = false
  /** The lift that is being begun. */
  #begin: Promise<unknown> = Promise.resolve()
  /** By the steady clock, of the lift that was begun at `startedMs`: a wall clock that is set back lifts no longer. */
  #end: { readonly startedMs: number; readonly atMs: number } | null = null
  readonly #pause = new Backoff(TICK_MS, LONGEST_PAUSE_MS)
  /** By the steady clock. */
  #retryMs = Number.NEGATIVE_INFINITY
  #wasAttached = true

  constructor(options: SessionLiftOptions) {
    this.#options = options
    this.#timer = setInterval(() => void this.tick(), TICK_MS)
    this.#timer.unref()
  }

  get state(): LiftState | null {
    const record = this.#record
    if (record === null) return null
    const names = [...record.groups, ...record.devices]
    const isOthers = isOwned(record) && record.owner.pid !== process.pid
    return { untilMs: record.untilMs, job: record.job, names, isOthers, problem: this.#problem }
  }

  /** Finds what is lifted already, by whomever. */
  async look(): Promise<void> {
    this.#set(await this.#options.journal.find(this.#options.address))
  }

  begin(request: LiftRequest): Promise<Begun> {
    const begin = this.#beginNow(request)
    this.#begin = begin.catch(() => null)
    return begin
  }

  async #beginNow({ groups, devices, seconds, job }: LiftRequest): Promise<Begun> {
    const { address, journal, session } = this.#options
    const nowMs = this.#nowMs()
    const untilMs = seconds === null ? null : nowMs + seconds * 1000
    try {
      return await session.work((vm) =>
        beginLift(vm, { address, choice: { groups, devices }, nowMs, untilMs, job }, journal),
      )
    } finally {
      // What is written down counts: the VM may be lost on the way, or be lifted already.
      await this.look()
    }
  }

  /** null: nothing is lifted any more. Throws EngineError when the VM is not reached: it stays written down. */
  async putBack(): Promise<PutBack | null> {
    const { address, journal, session } = this.#options
    const record = await journal.find(address)
    const done = record === null ? null : await session.work((vm) => putBack(vm, record, journal))
    this.#problem = done !== null && done.failed.length > 0 ? done.failed.join(' ') : null
    this.#set(done !== null && done.failed.length > 0 ? record : null)
    return done
  }

  /** Puts back what its time is over for; once a second. */
  async tick(): Promise<void> {
    if (this.#record === null || this.#isBusy) return
    this.#isBusy = true
    try {
      // Another Weir may have put it back.
      const record = await this.#options.journal.find(this.#options.address)
      if (record === null) return this.#set(null)
      this.#hurryIfBack()
      if (this.#isLeft || this.#isClosed || !this.#isOver(record) || this.#steadyMs() < this.#retryMs) return
      const told = this.#problem
      const done = await this.putBack()
      if (this.#problem !== null) this.#retryLater()
      if (done !== null && (told === null || told !== this.#problem)) this.#options.onEnd(done)
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      this.#retryLater()
      if (this.#problem === error.message) return
      this.#problem = error.message
      this.#options.onState(this.state)
    } finally {
      this.#isBusy = false
    }
  }

  /** Ends here and goes on elsewhere: nothing is put back. */
  leave(): void {
    clearInterval(this.#timer)
    this.#record = null
    this.#isLeft = true
  }

  /** With the session. What cannot be put back stays written down, for whoever comes next: nobody here waits for it any more. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#isClosed = true
    await this.#begin
    if (this.#record === null || this.state?.isOthers === true) return
    const { address, journal } = this.#options
    try {
      const done = await this.putBack().catch(asNotDone)
      if (done === 'not done' || (done?.failed.length ?? 0) > 0) await journal.disown(address)
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
    }
  }

  #retryLater(): void {
    this.#retryMs = this.#steadyMs() + this.#pause.next()
  }

  #retryNow(): void {
    this.#retryMs = Number.NEGATIVE_INFINITY
    this.#pause.reset()
  }

  #hurryIfBack(): void {
    const isAttached = this.#options.session.isAttached()
    if (isAttached && !this.#wasAttached) this.#retryNow()
    this.#wasAttached = isAttached
  }

  /** A lift whose Weir is gone is over, whatever time was left. */
  #isOver(record: LiftRecord): boolean {
    if (!isOwned(record)) return true
    if (record.owner.pid !== process.pid) return false
    if (record.untilMs !== null && this.#nowMs() >= record.untilMs) return true
    if (this.#end !== null && this.#steadyMs() >= this.#end.atMs) return true
    return record.job !== null && this.#options.session.hasJob(record.job) === false
  }

  #set(record: LiftRecord | null): void {
    if (this.#isLeft) return
    if (record === null) this.#problem = null
    if (record?.startedMs !== this.#record?.startedMs) this.#retryNow()
    this.#record = record
    this.#end = this.#endOf(record)
    if (!this.#isClosed) this.#options.onState(this.state)
  }

  #endOf(record: LiftRecord | null): { readonly startedMs: number; readonly atMs: number } | null {
    if (record === null || record.untilMs === null) return null
    if (this.#end?.startedMs === record.startedMs) return this.#end
    return { startedMs: record.startedMs, atMs: this.#steadyMs() + record.untilMs - this.#nowMs() }
  }

  #nowMs(): number {
    return (this.#options.nowMs ?? Date.now)()
  }

  #steadyMs(): number {
    return this.#options.steadyMs?.() ?? performance.now()
  }
}

function asNotDone(error: unknown): 'not done' {
  if (error instanceof EngineError) return 'not done'
  throw error
}
