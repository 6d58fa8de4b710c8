import { EngineError } from '#main/engine-error.ts'
import type { LiftJournal } from '#main/live/lift/lift-journal.ts'
import type { PutBack } from '#main/live/lift/lift-work.ts'
import { type LiftedSession, SessionLift } from '#main/live/lift/session-lift.ts'
import type { QemuSession } from '#main/live/qemu-session.ts'
import { isOver } from '#shared/block-job.ts'
import type { Outcome } from '#shared/ipc/contract.ts'
import type { LiftRequest, LiftState } from '#shared/ipc/live-ops.ts'
import type { Problem } from './problem.ts'

// The lift of a VM on a board or in the table of its host, in words for the window.

export interface LiftPorts {
  readonly journal: LiftJournal
  readonly onState: (state: LiftState | null) => void
  /** A lift ended by itself, and not everything is as before. */
  readonly onProblem: (problem: Problem) => void
}

const FINE: Outcome = { ok: true }

export class LiftBoard {
  readonly #lift: SessionLift

  constructor(session: LiftedSession, address: string, ports: LiftPorts) {
    this.#lift = new SessionLift({
      address,
      journal: ports.journal,
      session,
      onState: ports.onState,
      onEnd: (done) => {
        const problem = problemOf(done)
        if (problem !== null) ports.onProblem(problem)
      },
    })
  }

  get state(): LiftState | null {
    return this.#lift.state
  }

  look(): Promise<void> {
    return this.#lift.look()
  }

  /** Somebody else of this Weir puts it back. */
  leave(): void {
    this.#lift.leave()
  }

  close(): Promise<void> {
    return this.#lift.close()
  }

  begin(request: LiftRequest): Promise<Outcome> {
    return asOutcome(async () => {
      const { record, left } = await this.#lift.begin(request)
      return record === null || left.length > 0 ? refused(left.join(' ')) : FINE
    })
  }

  putBack(): Promise<Outcome> {
    return asOutcome(async () => {
      const done = await this.#lift.putBack()
      const problem = done === null ? null : problemOf(done)
      return problem === null ? FINE : refused(`${problem.message} ${problem.advice}`)
    })
  }
}

export function liftedSession(session: QemuSession): LiftedSession {
  return {
    work: (work) => session.work(work),
    isAttached: () => session.state.status === 'attached',
    hasJob: (id) => {
      const { latestSnapshot, state } = session
      if (state.status !== 'attached' || latestSnapshot === null) return null
      return latestSnapshot.jobs?.some((job) => job.id === id && !isOver(job)) ?? false
    },
  }
}

/** null: everything is as before. */
function problemOf({ kept, failed }: PutBack): Problem | null {
  if (failed.length > 0) return { message: 'Lifted limits could not be put back.', advice: failed.join(' ') }
  if (kept.length > 0)
    return {
      message: 'Some lifted limits were changed by someone else; those changes are kept.',
      advice: kept.join(' '),
    }
  return null
}

export async function asOutcome(work: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await work()
  } catch (error) {
    if (!(error instanceof EngineError)) throw error
    return refused(`${error.message} ${error.advice}`)
  }
}

function refused(message: string): Outcome {
  return { ok: false, message, issues: [] }
}
