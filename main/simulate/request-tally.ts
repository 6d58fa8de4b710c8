import { binOf } from '#main/stats/log-linear.ts'
import {
  addCounts,
  BYTES,
  DELAYED,
  FLOW_NUMBERS,
  type FlowCounts,
  REQUESTS,
  recordBins,
  SERVICE_MAX_NS,
  SERVICE_SUM_NS,
  type StatsMemory,
  WAIT_MAX_NS,
} from '#main/stats/stats-memory.ts'

// Done requests on their way into the statistics. A thousand devices' histograms are 40 MB: going to another device's
// with every request means a miss in every cache for it. So sums are kept side by side, the bins are collected, and both
// are entered device by device, a batch at a time; whoever reads the statistics calls `enter` first.

const LARGEST_BATCH = 65_536
/** A few devices' histograms fit the cache anyhow. */
const BATCH_PER_DEVICE = 2048
const NONE = -1
const SERVICE_BITS = 16

/** The counters of a flow lie as in the statistics; this many of them, as a shift. */
const FLOW_SHIFT = Math.log2(FLOW_NUMBERS)

export class RequestTally {
  readonly #stats: StatsMemory
  /** Per request of the batch: the bin of its wait, and in the low bits that of its service time. */
  readonly #bins: Int32Array
  /** The previous request of the same flow in the batch, or NONE. */
  readonly #previous: Int32Array
  /** Per flow (device * 2 + direction): its latest request in the batch, or NONE. */
  readonly #latest: Int32Array
  /** Per flow: the sums since the last `enter`, 64 bytes of them. */
  readonly #sums: Float64Array
  #count = 0

  constructor(stats: StatsMemory) {
    this.#stats = stats
    const batch = Math.min(stats.deviceCount * BATCH_PER_DEVICE, LARGEST_BATCH)
    this.#bins = new Int32Array(batch)
    this.#previous = new Int32Array(batch)
    this.#latest = new Int32Array(stats.deviceCount * 2).fill(NONE)
    this.#sums = new Float64Array((stats.deviceCount * 2) << FLOW_SHIFT)
  }

  addDelayed(flow: number): void {
    this.#sums[(flow << FLOW_SHIFT) + DELAYED]! += 1
  }

  add(flow: number, bytes: number, waitNs: number, serviceNs: number): void {
    if (this.#count === this.#bins.length) this.enter()
    const sums = this.#sums
    const at = flow << FLOW_SHIFT
    sums[at + REQUESTS]! += 1
    sums[at + BYTES]! += bytes
    sums[at + SERVICE_SUM_NS]! += serviceNs
    if (waitNs > sums[at + WAIT_MAX_NS]!) sums[at + WAIT_MAX_NS] = waitNs
    if (serviceNs > sums[at + SERVICE_MAX_NS]!) sums[at + SERVICE_MAX_NS] = serviceNs
    const index = this.#count
    this.#count += 1
    this.#bins[index] = (binOf(waitNs) << SERVICE_BITS) | binOf(serviceNs)
    this.#previous[index] = this.#latest[flow]!
    this.#latest[flow] = index
  }

  /** Brings the statistics up to date. */
  enter(): void {
    for (let flow = 0; flow < this.#latest.length; flow += 1) this.#enterFlow(flow)
    this.#sums.fill(0)
    this.#count = 0
  }

  #enterFlow(flow: number): void {
    const device = flow >> 1
    const direction = (flow & 1) as 0 | 1 // flows are device * 2 + direction
    addCounts(this.#stats, device, direction, this.#countsOf(flow))
    for (let index = this.#latest[flow]!; index !== NONE; index = this.#previous[index]!) {
      const bins = this.#bins[index]!
      recordBins(this.#stats, device, direction, bins >> SERVICE_BITS, bins & ((1 << SERVICE_BITS) - 1))
    }
    this.#latest[flow] = NONE
  }

  #countsOf(flow: number): FlowCounts {
    const at = flow << FLOW_SHIFT
    return {
      requests: this.#sums[at + REQUESTS]!,
      bytes: this.#sums[at + BYTES]!,
      delayed: this.#sums[at + DELAYED]!,
      serviceSumNs: this.#sums[at + SERVICE_SUM_NS]!,
      waitMaxNs: this.#sums[at + WAIT_MAX_NS]!,
      serviceMaxNs: this.#sums[at + SERVICE_MAX_NS]!,
    }
  }
}
