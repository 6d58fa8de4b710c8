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
import { directionsOf } from '#shared/throttle/counting.ts'
import { BUCKETS, type Bucket, type Direction, type Limits, limitOf } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import { Fullness, type Held, type Waiting } from './fullness.ts'
import { type Interval, type Poured, pouredInto } from './poured.ts'

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

/** How full the buckets are when it begins: after a look at an unknown time, or emptied since the last look. */
export type ShadowStart = 'unknown' | 'emptied'

interface Levels {
  readonly level: number
  readonly burstLevel: number
}

const EMPTY: Levels = { level: 0, burstLevel: 0 }

export class ShadowGroup {
  readonly limits: Limits
  readonly #memory: ThrottleMemory
  /** Those with a limit, by their positions in `BUCKETS`. */
  readonly #buckets: readonly number[]
  readonly #fullness: Fullness
  #forgetLow: boolean
  /** Of the latest interval observed; 0: none was. */
  #elapsedNs = 0
  #slackNs = 0
  /** Requests that are not counted yet. */
  #beyond = 0
  /** In it, by the bucket's position in `BUCKETS`; those without a limit are left out. */
  readonly #poured: Poured[] = []

  constructor(limits: Limits, nowNs: number, start: ShadowStart) {
    this.limits = limits
    this.#memory = createLocalThrottleMemory({ groups: BOUNDS.length, members: 1, iodepth: 1 })
    this.#buckets = [...BUCKETS.keys()].filter((bucket) => limitOf(limits, nameOf(bucket)) !== 0)
    this.#fullness = new Fullness(limits)
    this.#forgetLow = start === 'emptied'
    for (const bound of BOUNDS) configureGroup(this.#memory, bound, limits, nowNs)
    if (start === 'emptied') return
    for (const bucket of this.#buckets) {
      this.#set(HIGH, bucket, { level: this.#size(bucket), burstLevel: this.#burstSize(bucket) })
    }
  }

  observe(interval: Interval, waiting: Waiting = 'unknown'): void {
    const { fromNs, toNs, slackNs, beyond = 0 } = interval
    const elapsedNs = Math.max(1, toNs - fromNs)
    const poured = this.#poured
    for (const bucket of this.#buckets) poured[bucket] = pouredInto(bucket, this.limits, interval)
    for (const bucket of this.#buckets) this.#pour(LOW, bucket, poured[bucket]!.least)
    leakGroup(this.#memory, LOW, toNs)
    for (let step = 1; step <= SPREAD; step += 1) {
      leakGroup(this.#memory, LIKELY, fromNs + (elapsedNs * step) / SPREAD)
      for (const bucket of this.#buckets) this.#pour(LIKELY, bucket, poured[bucket]!.likely / SPREAD)
    }
    leakGroup(this.#memory, HIGH, toNs)
    this.#fullness.observe({ elapsedNs, used: poured, waiting })
    for (const bucket of this.#buckets) {
      const units = poured[bucket]!
      this.#pour(HIGH, bucket, units.most)
      // Requests from before the emptying were counted in: nothing is sure to be in the bucket.
      if (this.#forgetLow) this.#set(LOW, bucket, EMPTY)
      this.#bound(bucket, units)
      this.#fill(bucket)
    }
    this.#forgetLow = false
    this.#elapsedNs = elapsedNs
    this.#slackNs = slackNs
    this.#beyond = beyond
  }

  /** Whether no request of a direction can have waited in this interval. Ask before `observe`. */
  hasRoom(direction: Direction, interval: Interval): boolean {
    return this.#buckets.every((bucket) => {
      if (!directionsOf(nameOf(bucket)).includes(direction)) return true
      const { most, each } = pouredInto(bucket, this.limits, interval)
      return this.#hasRoomFor(bucket, most + (interval.beyond ?? 0) * each)
    })
  }

  #hasRoomFor(bucket: number, units: number): boolean {
    if (this.#level(HIGH, bucket) + units > this.#size(bucket)) return false
    const hasBurst = bucketLengthS(this.#memory, HIGH, bucket) > 1
    return !hasBurst || this.#burst(HIGH, bucket) + units <= this.#burstSize(bucket)
  }

  buckets(): Readonly<Partial<Record<Bucket, BucketSnapshot>>> {
    return Object.fromEntries(this.#buckets.map((bucket) => [nameOf(bucket), this.#snapshot(bucket)]))
  }

  /** The limit that holds the group; null: none does, as far as is known. */
  heldAt(): HeldAt | null {
    const held = this.#buckets.flatMap((bucket) => {
      const found = this.#held(bucket)
      return found === null ? [] : [{ bucket: nameOf(bucket), ...found }]
    })
    return held.sort((a, b) => b.share - a.share)[0] ?? null
  }

  /** The limits that hold the group now. */
  heldBuckets(): readonly Bucket[] {
    return this.#buckets.filter((bucket) => this.#held(bucket) !== null).map(nameOf)
  }

  #held(bucket: number): Held | null {
    const hasBurst = bucketLengthS(this.#memory, LIKELY, bucket) > 1
    return this.#fullness.held(bucket, {
      avg: this.#level(LIKELY, bucket) / this.#size(bucket),
      max: hasBurst ? this.#burst(LIKELY, bucket) / this.#burstSize(bucket) : null,
    })
  }

  #snapshot(bucket: number): BucketSnapshot {
    const [avg, max] = [bucketAvg(this.#memory, LIKELY, bucket), bucketMax(this.#memory, LIKELY, bucket)]
    const hasBurst = bucketLengthS(this.#memory, LIKELY, bucket) > 1
    const level = this.#level(LIKELY, bucket)
    const burst = this.#burst(LIKELY, bucket)
    const rate = this.#rate(bucket)
    const held = this.#held(bucket)
    const times = [secondsToFill(this.#size(bucket) - level, rate - avg)]
    if (hasBurst) times.push(secondsToFill(this.#burstSize(bucket) - burst, rate - max))
    const soonest = held === null ? Math.min(...times) : 0
    const spread = Math.max(level - this.#level(LOW, bucket), this.#level(HIGH, bucket) - level)
    const beyond = this.#beyond * (this.#poured[bucket]?.each ?? 0)
    return {
      level,
      size: this.#size(bucket),
      burstLevel: hasBurst ? burst : null,
      burstSize: hasBurst ? this.#burstSize(bucket) : null,
      errorUnits: spread + (avg * this.#slackNs) / NS_PER_S + beyond,
      atLimit: held !== null,
      throttleInNs: Number.isFinite(soonest) ? soonest * NS_PER_S : null,
      refillInNs: Math.max(level / avg, hasBurst ? burst / max : 0) * NS_PER_S,
    }
  }

  #rate(bucket: number): number {
    return this.#elapsedNs === 0 ? 0 : (this.#poured[bucket]!.likely / this.#elapsedNs) * NS_PER_S
  }

  /**
   * No bucket is fuller than one request of each direction over its size, but after a drain, which LOW shows. And LIKELY
   * keeps between the two.
   */
  #bound(bucket: number, { each }: Poured): void {
    const [lowLevel, lowBurst] = [this.#level(LOW, bucket), this.#burst(LOW, bucket)]
    const highLevel = Math.min(this.#level(HIGH, bucket), Math.max(lowLevel, this.#size(bucket) + 2 * each))
    const highBurst = Math.min(this.#burst(HIGH, bucket), Math.max(lowBurst, this.#burstSize(bucket) + 2 * each))
    this.#set(HIGH, bucket, { level: highLevel, burstLevel: highBurst })
    this.#set(LIKELY, bucket, {
      level: between(lowLevel, this.#level(LIKELY, bucket), highLevel),
      burstLevel: between(lowBurst, this.#burst(LIKELY, bucket), highBurst),
    })
  }

  /** A group found busy was full before Weir came: its rate sits on the limit, which an empty bucket would not explain. */
  #fill(bucket: number): void {
    const held = this.#fullness.held(bucket)
    if (held === null) return
    const [level, burstLevel] = [this.#level(LIKELY, bucket), this.#burst(LIKELY, bucket)]
    if (held.at === 'avg') {
      const full = Math.min(this.#size(bucket), this.#level(HIGH, bucket))
      this.#set(LIKELY, bucket, { level: Math.max(level, full), burstLevel })
    } else {
      const full = Math.min(this.#burstSize(bucket), this.#burst(HIGH, bucket))
      this.#set(LIKELY, bucket, { level, burstLevel: Math.max(burstLevel, full) })
    }
  }

  #pour(bound: number, bucket: number, units: number): void {
    this.#set(bound, bucket, {
      level: this.#level(bound, bucket) + units,
      burstLevel: this.#burst(bound, bucket) + units,
    })
  }

  #set(bound: number, bucket: number, levels: Levels): void {
    setBucketLevels(this.#memory, bound, bucket, levels)
  }

  #level(bound: number, bucket: number): number {
    return bucketLevel(this.#memory, bound, bucket)
  }

  #burst(bound: number, bucket: number): number {
    return bucketBurstLevel(this.#memory, bound, bucket)
  }

  #size(bucket: number): number {
    return bucketSize(this.#memory, LIKELY, bucket)
  }

  #burstSize(bucket: number): number {
    return bucketBurstSize(this.#memory, LIKELY, bucket)
  }
}

function nameOf(bucket: number): Bucket {
  return BUCKETS[bucket]!
}

function between(low: number, value: number, high: number): number {
  return Math.min(high, Math.max(low, value))
}

function secondsToFill(room: number, surplus: number): number {
  if (room <= 0) return 0
  return surplus > 0 ? room / surplus : Number.POSITIVE_INFINITY
}
