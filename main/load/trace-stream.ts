import { TRACE_WRITE_BIT } from '#shared/formats/loads/trace-columns.ts'
import { NS_PER_S } from '#shared/units.ts'
import type { TraceWorkload } from '#shared/workspace/workspace.ts'
import type { TakenRequest } from './taken-request.ts'
import type { Trace } from './trace.ts'

// A recorded load: an open loop whose arrivals are the recorded times. Requests that lie past the end of this disk are
// folded back into it, keeping their alignment, since traces come from disks of other sizes.

const ALIGNMENT_BYTES = 4096

interface Options {
  readonly diskBytes: number
  readonly fromNs: number
}

/**
 * Ns from time 0 of one round to that of the next. The gap between rounds is the mean gap: a recording does not say when
 * the request after its last one came.
 */
export function roundOf({ count, timesNs }: Trace, speed: number): number {
  const lastNs = timesNs[count - 1]!
  const meanGapNs = count > 1 && lastNs > 0 ? lastNs / (count - 1) : NS_PER_S
  return Math.ceil((lastNs + meanGapNs) / speed)
}

export class TraceStream {
  readonly iodepth: number
  readonly rateIops: number | null
  readonly mix = null

  readonly #trace: Trace
  readonly #diskBytes: number
  readonly #speed: number
  readonly #loop: boolean
  /** From time 0 of one round to that of the next. */
  readonly #roundNs: number
  #index = 0
  #roundStartNs: number
  #nextNs: number

  constructor(workload: TraceWorkload, trace: Trace, options: Options) {
    this.#trace = trace
    this.#diskBytes = options.diskBytes
    this.#speed = workload.speed
    this.#loop = workload.loop
    this.iodepth = workload.iodepth
    this.#roundNs = roundOf(trace, workload.speed)
    this.rateIops = (trace.count / this.#roundNs) * NS_PER_S
    this.#roundStartNs = options.fromNs
    this.#nextNs = this.#timeOf(0)
  }

  dueNs(_nowNs: number): number {
    return this.#nextNs
  }

  take(_nowNs: number, request: TakenRequest): void {
    const size = this.#trace.sizes[this.#index]!
    request.direction = size >= TRACE_WRITE_BIT ? 1 : 0
    request.bytes = Math.min(size >= TRACE_WRITE_BIT ? size - TRACE_WRITE_BIT : size, this.#diskBytes)
    request.offset = this.#fold(this.#trace.offsets[this.#index]!, request.bytes)
    request.arrivalNs = this.#nextNs
    this.#index += 1
    if (this.#index === this.#trace.count && this.#loop) {
      this.#index = 0
      this.#roundStartNs += this.#roundNs
    }
    this.#nextNs = this.#index < this.#trace.count ? this.#timeOf(this.#index) : Number.POSITIVE_INFINITY
  }

  backlog(nowNs: number): number {
    if (this.#nextNs > nowNs) return 0
    if (!this.#loop) return this.#arrivedBy(nowNs) - this.#index
    const rounds = Math.floor((nowNs - this.#roundStartNs) / this.#roundNs)
    return rounds * this.#trace.count + this.#arrivedBy(nowNs - rounds * this.#roundNs) - this.#index
  }

  #timeOf(index: number): number {
    return this.#roundStartNs + Math.ceil(this.#trace.timesNs[index]! / this.#speed)
  }

  /** Requests of the current round that are due by `nowNs`. */
  #arrivedBy(nowNs: number): number {
    let low = 0
    let high = this.#trace.count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#timeOf(middle) <= nowNs) low = middle + 1
      else high = middle
    }
    return low
  }

  #fold(offset: number, bytes: number): number {
    const lastBytes = this.#diskBytes - bytes
    if (offset <= lastBytes) return offset
    const span = Math.floor(lastBytes / ALIGNMENT_BYTES) * ALIGNMENT_BYTES + ALIGNMENT_BYTES
    return Math.min(offset % span, lastBytes)
  }
}
