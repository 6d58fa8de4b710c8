import { EngineError } from '#main/engine-error.ts'
import { withTimeout } from '#main/with-timeout.ts'
import type { VmPlace, VmPort } from './vm-port.ts'

/** A port that has said nothing for so long is told. */
const LATE_MS = 3000

export interface PortListsOptions {
  readonly ports: readonly VmPort[]
  /** What of a port's answer is not as it should be, in a sentence; null: all is well. */
  readonly found: (port: VmPort, places: readonly VmPlace[]) => string | null
}

/** Asks every port which VMs there are, all at once: one that hangs holds up none of the others. */
export class PortLists {
  readonly #options: PortListsOptions
  readonly #problems = new Map<VmPort, string>()
  readonly #underWay = new Map<VmPort, { readonly askedMs: number; readonly answer: Promise<void> }>()

  constructor(options: PortListsOptions) {
    this.#options = options
  }

  /** Why VMs may be missing, in sentences. */
  get problems(): readonly string[] {
    return this.#options.ports.flatMap((port) => {
      const underWay = this.#underWay.get(port)
      const isLate = underWay !== undefined && performance.now() - underWay.askedMs > LATE_MS
      return this.#problems.get(port) ?? (isLate ? `${port.name} does not answer.` : [])
    })
  }

  /** Resolves when all have answered; where one has, it does not wait long for the others. */
  async first(): Promise<void> {
    const answers = this.#answers()
    await Promise.race(answers)
    await withTimeout(Promise.all(answers), LATE_MS)
  }

  /** Resolves when all have answered, or after `patienceMs`. */
  async ask(patienceMs: number): Promise<void> {
    await withTimeout(Promise.all(this.#answers()), patienceMs)
  }

  #answers(): readonly Promise<void>[] {
    return this.#options.ports.map((port) => this.#underWay.get(port)?.answer ?? this.#begin(port))
  }

  #begin(port: VmPort): Promise<void> {
    const answer = this.#askOne(port).finally(() => this.#underWay.delete(port))
    this.#underWay.set(port, { askedMs: performance.now(), answer })
    return answer
  }

  async #askOne(port: VmPort): Promise<void> {
    try {
      const problem = this.#options.found(port, await port.list())
      if (problem === null) this.#problems.delete(port)
      else this.#problems.set(port, problem)
    } catch (error) {
      if (!(error instanceof EngineError)) throw error
      this.#problems.set(port, error.message)
    }
  }
}
