import { NS_PER_S } from '#shared/units.ts'

// A rate as people can read it. In a tenth of a second a slow disk finishes one request or none: its rate jumps between
// 0 and 10, and neither is true. So a rate is taken over the last second, and over as much longer as it takes to see a
// few requests. Who has been silent for several times its usual gap stands at 0.

const WINDOW_NS = NS_PER_S
export const LONGEST_NS = 30 * NS_PER_S
/** So many requests make a rate that is steady enough to read. */
const ENOUGH = 8
/** Silence of so many usual gaps is no chance any more. */
const GAPS = 5
const EMPTY = { iops: 0, bps: 0 } as const

export interface Rates {
  readonly iops: number
  readonly bps: number
}

interface Sample {
  readonly spanNs: number
  readonly requests: number
  readonly bytes: number
}

export class RateWindow {
  /** Oldest first, from `#head` on. */
  #samples: Sample[] = []
  #head = 0
  #spanNs = 0
  #requests = 0
  #bytes = 0
  #silentNs = 0

  /** What was measured over the last `spanNs`; NaN where nothing was. */
  add(spanNs: number, iops: number, bps: number): void {
    if (!(spanNs > 0) || Number.isNaN(iops)) {
      this.clear()
      return
    }
    if (iops > 0) this.#silentNs = 0
    else if (this.#samples.length === 0) return
    else this.#silentNs += spanNs
    this.#push({ spanNs, requests: (iops * spanNs) / NS_PER_S, bytes: (bps * spanNs) / NS_PER_S })
    while (this.#canDropOldest()) this.#dropOldest()
    if (this.#silentNs >= this.#patienceNs()) this.clear()
  }

  get rates(): Rates {
    if (this.#samples.length === 0) return EMPTY
    // The first request after a silence is not yet ten a second.
    const spanNs = this.#requests >= ENOUGH ? this.#spanNs : Math.max(this.#spanNs, WINDOW_NS)
    // What was added and taken away again leaves a rest of some 1e-10.
    if (this.#requests < 1e-6) return EMPTY
    return { iops: (this.#requests * NS_PER_S) / spanNs, bps: Math.max(0, (this.#bytes * NS_PER_S) / spanNs) }
  }

  clear(): void {
    if (this.#samples.length > 0) this.#samples = []
    this.#head = 0
    this.#spanNs = 0
    this.#requests = 0
    this.#bytes = 0
    this.#silentNs = 0
  }

  #canDropOldest(): boolean {
    const oldest = this.#samples[this.#head]
    if (!oldest || this.#samples.length - this.#head < 2) return false
    const leftNs = this.#spanNs - oldest.spanNs
    if (leftNs < WINDOW_NS - 1e6) return false
    if (leftNs > LONGEST_NS || this.#requests - oldest.requests >= ENOUGH) return true
    // The last of a faster time would hold the rate up until enough requests of the slower one have come.
    return oldest.requests > 2 && oldest.requests * 2 > this.#requests
  }

  #patienceNs(): number {
    if (this.#requests < 2) return LONGEST_NS
    return Math.min(LONGEST_NS, Math.max(WINDOW_NS, (GAPS * (this.#spanNs - this.#silentNs)) / this.#requests))
  }

  #push(sample: Sample): void {
    this.#samples.push(sample)
    this.#spanNs += sample.spanNs
    this.#requests += sample.requests
    this.#bytes += sample.bytes
  }

  #dropOldest(): void {
    const oldest = this.#samples[this.#head]
    if (!oldest) return
    this.#head += 1
    this.#spanNs -= oldest.spanNs
    this.#requests -= oldest.requests
    this.#bytes -= oldest.bytes
    if (this.#head < 64) return
    this.#samples = this.#samples.slice(this.#head)
    this.#head = 0
  }
}
