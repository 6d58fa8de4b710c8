import { NS_PER_S } from '#shared/units.ts'
import { RecentLooks } from './recent-looks.ts'

// Means over the last looks. QEMU adds a request's time when it completes, so one look with three requests in it says
// little: the window grows back until it holds enough of them.

const LEAST_NS = NS_PER_S
const MOST_NS = 10 * NS_PER_S
const LEAST_REQUESTS = 20

interface Part {
  elapsedNs: number
  /** Whose time is in `totalTimeNs`. */
  requests: number
  totalTimeNs: number
}

export interface RecentMeans {
  /** From the guest's submission to completion; null: no request lately. */
  readonly latencyNs: number | null
  /** Requests under way on average; null: no time has passed yet. */
  readonly outstanding: number | null
}

export class RecentFlow {
  readonly #parts = new RecentLooks<Part>(MOST_NS, () => ({ elapsedNs: 0, requests: 0, totalTimeNs: 0 }))

  add({ elapsedNs, requests, totalTimeNs }: Readonly<Part>): void {
    const part = this.#parts.begin(elapsedNs)
    part.requests = requests
    part.totalTimeNs = totalTimeNs
  }

  clear(): void {
    this.#parts.clear()
  }

  means(): RecentMeans {
    let [elapsedNs, requests, totalTimeNs] = [0, 0, 0]
    for (const part of this.#parts.all) {
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
