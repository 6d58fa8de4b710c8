import { queuedNs, readLimits, readQueuedMax, throttledNs } from '#main/throttle/sample-throttle.ts'
import type { ThrottleMemory } from '#main/throttle/throttle-memory.ts'
import { assert } from '#shared/assert.ts'
import {
  type DeviceResult,
  type FlowResult,
  type GroupResult,
  type LevelResult,
  type Percentiles,
  RESULT_FORMAT,
  type RunResult,
} from '#shared/result.ts'
import { NS_PER_S } from '#shared/units.ts'
import { isIn, outermostGroup } from '#shared/workspace/chain.ts'
import { type DeviceWaits, deviceWaits, WaitSum } from './group-waits.ts'
import { countEntries, percentilesNs } from './percentile.ts'
import type { DeviceSlot, SlotNames } from './slot-names.ts'
import {
  BYTES,
  DELAYED,
  flowAt,
  REQUESTS,
  SERVICE_MAX_NS,
  SERVICE_TOP_BIN,
  type StatsMemory,
  serviceBinsAt,
  WAIT_MAX_NS,
  WAIT_TOP_BIN,
  waitBinsAt,
} from './stats-memory.ts'

// Keeps who was in which group and when, so that a run's result gives each group what was done in it, although devices
// moved: a device's time in a group is a stint, and what its counters gained in it is the group's.

interface Stint {
  readonly groups: readonly string[]
  readonly sinceNs: number
  /** At each level, what had been waited when it began. */
  readonly levels: readonly LevelWaits[]
  readonly requests: number
  readonly bytes: number
  readonly waits: DeviceWaits
}

interface LevelWaits {
  readonly queuedNs: number
  readonly throttledNs: number
}

/** Of a slot in the statistics, and its members in the throttle from the outermost level on. */
export interface BookedDevice {
  readonly id: string
  readonly slot: number
  readonly members: readonly number[]
}

interface GroupTotal {
  requests: number
  bytes: number
  readonly waits: WaitSum
}

const newTotal = (): GroupTotal => ({ requests: 0, bytes: 0, waits: new WaitSum() })

export interface RunFacts {
  readonly source: RunResult['source']
  readonly name: string
  readonly seed: number
  readonly nowNs: number
}

export class RunBook {
  readonly #throttle: ThrottleMemory
  readonly #stats: StatsMemory
  readonly #stints = new Map<string, Stint>()
  readonly #ended = new Map<string, GroupTotal>()

  constructor(throttle: ThrottleMemory, stats: StatsMemory) {
    this.#throttle = throttle
    this.#stats = stats
  }

  /** The device begins, or goes on in another group. Ends the stint it was in. */
  enter(device: BookedDevice, groups: readonly string[], nowNs: number): void {
    this.leave(device)
    const levels = this.#levelWaits(device, groups, nowNs)
    const waits = deviceWaits(this.#stats, device.slot)
    this.#stints.set(device.id, { groups, sinceNs: nowNs, levels, waits, ...doneBy(this.#stats, device.slot) })
  }

  /** The device is removed; what it did in its group stays the group's. */
  leave(device: { readonly id: string; readonly slot: number }): void {
    const stint = this.#stints.get(device.id)
    if (!stint) return
    this.#stints.delete(device.id)
    for (const group of new Set(stint.groups)) {
      const total = this.#ended.get(group) ?? newTotal()
      this.#addStint(total, stint, device.slot)
      this.#ended.set(group, total)
    }
  }

  result(slots: SlotNames, facts: RunFacts): RunResult {
    const durationS = facts.nowNs / NS_PER_S
    return {
      format: RESULT_FORMAT,
      source: facts.source,
      name: facts.name,
      durationS,
      seed: facts.seed,
      devices: Object.fromEntries(slots.devices.map((device) => [device.id, this.#device(device, facts.nowNs)])),
      groups: Object.fromEntries(
        slots.groups.map(({ name, slot }) => [name, this.#group(slots, { name, slot }, facts.nowNs)]),
      ),
    }
  }

  #device(device: DeviceSlot, nowNs: number): DeviceResult {
    return {
      group: outermostGroup(device),
      ...(device.groups.length > 1 ? { groups: device.groups, levels: this.#levels(device, nowNs) } : {}),
      read: flowResult(this.#stats, device.slot, 0, nowNs),
      write: flowResult(this.#stats, device.slot, 1, nowNs),
      queuedMax: Math.max(0, ...device.members.map((member) => readQueuedMax(this.#throttle, member))),
      throttledS: Math.max(0, ...device.members.map((member) => throttledNs(this.#throttle, member, nowNs))) / NS_PER_S,
      ...(device.isUnlimited && { unlimited: true as const }),
      ...(device.assumedServiceUs !== undefined && { assumedServiceUs: device.assumedServiceUs }),
      ...(device.reason === null ? {} : { failed: device.reason }),
    }
  }

  #levels(device: DeviceSlot, nowNs: number): readonly LevelResult[] {
    const stint = this.#stints.get(device.id)
    assert(stint !== undefined, 'a device is in a stint')
    const done = doneBy(this.#stats, device.slot).requests - stint.requests
    return this.#levelWaits(device, device.groups, nowNs).map((waits, level) => {
      const before = stint.levels[level]
      const group = device.groups[level]
      assert(before !== undefined && group !== undefined, 'a stint is in one chain')
      return {
        group,
        waitMeanNs: done > 0 ? Math.max(0, waits.queuedNs - before.queuedNs) / done : null,
        throttledS: Math.max(0, waits.throttledNs - before.throttledNs) / NS_PER_S,
      }
    })
  }

  #levelWaits(
    { members }: Pick<BookedDevice, 'members'>,
    groups: readonly string[],
    nowNs: number,
  ): readonly LevelWaits[] {
    return members.slice(0, groups.length).map((member) => ({
      queuedNs: queuedNs(this.#throttle, member, nowNs),
      throttledNs: throttledNs(this.#throttle, member, nowNs),
    }))
  }

  #group(slots: SlotNames, group: { readonly name: string; readonly slot: number }, nowNs: number): GroupResult {
    const members = slots.devices.filter((device) => isIn(device, group.name))
    const total = newTotal()
    const ended = this.#ended.get(group.name)
    if (ended !== undefined) {
      total.requests = ended.requests
      total.bytes = ended.bytes
      total.waits.add(ended.waits)
    }
    const memberRates = members.map((device) => {
      const stint = this.#stints.get(device.id)
      assert(stint !== undefined && isIn(stint, group.name), 'a member of a group is in a stint there')
      const done = this.#addStint(total, stint, device.slot)
      return perSecond(done.requests - stint.requests, nowNs - stint.sinceNs)
    })
    const waits = total.waits.percentiles()
    return {
      members: members.map((device) => device.id),
      limits: readLimits(this.#throttle, group.slot),
      iops: perSecond(total.requests, nowNs),
      bps: perSecond(total.bytes, nowNs),
      fairness: jainIndex(memberRates),
      ...(waits === null ? {} : { waitNs: waits }),
    }
  }

  /** Adds what was done since the stint began; gives all that its device has done. */
  #addStint(total: GroupTotal, stint: Stint, slot: number): ReturnType<typeof doneBy> {
    const done = doneBy(this.#stats, slot)
    total.requests += done.requests - stint.requests
    total.bytes += done.bytes - stint.bytes
    total.waits.addBetween(stint.waits, deviceWaits(this.#stats, slot))
    return done
  }
}

/** Jain's index: 1 is perfectly fair, 1/n is one taking all. Nobody doing anything is fair. */
export function jainIndex(rates: readonly number[]): number {
  const sum = rates.reduce((total, rate) => total + rate, 0)
  const squares = rates.reduce((total, rate) => total + rate * rate, 0)
  return squares === 0 ? 1 : (sum * sum) / (rates.length * squares)
}

function flowResult(stats: StatsMemory, slot: number, direction: 0 | 1, nowNs: number): FlowResult {
  const at = flowAt(slot, direction)
  const requests = stats.numbers[at + REQUESTS]!
  const bytes = stats.numbers[at + BYTES]!
  return {
    requests,
    bytes,
    iops: perSecond(requests, nowNs),
    bps: perSecond(bytes, nowNs),
    delayed: stats.numbers[at + DELAYED]!,
    waitNs: waitPercentiles(stats, slot, direction),
    serviceNs: percentiles(stats, serviceBinsAt(slot, direction), at + SERVICE_TOP_BIN, at + SERVICE_MAX_NS),
  }
}

/** Of the waits of one row and direction. */
export function waitPercentiles(stats: StatsMemory, slot: number, direction: 0 | 1): Percentiles {
  const at = flowAt(slot, direction)
  return percentiles(stats, waitBinsAt(slot, direction), at + WAIT_TOP_BIN, at + WAIT_MAX_NS)
}

function percentiles({ numbers }: StatsMemory, at: number, topBinAt: number, maxAt: number): Percentiles {
  const histogram = { numbers, at, topBin: numbers[topBinAt]! }
  const max = Math.round(numbers[maxAt]!)
  const count = countEntries(histogram)
  const [p50 = 0, p95 = 0, p99 = 0] = percentilesNs(histogram, count, [0.5, 0.95, 0.99])
  return { p50: Math.min(p50, max), p95: Math.min(p95, max), p99: Math.min(p99, max), max }
}

function doneBy(stats: StatsMemory, slot: number): { readonly requests: number; readonly bytes: number } {
  const [read, write] = [flowAt(slot, 0), flowAt(slot, 1)]
  return {
    requests: stats.numbers[read + REQUESTS]! + stats.numbers[write + REQUESTS]!,
    bytes: stats.numbers[read + BYTES]! + stats.numbers[write + BYTES]!,
  }
}

function perSecond(count: number, ns: number): number {
  return ns > 0 ? (count * NS_PER_S) / ns : 0
}
