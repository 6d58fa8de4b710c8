import { NS_PER_S } from '#shared/units.ts'

// Means over the last looks. QEMU adds a request's time when it completes, so one look with three requests in it says
// little: the window grows back until it holds enough of them.

const LEAST_NS = NS_PER_S
const MOST_NS = 10 * NS_PER_S
const LEAST_REQUESTS = 20

interface Part {
  readonly elapsedNs: number
  /** Whose time is in `totalTimeNs`. */
  readonly requests: number
  readonly totalTimeNs: number
}

export interface RecentMeans {
  /** From the guest's submission to completion; null: no request lately. */
  readonly latencyNs: number | null
  /** Requests under way on average; null: no time has passed yet. */
  readonly outstanding: number | null
}

export class RecentFlow {
  /** Newest first. */
  readonly #parts: Part[] = []

  add(part: Part): void {
    this.#parts.unshift(part)
    let ageNs = 0
    const tooOld = this.#parts.findIndex(({ elapsedNs }) => {
      if (ageNs >= MOST_NS) return true
      ageNs += elapsedNs
      return false
    })
    if (tooOld >= 0) this.#parts.length = tooOld
  }

  clear(): void {
    this.#parts.length = 0
  }

  means(): RecentMeans {
    let [elapsedNs, requests, totalTimeNs] = [0, 0, 0]
    for (const part of this.#parts) {
      if (elapsedNs >= LEAST_NS && requests >= LEAST_REQUESTS) break
      elapsedNs += part.elapsedNs
      requests += part.requests
      totalTimeNs += part.totalTimeNs
    }
    return {
      latencyNs: requests === 0 ? null : totalTimeNs / requests,
      outstanding: elapsedNs === 0 ? null : totalTimeNs / elapsedNs,
    }
  }
}
