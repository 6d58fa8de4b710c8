import { type Bucket, type Limits, limitOf, maxKey } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'

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
  readonly used: ReadonlyMap<Bucket, Used>
  readonly waiting: Waiting
}

export class Fullness {
  readonly #limits: Limits
  /** Newest first. */
  #looks: readonly Look[] = []

  constructor(limits: Limits) {
    this.#limits = limits
  }

  observe(look: Look): void {
    const kept: Look[] = []
    let ageNs = 0
    for (const each of [look, ...this.#looks]) {
      ageNs += each.elapsedNs
      if (ageNs > WINDOW_NS && kept.length > 0) break
      kept.push(each)
    }
    this.#looks = kept
  }

  /** Rate of the last seconds ÷ the limit; null: not looked long enough, or no limit. */
  share(bucket: Bucket, limit: 'avg' | 'max'): number | null {
    return this.#share(bucket, limit, 'least')
  }

  /** null: not held, as far as is known. `fill` is left out where it is asked for to reckon the level. */
  held(bucket: Bucket, fill?: Fill): Held | null {
    return this.#heldByRate(bucket) ?? (fill === undefined ? null : this.#heldByLevel(bucket, fill))
  }

  #heldByRate(bucket: Bucket): Held | null {
    if (this.#looks.every(({ waiting }) => waiting === 'none')) return null
    for (const at of ['max', 'avg'] as const) {
      const [least, most] = [this.#share(bucket, at, 'least'), this.#share(bucket, at, 'most')]
      if (least === null || most === null) continue
      // Where sizes leave open how much went through, the waits decide.
      const enough = this.#looks.some(({ waiting }) => waiting === 'above') ? most : least
      if (enough >= NEAR && least <= OVER && this.#isNow(bucket, at))
        return { at, share: Math.max(least, Math.min(1, enough)) }
    }
    return null
  }

  #heldByLevel(bucket: Bucket, fill: Fill): Held | null {
    const [last] = this.#looks
    if (last === undefined || last.waiting === 'none') return null
    for (const at of ['max', 'avg'] as const) {
      const limit = this.#limit(bucket, at)
      if (limit === 0 || (fill[at] ?? 0) < NEAR || !this.#isNow(bucket, at)) continue
      return { at, share: ((last.used.get(bucket)?.least ?? 0) * NS_PER_S) / last.elapsedNs / limit }
    }
    return null
  }

  #share(bucket: Bucket, limit: 'avg' | 'max', bound: keyof Used): number | null {
    const rate = this.#limit(bucket, limit)
    const elapsedNs = this.#looks.reduce((sum, look) => sum + look.elapsedNs, 0)
    if (rate === 0 || elapsedNs < LEAST_NS) return null
    const units = this.#looks.reduce((sum, { used }) => sum + (used.get(bucket)?.[bound] ?? 0), 0)
    return (units * NS_PER_S) / elapsedNs / rate
  }

  /** Whether the last look was at the limit. */
  #isNow(bucket: Bucket, limit: 'avg' | 'max'): boolean {
    const [last] = this.#looks
    const used = last?.used.get(bucket)
    if (last === undefined || used === undefined || used.most === 0) return false
    const allowed = (this.#limit(bucket, limit) * last.elapsedNs) / NS_PER_S
    return used.most + UNCOUNTED * used.each >= NEAR * allowed
  }

  /** Without a length `max` is no rate: it may be used up at once. */
  #limit(bucket: Bucket, limit: 'avg' | 'max'): number {
    if (limit === 'avg') return limitOf(this.#limits, bucket)
    return limitOf(this.#limits, `${bucket}-max-length`) > 1 ? limitOf(this.#limits, maxKey(bucket)) : 0
  }
}
