import type { Crowding, Passed } from './shadow-group.ts'

// QEMU counts how long requests took from submission to completion, wait in the throttle included, as one sum. What a
// request takes without throttling is learnt while there surely is room; what is above it later is the wait.

/** A disk may become faster or slower: only so many of the latest quiet looks count. */
const REMEMBERED_LOOKS = 60

export class WaitBaseline {
  #quiet: number[] = []

  /** Mean wait of the requests of one look. null: there were none, or nothing is learnt yet. */
  meanWaitNs(flow: Passed & { readonly totalTimeNs: number }, crowding: Crowding): number | null {
    if (flow.requests === 0) return null
    const meanNs = flow.totalTimeNs / flow.requests
    if (crowding !== 'busy') this.#quiet = [...this.#quiet.slice(1 - REMEMBERED_LOOKS), meanNs]
    if (crowding === 'room') return 0
    return this.#quiet.length === 0 ? null : Math.max(0, meanNs - Math.min(...this.#quiet))
  }
}
