import { isDeepStrictEqual } from 'node:util'
import { type Look, Observer } from '#main/live/observer.ts'
import { figuresKey, type Picture } from '#main/live/picture.ts'
import type { Counters } from '#main/qmp/qmp-views.ts'
import { assert } from '#shared/assert.ts'
import type { DiskLook, GroupLook } from '#shared/host-look.ts'
import { BUCKETS, DIRECTIONS, type Direction, equalLimits, limitOf } from '#shared/throttle/limits.ts'
import { NS_PER_MS } from '#shared/units.ts'
import { isIn } from '#shared/workspace/chain.ts'
import { diskLook, groupLook } from './tally-looks.ts'
import {
  addedUp,
  type DiskTotals,
  type GroupTotals,
  newDiskTotals,
  newGroupTotals,
  seeCounters,
  shareOf,
} from './tally-totals.ts'

// What looks at one VM add up to. Rates, latencies and QEMU's counters are measured; levels and waits are what the
// session's observer reckons from them. Time in a throttle follows from both: requests that wait one second in sum, spread
// over a second, are one waiting request on average, so some request waited at most all of that second.
//
// Each look adds to the totals; how everything stands is put together when somebody asks.

export interface TallyLook {
  readonly disks: readonly DiskLook[]
  readonly groups: readonly GroupLook[]
}

/** Nobody looks again so soon, but one answer of libvirt may serve twice. */
const LEAST_NS = NS_PER_MS

export class VmTally {
  readonly #observer = new Observer()
  /** By id; another disk under that id starts at 0. */
  #disks: ReadonlyMap<string, DiskTotals> = new Map()
  readonly #groups = new Map<string, GroupTotals>()
  readonly #keeps: { readonly latency: boolean }
  #picture: Picture | null = null
  #lastNs: number | null = null
  #elapsedNs = 0
  /** null: of the latest look nothing is put together yet. */
  #latest: TallyLook | null = { disks: [], groups: [] }

  /** `latency`: how many requests took how long since Weir looks, of disks with histograms. */
  constructor(keeps: { readonly latency: boolean } = { latency: false }) {
    this.#keeps = keeps
  }

  get picture(): Picture | null {
    return this.#picture
  }

  /** As of the latest look. */
  get latest(): TallyLook {
    this.#latest ??= this.#putTogether()
    return this.#latest
  }

  /** Disks and limits as they are now; from here on looks are read by them. */
  seePicture(picture: Picture): void {
    // Limits change rarely: nothing that was found out by the picture is found out again.
    if (isDeepStrictEqual(picture, this.#picture)) return
    this.#latest = this.latest // read by the limits that were in force then
    for (const group of picture.groups) {
      const known = this.#groups.get(group.name)
      if (known !== undefined && !equalLimits(known.limits ?? {}, group.limits ?? {})) {
        known.resets += 1 // by whom, and when since the configuration was read before, is not known
      }
    }
    this.#disks = this.#disksOf(picture)
    this.#picture = picture
    keepOnly(this.#groups, new Set(picture.groups.map(({ name }) => name)))
    for (const { name, limits } of picture.groups) {
      const totals = this.#groups.get(name) ?? newGroupTotals()
      this.#groups.set(name, totals)
      totals.limits = limits
      totals.limited = limits === null ? [] : BUCKETS.filter((bucket) => limitOf(limits, bucket) > 0)
      totals.ids = picture.disks.filter((disk) => isIn(disk, name)).map(({ id }) => id)
    }
  }

  #disksOf({ disks }: Picture): ReadonlyMap<string, DiskTotals> {
    const known = new Map(this.#picture?.disks.map((disk) => [figuresKey(disk), this.#disk(disk.id)]))
    return new Map(disks.map((disk) => [disk.id, known.get(figuresKey(disk)) ?? newDiskTotals(this.#keeps)]))
  }

  /** Nothing is known of the time since the latest look: the connection was lost. */
  forget(): void {
    this.#latest = this.latest // the observer forgets it, too
    this.#observer.forget()
    for (const { latency } of this.#disks.values()) for (const direction of DIRECTIONS) latency?.[direction].forget()
    this.#lastNs = null
  }

  /** Looks at one moment twice are one look; the moment is known to half a millisecond and better. */
  seeLook(look: Look): void {
    const picture = this.#picture
    if (picture === null || (this.#lastNs !== null && look.atNs < this.#lastNs + LEAST_NS)) return
    this.#elapsedNs = this.#lastNs === null ? 0 : look.atNs - this.#lastNs
    this.#lastNs = look.atNs
    this.#latest = null
    this.#observer.see(picture, look)
    const counters = new Map(look.stats.map((view) => [view.key, view.counters]))
    for (const disk of picture.disks) {
      const now = disk.countersKey === null ? undefined : counters.get(disk.countersKey)
      this.#seeDisk(disk.id, now ?? null, disk.groups.length > 0)
    }
    for (const { name } of picture.groups) this.#seeGroup(name)
    for (const { id, groups } of picture.disks) this.#seeThrottling(id, groups)
  }

  #seeDisk(id: string, now: Counters | null, isThrottled: boolean): void {
    const totals = this.#disk(id)
    if (now === null) {
      totals.delta = null
      totals.hasGap = true
      return
    }
    seeCounters(totals, now, this.#elapsedNs > 0)
    const { deltas } = totals
    for (const direction of DIRECTIONS) {
      totals.latency?.[direction].see(now.histograms?.[direction] ?? null, deltas[direction].totalTimeNs)
    }
    // What was done since the look before the gap is no rate of the time since the latest one.
    totals.delta = totals.hasGap && this.#elapsedNs > 0 ? null : deltas
    totals.hasGap = false
    if (totals.delta === null) return
    let waiting: number | null = 0
    for (const direction of DIRECTIONS) {
      const share = this.#waitingShare(id, direction, deltas[direction].requests)
      totals.waitNs[direction] = addedUp(totals.waitNs[direction], share, this.#elapsedNs)
      waiting = waiting === null || share === null ? null : waiting + share
    }
    totals.waiting = isThrottled ? waiting : 0
  }

  /** Requests of a direction that waited on average; null: not known. */
  #waitingShare(id: string, direction: Direction, requests: number): number | null {
    if (this.#elapsedNs === 0) return null
    if (requests === 0) return 0
    const waitMeanNs = this.#observer.waitMeanNs(id, direction)
    return waitMeanNs === null ? null : (waitMeanNs * requests) / this.#elapsedNs
  }

  #seeGroup(name: string): void {
    const totals = this.#group(name)
    const held = this.#elapsedNs === 0 ? null : this.#observer.heldBuckets(name)
    totals.isHeld = held !== null && held.length > 0
    if (held !== null) {
      for (const bucket of totals.limited) {
        const heldNs = held.includes(bucket) ? this.#elapsedNs : 0
        totals.times.set(bucket, (totals.times.get(bucket) ?? 0) + heldNs)
      }
    }
    totals.throttledShare = this.#shareOf(totals.ids, totals.isHeld)
    totals.throttledNs = addedUp(totals.throttledNs, totals.throttledShare, this.#elapsedNs)
  }

  /** A disk waits where its own requests do; where that cannot be told, it waits with a group that is held. */
  #seeThrottling(id: string, groups: readonly string[]): void {
    const totals = this.#disk(id)
    const isHeld = groups.some((name) => this.#groups.get(name)?.isHeld === true)
    totals.throttledShare = this.#shareOf([id], isHeld)
    totals.throttledNs = addedUp(totals.throttledNs, totals.throttledShare, this.#elapsedNs)
  }

  #shareOf(ids: readonly string[], isHeld: boolean): number | null {
    if (this.#elapsedNs === 0) return null
    const disks = ids.map((id) => this.#disk(id))
    return shareOf(disks, this.#elapsedNs, isHeld)
  }

  #putTogether(): TallyLook {
    const picture = this.#picture
    assert(picture !== null, 'a look was read by a picture')
    const seen = { observer: this.#observer, elapsedNs: this.#elapsedNs }
    const groups = picture.groups.map((group) => {
      const totals = this.#group(group.name)
      return groupLook(group, { ...seen, totals, disks: totals.ids.map((id) => this.#disk(id)) })
    })
    return { disks: picture.disks.map((disk) => diskLook(disk, this.#disk(disk.id), seen)), groups }
  }

  #disk(id: string): DiskTotals {
    const totals = this.#disks.get(id)
    assert(totals !== undefined, 'every disk of the picture has totals')
    return totals
  }

  #group(name: string): GroupTotals {
    const totals = this.#groups.get(name)
    assert(totals !== undefined, 'every group of the picture has totals')
    return totals
  }
}

function keepOnly(map: Map<string, unknown>, names: ReadonlySet<string>): void {
  for (const name of map.keys()) if (!names.has(name)) map.delete(name)
}
