import type { Host } from '#main/live/host/host.ts'
import type { LiftJournal } from '#main/live/lift/lift-journal.ts'
import { absoluteAddress } from '#main/live/lift/same-vm.ts'
import type { Outcome } from '#shared/ipc/contract.ts'
import type { LiftRequest, LiftState } from '#shared/ipc/live-ops.ts'
import { formatVmAddress, parseVmAddress } from '#shared/qemu/vm-address.ts'
import { LiftBoard } from './lift-board.ts'
import type { Problem } from './problem.ts'

// Lifts of the VMs of a host, by the links by which it looks at them. Those that another Weir began are shown, too, and
// those of one that is gone are put back: what is lifted stands in the journal, whoever lifted it.

export interface HostLiftsOptions {
  readonly host: Host
  readonly journal: LiftJournal
  /** Whether the VM is on the board, which sees to it itself, or about to be. */
  readonly isLent: (id: string) => boolean
  readonly onProblem: (problem: Problem) => void
  readonly onState: () => void
}

export class HostLifts {
  readonly #options: HostLiftsOptions
  readonly #lifts = new Map<string, LiftBoard>()
  readonly #begins = new Set<Promise<Outcome>>()
  /** The look under way. */
  #look: Promise<void> | null = null
  #isClosed = false
  /** What was told of the journal; null: it was read. */
  #told: string | null = null

  constructor(options: HostLiftsOptions) {
    this.#options = options
  }

  /** Id of a VM → what is lifted of it. */
  get states(): Readonly<Record<string, LiftState>> {
    const lifted = [...this.#lifts].flatMap(([id, { state }]) => (state === null ? [] : [[id, state] as const]))
    return Object.fromEntries(lifted)
  }

  /** Ids of VMs whose lift lasts until a block job ends. */
  get withJob(): readonly string[] {
    return Object.entries(this.states).flatMap(([id, { job }]) => (job === null ? [] : [id]))
  }

  /** Finds what is lifted of VMs that are here. */
  look(): Promise<void> {
    this.#look ??= this.#find().finally(() => {
      this.#look = null
    })
    return this.#look
  }

  async begin(id: string, request: LiftRequest): Promise<Outcome> {
    const lift = this.#isClosed ? null : this.#of(id)
    if (lift === null) return notHere(id)
    const begin = lift.begin(request)
    this.#begins.add(begin)
    try {
      return await begin
    } finally {
      this.#begins.delete(begin)
    }
  }

  async putBack(id: string): Promise<Outcome> {
    return this.#of(id)?.putBack() ?? notHere(id)
  }

  /** The board of the VM sees to its lift from now on. */
  leave(id: string): void {
    this.#lifts.get(id)?.leave()
    this.#lifts.delete(id)
  }

  /** With the host: nothing stays lifted that nobody waits for. */
  async close(): Promise<void> {
    this.#isClosed = true
    await Promise.allSettled(this.#begins)
    await this.#look
    await this.#find()
    await Promise.all([...this.#lifts.values()].map((lift) => lift.close()))
  }

  async #find(): Promise<void> {
    const { host, journal, isLent, onProblem } = this.#options
    try {
      const lifted = new Set((await journal.list()).map(({ address }) => address))
      const ids = lifted.size === 0 ? [] : host.ids.filter((id) => lifted.has(addressOf(id)))
      for (const id of ids) {
        // A board may have opened meanwhile.
        const lift = isLent(id) ? null : this.#of(id)
        if (lift?.state === null) await lift.look()
      }
      this.#forgetGone()
      this.#told = null
    } catch (error) {
      const advice = error instanceof Error ? error.message : String(error)
      // At each look it would be the same again.
      if (advice !== this.#told) onProblem({ message: 'The lifted limits of this host cannot be read.', advice })
      this.#told = advice
    }
  }

  /** Of a VM that is not here any more nothing is looked after, unless it is lifted: it may come back. */
  #forgetGone(): void {
    for (const [id, lift] of this.#lifts) {
      if (this.#begins.size > 0 || lift.state !== null || this.#options.host.ids.includes(id)) continue
      lift.leave()
      this.#lifts.delete(id)
    }
  }

  /** null: the host has no such VM. */
  #of(id: string): LiftBoard | null {
    const { host, journal, onProblem, onState } = this.#options
    const known = this.#lifts.get(id)
    if (known !== undefined || !host.ids.includes(id)) return known ?? null
    const session = {
      work: <T>(work: Parameters<typeof host.work<T>>[1]) => host.work(id, work),
      hasJob: (job: string) => host.hasJob(id, job),
      isAttached: () => host.isReached(id),
    }
    const lift = new LiftBoard(session, addressOf(id), { journal, onState, onProblem: problemOf(id, onProblem) })
    this.#lifts.set(id, lift)
    return lift
  }
}

/** How the VM is written down: as its board does it. */
function addressOf(id: string): string {
  const address = parseVmAddress(id)
  return address.ok ? formatVmAddress(absoluteAddress(address.value)) : id
}

/** Of a host it must be said which VM it is about. */
function problemOf(id: string, onProblem: HostLiftsOptions['onProblem']): HostLiftsOptions['onProblem'] {
  return ({ message, advice }) => onProblem({ message: `${id}: ${message}`, advice })
}

export function notHere(id: string): Outcome {
  return { ok: false, message: `${id} is not a VM of this host any more.`, issues: [] }
}
