import { BUCKETS, type Limits, lengthKey, limitOf, maxKey } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import type { Kept } from './kept.ts'
import { RecentLooks } from './recent-looks.ts'

// Whether a group is held at a limit. QEMU tells no bucket level, but a rate that sits on a limit for seconds while
// requests take longer than they need is held there; and where the level is reckoned, a full bucket says so at once.
// Either way the latest look must be at the limit, too: a load that falls has let the bucket leak.

const WINDOW_NS = 5.5 * NS_PER_S
/** So much of it must have been seen. */
const LEAST_NS = 4 * NS_PER_S
const NEAR = 0.9
/** Looks are not exactly as long as they seem, and a look may begin with a bucket that had room. */
const OVER = 1.1
/** So many requests of the last look may be counted with the next one. */
const UNCOUNTED = 2

export interface Used {
  /** Units that surely went through. */
  readonly least: number
  /** Units that may have: with an iops-size it depends on how the bytes were spread. */
  readonly most: number
  /** Units of one request, on average. */
  readonly each: number
}

/** How full a bucket is reckoned to be, 0…1. */
export interface Fill {
  readonly avg: number
  /** Of the burst bucket; null: there is none. */
  readonly max: number | null
}

/** How long requests took, against what they need: `none` where that is known and they took no longer. */
export type Waiting = 'above' | 'none' | 'unknown'

export interface Held {
  readonly at: 'avg' | 'max'
  /** Rate lately ÷ limit. */
  readonly share: number
}

interface Look {
  readonly elapsedNs: number
  /** By the bucket's position in `BUCKETS`, where it has a limit. */
  readonly used: readonly (Used | undefined)[]
  readonly waiting: Waiting
}

interface KeptLook extends Look {
  elapsedNs: number
  readonly used: readonly (Kept<Used> | undefined)[]
  waiting: Waiting
}

export class Fullness {
  /** Rates, by the bucket's position in `BUCKETS`; 0: none. */
  readonly #rates: Readonly<Record<Held['at'], readonly number[]>>
  readonly #looks = new RecentLooks<KeptLook>(WINDOW_NS, () => this.#newLook())
  /** Of all of them together. */
  #elapsedNs = 0
  #isQuiet = true
  #isAbove = false

  constructor(limits: Limits) {
    this.#rates = {
      avg: BUCKETS.map((bucket) => limitOf(limits, bucket)),
      // Without a length `max` is no rate: it may be used up at once.
      max: BUCKETS.map((bucket) => (limitOf(limits, lengthKey(bucket)) > 1 ? limitOf(limits, maxKey(bucket)) : 0)),
    }
  }

  observe(look: Look): void {
    copyLook(this.#looks.begin(look.elapsedNs), look)
    const looks = this.#looks.all
    this.#elapsedNs = 0
    for (const { elapsedNs } of looks) this.#elapsedNs += elapsedNs
    this.#isQuiet = looks.every(({ waiting }) => waiting === 'none')
    this.#isAbove = looks.some(({ waiting }) => waiting === 'above')
  }

  #newLook(): KeptLook {
    const used = this.#rates.avg.map((rate) => (rate === 0 ? undefined : { least: 0, most: 0, each: 0 }))
    return { elapsedNs: 0, used, waiting: 'unknown' }
  }

  /** null: not held, as far as is known. `fill` is left out where it is asked for to reckon the level. */
  held(bucket: number, fill?: Fill): Held | null {
    return this.#heldByRate(bucket) ?? (fill === undefined ? null : this.#heldByLevel(bucket, fill))
  }

  #heldByRate(bucket: number): Held | null {
    if (this.#isQuiet) return null
    for (const at of ['max', 'avg'] as const) {
      // First of all whether the latest look was at the limit: it mostly was not, and that is cheap to see.
      if (!this.#isNow(bucket, at)) continue
      const [least, most] = [this.#share(bucket, at, 'least'), this.#share(bucket, at, 'most')]
      if (least === null || most === null) continue
      // Where sizes leave open how much went through, the waits decide.
      const enough = this.#isAbove ? most : least
      if (enough >= NEAR && least <= OVER) return { at, share: Math.max(least, Math.min(1, enough)) }
    }
    return null
  }

  #heldByLevel(bucket: number, fill: Fill): Held | null {
    const [last] = this.#looks.all
    if (last === undefined || last.waiting === 'none') return null
    for (const at of ['max', 'avg'] as const) {
      const rate = this.#rates[at][bucket]!
      if (rate === 0 || (fill[at] ?? 0) < NEAR || !this.#isNow(bucket, at)) continue
      return { at, share: (last.used[bucket]!.least * NS_PER_S) / last.elapsedNs / rate }
    }
    return null
  }

  /** Rate of the last seconds ÷ the limit; null: not looked long enough, or no limit. */
  #share(bucket: number, at: Held['at'], bound: 'least' | 'most'): number | null {
    const rate = this.#rates[at][bucket]!
    if (rate === 0 || this.#elapsedNs < LEAST_NS) return null
    let units = 0
    for (const { used } of this.#looks.all) units += used[bucket]![bound]
    return (units * NS_PER_S) / this.#elapsedNs / rate
  }

  /** Whether the last look was at the limit. */
  #isNow(bucket: number, at: Held['at']): boolean {
    const [last] = this.#looks.all
    const used = last?.used[bucket]
    if (last === undefined || used === undefined || used.most === 0) return false
    const allowed = (this.#rates[at][bucket]! * last.elapsedNs) / NS_PER_S
    return used.most + UNCOUNTED * used.each >= NEAR * allowed
  }
}

function copyLook(into: KeptLook, { used, waiting }: Look): void {
  into.waiting = waiting
  for (const [bucket, kept] of into.used.entries()) {
    const from = used[bucket]
    if (kept === undefined || from === undefined) continue
    kept.least = from.least
    kept.most = from.most
    kept.each = from.each
  }
}
