// QEMU counts how long requests took from submission to completion, wait in the throttle included, as one sum. What a
// request takes without throttling is learnt while no request can have waited; what is above the least of it is the wait.

/** A disk may become faster or slower: only so many of the latest looks with room count. */
const REMEMBERED_LOOKS = 60

export interface LookedFlow {
  readonly requests: number
  readonly totalTimeNs: number
}

export class WaitBaseline {
  readonly #quiet: number[] = []
  #wasBusy = false

  /** Least mean latency seen with room in the buckets; null: none was. */
  get latencyNs(): number | null {
    return this.#quiet.length === 0 ? null : Math.min(...this.#quiet)
  }

  /** Mean wait of the requests of one look. null: there were none, or nothing is learnt yet. `hasRoom`: no request can have waited. */
  meanWaitNs({ requests, totalTimeNs }: LookedFlow, hasRoom: boolean): number | null {
    // Where load begins only the quickest requests are done by the end of the look: their mean is too low.
    const begins = !this.#wasBusy
    this.#wasBusy = requests > 0
    if (requests === 0) return null
    const meanNs = totalTimeNs / requests
    if (hasRoom && !begins && this.#quiet.push(meanNs) > REMEMBERED_LOOKS) this.#quiet.shift()
    if (hasRoom) return 0
    const base = this.latencyNs
    return base === null ? null : Math.max(0, meanNs - base)
  }

  /** The time between looks is not known: the next one may be one in which load began. */
  forget(): void {
    this.#wasBusy = false
  }
}
