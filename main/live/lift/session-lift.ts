import { EngineError } from '#main/engine-error.ts'
import type { LiftRequest, LiftState } from '#shared/ipc/live-ops.ts'
import type { OpenVm } from '../apply-workspace.ts'
import type { LiftJournal } from './lift-journal.ts'
import { isOwned, type LiftRecord } from './lift-record.ts'
import { type Begun, beginLift, type PutBack, putBack } from './lift-work.ts'

// A lift of one VM, on a board or in the table of its host. It ends in time, with its job, by the user, and with the
// session: nothing stays lifted that nobody waits for.

const TICK_MS = 1000

export interface LiftedSession {
  /** One piece of work on the VM, between two looks. Throws EngineError when it is not attached. */
  readonly work: <T>(work: (vm: OpenVm) => Promise<T>) => Promise<T>
  /** Whether this block job runs; null: not known. */
  readonly hasJob: (id: string) => boolean | null
}

export interface SessionLiftOptions {
  readonly address: string
  readonly journal: LiftJournal
  readonly session: LiftedSession
  readonly onState: (state: LiftState | null) => void
  /** Said to the user when it ended without being asked. */
  readonly onEnd: (done: PutBack) => void
  readonly nowMs?: () => number
}

export class SessionLift {
  readonly #options: SessionLiftOptions
  readonly #timer: NodeJS.Timeout
  #record: LiftRecord | null = null
  #problem: string | null = null
  #isBusy = false
  #isLeft = false

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

  async begin({ groups, devices, seconds, job }: LiftRequest): Promise<Begun> {
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
      if (this.#isLeft || !this.#isOver(record)) return
      const done = await this.putBack()
      if (done !== null) this.#options.onEnd(done)
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
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

  /** With the session. What cannot be put back stays written down, for the next start. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    if (this.#record === null || this.state?.isOthers === true) return
    try {
      await this.putBack()
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
    }
  }

  /** A lift whose Weir is gone is over, whatever time was left. */
  #isOver(record: LiftRecord): boolean {
    if (!isOwned(record)) return true
    if (record.owner.pid !== process.pid) return false
    if (record.untilMs !== null && this.#nowMs() >= record.untilMs) return true
    return record.job !== null && this.#options.session.hasJob(record.job) === false
  }

  #set(record: LiftRecord | null): void {
    if (this.#isLeft) return
    if (record === null) this.#problem = null
    this.#record = record
    this.#options.onState(this.state)
  }

  #nowMs(): number {
    return (this.#options.nowMs ?? Date.now)()
  }
}
