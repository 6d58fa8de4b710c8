import { NS_PER_S } from '#shared/units.ts'

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
  /** Newest first. */
  readonly #parts: Part[] = []

  add({ elapsedNs, requests, totalTimeNs }: Readonly<Part>): void {
    let ageNs = elapsedNs
    let kept = 0
    for (; kept < this.#parts.length && ageNs < MOST_NS; kept += 1) ageNs += this.#parts[kept]!.elapsedNs
    // One that is too old becomes the new one (kept-counters.ts says why).
    const part = this.#parts[kept] ?? { elapsedNs, requests, totalTimeNs }
    this.#parts.length = kept
    part.elapsedNs = elapsedNs
    part.requests = requests
    part.totalTimeNs = totalTimeNs
    this.#parts.unshift(part)
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
