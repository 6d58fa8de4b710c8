import {
  bucketAvg,
  bucketBurstLevel,
  bucketBurstSize,
  bucketLengthS,
  bucketLevel,
  bucketMax,
  bucketSize,
  leakGroup,
  setBucketLevels,
} from '#main/throttle/bucket.ts'
import { configureGroup } from '#main/throttle/configure-group.ts'
import { createLocalThrottleMemory } from '#main/throttle/create-memory.ts'
import type { ThrottleMemory } from '#main/throttle/throttle-memory.ts'
import type { BucketSnapshot, HeldAt } from '#shared/snapshot.ts'
import { BUCKETS, type Bucket, type Direction, type Limits, limitOf } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import { Fullness, type Held, type Waiting } from './fullness.ts'

// A group's buckets, reckoned from counters. QEMU tells how much was done between two looks, not when within them, so
// the same arithmetic runs three times over the same counters:
//
//   LOW     all requests came right after the earlier look, and leaked the whole time since
//   LIKELY  they came evenly
//   HIGH    they all came right before the later look, and leaked nothing
//
// The true level is between LOW and HIGH. As long as the bucket never empties the two stay as close as they were: what
// went in and what leaked are known, only their order is not. An empty or full bucket brings them together.

const LOW = 0
const LIKELY = 1
const HIGH = 2
const BOUNDS = [LOW, LIKELY, HIGH] as const
/** Evenly spread over so many moments between two looks. */
const SPREAD = 16
/** What passed the group between two looks, one direction. */
export interface Passed {
  /** As the throttle counts them: without those merged into others, with those that failed. */
  readonly requests: number
  readonly bytes: number
}

export interface Interval {
  readonly fromNs: number
  readonly toNs: number
  /** The later look happened this much before or after `toNs`. */
  readonly slackNs: number
  readonly read: Passed
  readonly write: Passed
  /** Requests that may have passed already and are not counted yet, since they wait at levels further in. Left out: none. */
  readonly beyond?: number
}

/** How full the buckets are when it begins: after a look at an unknown time, or emptied since the last look. */
export type ShadowStart = 'unknown' | 'emptied'

interface Poured {
  readonly least: number
  readonly likely: number
  readonly most: number
  /** Of one request, on average: a request that goes may overfill the bucket by its size. */
  readonly each: number
}

export class ShadowGroup {
  readonly limits: Limits
  readonly #memory: ThrottleMemory
  readonly #buckets: readonly Bucket[]
  readonly #fullness: Fullness
  readonly #rates = new Map<Bucket, number>()
  #forgetLow: boolean
  #slackNs = 0
  /** Units of the requests that are not counted yet. */
  readonly #beyond = new Map<Bucket, number>()

  constructor(limits: Limits, nowNs: number, start: ShadowStart) {
    this.limits = limits
    this.#memory = createLocalThrottleMemory({ groups: BOUNDS.length, members: 1, iodepth: 1 })
    this.#buckets = BUCKETS.filter((bucket) => limitOf(limits, bucket) !== 0)
    this.#fullness = new Fullness(limits)
    this.#forgetLow = start === 'emptied'
    for (const bound of BOUNDS) configureGroup(this.#memory, bound, limits, nowNs)
    if (start === 'emptied') return
    for (const bucket of this.#buckets) {
      this.#set(HIGH, bucket, { level: this.#size(bucket), burstLevel: this.#burstSize(bucket) })
    }
  }

  observe(interval: Interval, waiting: Waiting = 'unknown'): void {
    const { fromNs, toNs } = interval
    const elapsedNs = Math.max(1, toNs - fromNs)
    const poured = new Map(this.#buckets.map((bucket) => [bucket, pouredInto(bucket, this.limits, interval)]))
    for (const [bucket, units] of poured) this.#pour(LOW, bucket, units.least)
    leakGroup(this.#memory, LOW, toNs)
    for (let step = 1; step <= SPREAD; step += 1) {
      leakGroup(this.#memory, LIKELY, fromNs + (elapsedNs * step) / SPREAD)
      for (const [bucket, units] of poured) this.#pour(LIKELY, bucket, units.likely / SPREAD)
    }
    leakGroup(this.#memory, HIGH, toNs)
    this.#fullness.observe({ elapsedNs, used: poured, waiting })
    for (const [bucket, units] of poured) {
      this.#pour(HIGH, bucket, units.most)
      // Requests from before the emptying were counted in: nothing is sure to be in the bucket.
      if (this.#forgetLow) this.#set(LOW, bucket, { level: 0, burstLevel: 0 })
      this.#beyond.set(bucket, (interval.beyond ?? 0) * units.each)
      this.#rates.set(bucket, (units.likely / elapsedNs) * NS_PER_S)
      this.#bound(bucket, units)
      this.#fill(bucket)
    }
    this.#forgetLow = false
    this.#slackNs = interval.slackNs
  }

  /** Whether no request of a direction can have waited in this interval. Ask before `observe`. */
  hasRoom(direction: Direction, interval: Interval): boolean {
    return this.#buckets
      .filter((bucket) => bucket.endsWith('-total') || bucket.endsWith(`-${direction}`))
      .every((bucket) => {
        const { most, each } = pouredInto(bucket, this.limits, interval)
        return this.#hasRoomFor(bucket, most + (interval.beyond ?? 0) * each)
      })
  }

  #hasRoomFor(bucket: Bucket, units: number): boolean {
    if (this.#level(HIGH, bucket) + units > this.#size(bucket)) return false
    const hasBurst = bucketLengthS(this.#memory, HIGH, indexOf(bucket)) > 1
    return !hasBurst || this.#burst(HIGH, bucket) + units <= this.#burstSize(bucket)
  }

  buckets(): Readonly<Partial<Record<Bucket, BucketSnapshot>>> {
    return Object.fromEntries(this.#buckets.map((bucket) => [bucket, this.#snapshot(bucket)]))
  }

  /** The limit that holds the group; null: none does, as far as is known. */
  heldAt(): HeldAt | null {
    const held = this.#buckets.flatMap((bucket) => {
      const found = this.#held(bucket)
      return found === null ? [] : [{ bucket, ...found }]
    })
    return held.sort((a, b) => b.share - a.share)[0] ?? null
  }

  #held(bucket: Bucket): Held | null {
    const hasBurst = bucketLengthS(this.#memory, LIKELY, indexOf(bucket)) > 1
    return this.#fullness.held(bucket, {
      avg: this.#level(LIKELY, bucket) / this.#size(bucket),
      max: hasBurst ? this.#burst(LIKELY, bucket) / this.#burstSize(bucket) : null,
    })
  }

  #snapshot(bucket: Bucket): BucketSnapshot {
    const index = indexOf(bucket)
    const [avg, max] = [bucketAvg(this.#memory, LIKELY, index), bucketMax(this.#memory, LIKELY, index)]
    const hasBurst = bucketLengthS(this.#memory, LIKELY, index) > 1
    const level = this.#level(LIKELY, bucket)
    const burst = this.#burst(LIKELY, bucket)
    const rate = this.#rates.get(bucket) ?? 0
    const held = this.#held(bucket)
    const times = [secondsToFill(this.#size(bucket) - level, rate - avg)]
    if (hasBurst) times.push(secondsToFill(this.#burstSize(bucket) - burst, rate - max))
    const soonest = held === null ? Math.min(...times) : 0
    const spread = Math.max(level - this.#level(LOW, bucket), this.#level(HIGH, bucket) - level)
    return {
      level,
      size: this.#size(bucket),
      burstLevel: hasBurst ? burst : null,
      burstSize: hasBurst ? this.#burstSize(bucket) : null,
      errorUnits: spread + (avg * this.#slackNs) / NS_PER_S + (this.#beyond.get(bucket) ?? 0),
      atLimit: held !== null,
      throttleInNs: Number.isFinite(soonest) ? soonest * NS_PER_S : null,
      refillInNs: Math.max(level / avg, hasBurst ? burst / max : 0) * NS_PER_S,
    }
  }

  /**
   * No bucket is fuller than one request of each direction over its size, but after a drain, which LOW shows. And LIKELY
   * keeps between the two.
   */
  #bound(bucket: Bucket, { each }: Poured): void {
    const low = { level: this.#level(LOW, bucket), burstLevel: this.#burst(LOW, bucket) }
    const high = {
      level: Math.min(this.#level(HIGH, bucket), Math.max(low.level, this.#size(bucket) + 2 * each)),
      burstLevel: Math.min(this.#burst(HIGH, bucket), Math.max(low.burstLevel, this.#burstSize(bucket) + 2 * each)),
    }
    this.#set(HIGH, bucket, high)
    this.#set(LIKELY, bucket, {
      level: between(low.level, this.#level(LIKELY, bucket), high.level),
      burstLevel: between(low.burstLevel, this.#burst(LIKELY, bucket), high.burstLevel),
    })
  }

  /** A group found busy was full before Weir came: its rate sits on the limit, which an empty bucket would not explain. */
  #fill(bucket: Bucket): void {
    const held = this.#fullness.held(bucket)
    if (held === null) return
    const [level, burstLevel] = [this.#level(LIKELY, bucket), this.#burst(LIKELY, bucket)]
    this.#set(LIKELY, bucket, {
      level: held.at === 'avg' ? Math.max(level, Math.min(this.#size(bucket), this.#level(HIGH, bucket))) : level,
      burstLevel:
        held.at === 'max'
          ? Math.max(burstLevel, Math.min(this.#burstSize(bucket), this.#burst(HIGH, bucket)))
          : burstLevel,
    })
  }

  #pour(bound: number, bucket: Bucket, units: number): void {
    this.#set(bound, bucket, {
      level: this.#level(bound, bucket) + units,
      burstLevel: this.#burst(bound, bucket) + units,
    })
  }

  #set(bound: number, bucket: Bucket, levels: { readonly level: number; readonly burstLevel: number }): void {
    setBucketLevels(this.#memory, bound, indexOf(bucket), levels)
  }

  #level(bound: number, bucket: Bucket): number {
    return bucketLevel(this.#memory, bound, indexOf(bucket))
  }

  #burst(bound: number, bucket: Bucket): number {
    return bucketBurstLevel(this.#memory, bound, indexOf(bucket))
  }

  #size(bucket: Bucket): number {
    return bucketSize(this.#memory, LIKELY, indexOf(bucket))
  }

  #burstSize(bucket: Bucket): number {
    return bucketBurstSize(this.#memory, LIKELY, indexOf(bucket))
  }
}

function indexOf(bucket: Bucket): number {
  return BUCKETS.indexOf(bucket)
}

function between(low: number, value: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}

function secondsToFill(room: number, surplus: number): number {
  if (room <= 0) return 0
  return surplus > 0 ? room / surplus : Number.POSITIVE_INFINITY
}

/** Units of both or one direction. With iops-size the sum depends on how the bytes are spread, which counters do not tell. */
function pouredInto(bucket: Bucket, limits: Limits, { read, write }: Interval): Poured {
  const flows = bucket.endsWith('-read') ? [read] : bucket.endsWith('-write') ? [write] : [read, write]
  const requests = flows.reduce((sum, flow) => sum + flow.requests, 0)
  if (bucket.startsWith('bps')) {
    const bytes = flows.reduce((sum, flow) => sum + flow.bytes, 0)
    return { least: bytes, likely: bytes, most: bytes, each: requests === 0 ? 0 : bytes / requests }
  }
  const size = limitOf(limits, 'iops-size')
  const units = flows.map((flow) => weightedUnits(flow, size))
  const sum = (key: 'least' | 'most') => units.reduce((total, each) => total + each[key], 0)
  return {
    least: sum('least'),
    likely: sum('least'),
    most: sum('most'),
    each: requests === 0 ? 0 : sum('least') / requests,
  }
}

/** Least where all requests are of one size, most where one request has nearly all bytes. */
function weightedUnits({ requests, bytes }: Passed, size: number): { readonly least: number; readonly most: number } {
  if (size === 0 || requests === 0) return { least: requests, most: requests }
  return { least: Math.max(requests, bytes / size), most: requests - 1 + Math.max(1, bytes / size) }
}
