import { memberPending } from '#main/throttle/member-table.ts'
import { READ, type ThrottleMemory, WRITE } from '#main/throttle/throttle-memory.ts'
import type { DeviceSnapshot, FlowSnapshot, LevelSnapshot } from '#shared/snapshot.ts'
import { NS_PER_S } from '#shared/units.ts'
import { outermostGroup } from '#shared/workspace/chain.ts'
import { LevelSampler } from './level-sampler.ts'
import { ROW_COUNT, rowOfBin } from './log-linear.ts'
import type { Histogram } from './percentile.ts'
import { type Recent, RecentHistogram } from './recent-histogram.ts'
import type { DeviceSlot } from './slot-names.ts'
import {
  BYTES,
  DELAYED,
  flowAt,
  REQUESTS,
  SERVICE_SUM_NS,
  SERVICE_TOP_BIN,
  type StatsMemory,
  serviceBinsAt,
  WAIT_TOP_BIN,
  waitBinsAt,
  waitRowsAt,
} from './stats-memory.ts'

// One device's part of a snapshot: what its counters gained since the previous one. A device that did nothing since
// then costs almost nothing, which is what keeps a board of a thousand cheap.

/** What one direction did since the previous snapshot. */
export interface FlowDelta {
  requests: number
  bytes: number
}

export class DeviceSampler {
  readonly deltas: readonly [FlowDelta, FlowDelta] = [
    { requests: 0, bytes: 0 },
    { requests: 0, bytes: 0 },
  ]
  readonly #flows: readonly [FlowSampler, FlowSampler]
  readonly #throttle: ThrottleMemory
  #levels: readonly LevelSampler[] = []
  #demandIops: number | null = null

  constructor(throttle: ThrottleMemory, stats: StatsMemory, { slot, place = slot }: DeviceSlot) {
    this.#throttle = throttle
    this.#flows = [new FlowSampler(stats, slot, place, 0), new FlowSampler(stats, slot, place, 1)]
  }

  sample(device: DeviceSlot, nowNs: number, spanNs: number): DeviceSnapshot {
    const [reads, writes] = this.#flows
    const read = reads.sample(this.deltas[0], this.#queued(device, READ), nowNs, spanNs)
    const write = writes.sample(this.deltas[1], this.#queued(device, WRITE), nowNs, spanNs)
    const levels = this.#sampleLevels(device, { nowNs, spanNs, requests: read.requests + write.requests })
    const snapshot: DeviceSnapshot = {
      group: outermostGroup(device),
      iothread: device.iothread,
      status: device.status,
      reason: device.reason,
      read,
      write,
      demandIops: device.rateIops ?? (device.assumedServiceUs === undefined ? this.#diskRateIops(device) : null),
      // Of a chain it is that of the level where most of it is: whether two levels held requests at once is not kept.
      throttledShare: levels.reduce((most, level) => Math.max(most, level.throttledShare ?? 0), 0),
      waitCounts: waitCounts(reads, writes),
    }
    const shown = levels.length > 1 ? { ...snapshot, levels } : snapshot
    return device.advice === undefined ? shown : { ...shown, advice: device.advice }
  }

  #queued({ members }: DeviceSlot, direction: 0 | 1): number {
    let queued = 0
    for (const member of members) queued += memberPending(this.#throttle, member, direction)
    return queued
  }

  #sampleLevels(
    { groups, members }: DeviceSlot,
    at: { readonly nowNs: number; readonly spanNs: number; readonly requests: number },
  ): readonly LevelSnapshot[] {
    const isSame =
      groups.length === this.#levels.length && this.#levels.every(({ member }, level) => member === members[level])
    if (!isSame) this.#levels = groups.map((_, level) => new LevelSampler(this.#throttle, members[level]!, at.nowNs))
    return this.#levels.map((level, index) => level.sample(groups[index]!, at)) // a group for each member
  }

  /** What its disk alone would do, with as many requests in flight as its load keeps; the last known while it rests. */
  #diskRateIops({ diskDepth = 1 }: DeviceSlot): number | null {
    const [reads, writes] = this.#flows
    const serviceNs = reads.serviceGainNs + writes.serviceGainNs
    const requests = this.deltas[0].requests + this.deltas[1].requests
    if (requests > 0 && serviceNs > 0) this.#demandIops = (diskDepth * requests * NS_PER_S) / serviceNs
    return this.#demandIops
  }
}

class FlowSampler {
  /** By rows of the heat map; those from `rowEnd` on are 0, whatever stands there. */
  readonly rowGains = new Float64Array(ROW_COUNT)
  rowEnd = 0
  serviceGainNs = 0
  readonly #stats: StatsMemory
  readonly #slot: number
  readonly #place: number
  readonly #direction: 0 | 1
  readonly #at: number
  /** Made with the first request: most devices of a large board use one direction only. */
  #recent: { readonly waits: RecentHistogram; readonly services: RecentHistogram } | null = null
  readonly #rows = new Float64Array(ROW_COUNT)
  #requests = 0
  #bytes = 0
  #serviceNs = 0
  #recentWait: Recent | null = null
  #recentService: Recent | null = null

  constructor(stats: StatsMemory, slot: number, place: number, direction: 0 | 1) {
    this.#stats = stats
    this.#slot = slot
    this.#place = place
    this.#direction = direction
    this.#at = flowAt(slot, direction)
  }

  sample(delta: FlowDelta, queued: number, nowNs: number, spanNs: number): FlowSnapshot {
    const { numbers } = this.#stats
    const requests = numbers[this.#at + REQUESTS]!
    const bytes = numbers[this.#at + BYTES]!
    const serviceNs = numbers[this.#at + SERVICE_SUM_NS]!
    delta.requests = requests - this.#requests
    delta.bytes = bytes - this.#bytes
    this.serviceGainNs = serviceNs - this.#serviceNs
    this.#requests = requests
    this.#bytes = bytes
    this.#serviceNs = serviceNs
    this.#sampleHistograms(delta.requests > 0, nowNs)
    const perSecond = spanNs > 0 ? NS_PER_S / spanNs : 0
    return {
      iops: delta.requests * perSecond,
      bps: delta.bytes * perSecond,
      requests,
      bytes,
      delayed: numbers[this.#at + DELAYED]!,
      queued,
      waitP50Ns: this.#recentWait?.p50Ns ?? null,
      waitP99Ns: this.#recentWait?.p99Ns ?? null,
      serviceP50Ns: this.#recentService?.p50Ns ?? null,
      serviceP99Ns: this.#recentService?.p99Ns ?? null,
    }
  }

  #sampleHistograms(isActive: boolean, nowNs: number): void {
    this.rowEnd = 0
    if (!isActive && this.#recentWait === null && this.#recentService === null) return
    if (isActive) this.#gainRows()
    const waits = this.#histogram(waitBinsAt(this.#slot, this.#direction), WAIT_TOP_BIN)
    this.#recent ??= {
      waits: new RecentHistogram(this.#place, nowNs),
      services: new RecentHistogram(this.#place, nowNs),
    }
    this.#recentWait = this.#recent.waits.read(waits, this.#requests, nowNs)
    this.#recentService = this.#recent.services.read(
      this.#histogram(serviceBinsAt(this.#slot, this.#direction), SERVICE_TOP_BIN),
      this.#requests,
      nowNs,
    )
  }

  #histogram(at: number, topBinAt: number): Histogram {
    const { numbers } = this.#stats
    return { numbers, at, topBin: numbers[this.#at + topBinAt]! }
  }

  #gainRows(): void {
    const { numbers } = this.#stats
    const at = waitRowsAt(this.#slot, this.#direction)
    const end = rowOfBin(numbers[this.#at + WAIT_TOP_BIN]!) + 1
    for (let row = 0; row < end; row += 1) {
      const total = numbers[at + row]!
      const gain = total - this.#rows[row]!
      this.rowGains[row] = gain
      if (gain === 0) continue
      this.#rows[row] = total
      this.rowEnd = row + 1
    }
  }
}

/** Both directions together, without the zeros at the end. */
function waitCounts(reads: FlowSampler, writes: FlowSampler): readonly number[] {
  const end = Math.max(reads.rowEnd, writes.rowEnd)
  const counts: number[] = []
  for (let row = 0; row < end; row += 1) {
    const read = row < reads.rowEnd ? reads.rowGains[row]! : 0
    counts.push(row < writes.rowEnd ? read + writes.rowGains[row]! : read)
  }
  return counts
}
