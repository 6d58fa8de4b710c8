import type { Traces } from '#main/load/trace.ts'
import type { RunResult } from '#shared/result.ts'
import type { RunState } from '#shared/snapshot.ts'
import { PartSimulation, type PartSnapshot } from './part-simulation.ts'
import type { Part } from './parts.ts'
import type { RequestObserver } from './request-observer.ts'

/** Some parts of a workspace, simulated one after the other: each as far as is asked for, so that its memory stays in the caches. */
export class PartsRun {
  readonly #parts: readonly PartSimulation[]
  #untilNs = 0
  /** The part that is on its way to `#untilNs`; those before are there. */
  #at = 0

  constructor(parts: readonly Part[], traces: Traces, onRequest: RequestObserver | null = null) {
    this.#parts = parts.map((part) => new PartSimulation({ part, traces, onRequest }))
  }

  /** As far as all of them are. */
  get nowNs(): number {
    return this.#parts.reduce((least, part) => Math.min(least, part.nowNs), Number.POSITIVE_INFINITY)
  }

  /** Requests done so far. */
  get requests(): number {
    return this.#parts.reduce((sum, part) => sum + part.requests, 0)
  }

  /** Goes on to `untilNs` through no more than `maxEvents` events. True once all are there. */
  advance(untilNs: number, maxEvents: number): boolean {
    if (untilNs !== this.#untilNs) this.#at = 0
    this.#untilNs = untilNs
    let left = maxEvents
    for (; this.#at < this.#parts.length; this.#at += 1) {
      left = this.#parts[this.#at]!.advance(untilNs, left)
      if (left < 0) return false
    }
    this.#at = 0
    return true
  }

  /** One for each part. All are brought to the time of the farthest first. */
  snapshots(state: RunState): readonly PartSnapshot[] {
    this.#align()
    return this.#parts.map((part) => part.snapshot(state))
  }

  /** One for each part. All are brought to the time of the farthest first. */
  results(): readonly RunResult[] {
    this.#align()
    return this.#parts.map((part) => part.result())
  }

  #align(): void {
    const farthestNs = this.#parts.reduce((most, part) => Math.max(most, part.nowNs), 0)
    for (const part of this.#parts) part.advance(farthestNs, Number.POSITIVE_INFINITY)
    this.#at = 0
  }
}
