import { type Look, Observer } from '#main/live/observer.ts'
import type { Picture, PictureDisk } from '#main/live/picture.ts'
import type { Counters } from '#main/qmp/qmp-views.ts'
import type { DiskFlowLook, DiskLook, GroupLook } from '#shared/host-look.ts'
import type { DeviceSnapshot } from '#shared/snapshot.ts'
import { DIRECTIONS, type Direction, equalLimits, type Limits } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import { isIn } from '#shared/workspace/chain.ts'
import { type BucketTimes, bucketLooks } from './bucket-looks.ts'
import type { DiskDelta } from './disk-delta.ts'

// What looks at one VM add up to. Rates, latencies and QEMU's counters are measured; levels and waits are what the
// session's observer reckons from them. Time in a throttle follows from both: requests that wait one second in sum, spread
// over a second, are one waiting request on average, so some request waited at most all of that second.

interface DiskTotals {
  last: Counters | null
  readonly waitNs: Record<Direction, number | null>
  throttledNs: number | null
}

interface GroupTotals {
  limits: Limits | null
  throttledNs: number | null
  resets: number
  readonly times: BucketTimes
}

interface Waiting {
  /** Requests that waited on average; null: not known. */
  readonly throttled: number | null
  readonly waitMeanNs: number | null
}

export interface TallyLook {
  readonly disks: readonly DiskLook[]
  readonly groups: readonly GroupLook[]
}

export class VmTally {
  readonly #observer = new Observer()
  readonly #disks = new Map<string, DiskTotals>()
  readonly #groups = new Map<string, GroupTotals>()
  #picture: Picture | null = null
  #lastNs: number | null = null
  #latest: TallyLook = { disks: [], groups: [] }

  get picture(): Picture | null {
    return this.#picture
  }

  get latest(): TallyLook {
    return this.#latest
  }

  /** Disks and limits as they are now; from here on looks are read by them. */
  seePicture(picture: Picture): void {
    const emptied: string[] = []
    for (const group of picture.groups) {
      const known = this.#groups.get(group.name)
      if (known === undefined) continue
      if (!equalLimits(known.limits ?? {}, group.limits ?? {})) {
        known.resets += 1
        emptied.push(group.name)
      }
      known.limits = group.limits
    }
    this.#observer.noteEmptied(emptied)
    this.#picture = picture
    keepOnly(this.#groups, new Set(picture.groups.map(({ name }) => name)))
    keepOnly(this.#disks, new Set(picture.disks.map(({ id }) => id)))
  }

  /** Nothing is known of the time since the latest look: the connection was lost. */
  forget(): void {
    this.#observer.forget()
    this.#lastNs = null
  }

  /** Looks at one moment twice are one look. */
  seeLook(look: Look): void {
    const picture = this.#picture
    if (picture === null || (this.#lastNs !== null && look.atNs <= this.#lastNs)) return
    const elapsedNs = this.#lastNs === null ? 0 : look.atNs - this.#lastNs
    this.#lastNs = look.atNs
    const observed = this.#observer.observe(picture, look)
    const counters = new Map(look.stats.map((view) => [view.key, view.counters]))
    const deltas = new Map<string, Record<Direction, DiskDelta>>()
    const waiting = new Map<string, number | null>()
    const disks = picture.disks.map((disk): DiskLook => {
      const now = disk.countersKey === null ? undefined : counters.get(disk.countersKey)
      const snapshot = observed.devices[disk.id]
      if (now === undefined || snapshot === undefined) return uncounted(disk, this.#totalsOf(disk.id))
      const totals = this.#totalsOf(disk.id)
      const delta = since(elapsedNs === 0 ? null : totals.last, now)
      totals.last = now
      deltas.set(disk.id, delta)
      const waits = DIRECTIONS.map((direction) => waitOf(delta[direction], snapshot[direction], elapsedNs))
      for (const [index, direction] of DIRECTIONS.entries()) {
        totals.waitNs[direction] = addedUp(totals.waitNs[direction], waits[index]?.throttled ?? null, elapsedNs)
      }
      waiting.set(disk.id, disk.groups.length === 0 ? 0 : mostWaiting(waits))
      return countedDisk(disk, { now, delta, waits, totals, elapsedNs, snapshot })
    })
    const groups = picture.groups.map((group): GroupLook => {
      const totals = this.#groupTotalsOf(group.name, group.limits)
      const ids = picture.disks.filter((disk) => isIn(disk, group.name)).map((disk) => disk.id)
      const flows = ids.flatMap((id) => deltas.get(id) ?? [])
      const snapshot = observed.groups[group.name]
      const buckets = bucketLooks({ limits: group.limits, snapshot, flows, elapsedNs, times: totals.times })
      const isHeld = buckets.some((bucket) => bucket.atLimit === true)
      const share = elapsedNs === 0 ? null : shareOf(ids, { waiting, flows, elapsedNs, isHeld })
      totals.throttledNs = addedUp(totals.throttledNs, share, elapsedNs)
      return {
        name: group.name,
        limits: group.limits,
        disks: ids,
        buckets,
        throttledShare: share,
        throttledNs: totals.throttledNs,
        resets: totals.resets,
      }
    })
    this.#latest = { disks: this.#withThrottling(disks, groups, { waiting, deltas, elapsedNs }), groups }
  }

  /** A disk waits where its own requests do; where that cannot be told, it waits with a group that is held. */
  #withThrottling(
    disks: readonly DiskLook[],
    groups: readonly GroupLook[],
    about: {
      readonly waiting: ReadonlyMap<string, number | null>
      readonly deltas: ReadonlyMap<string, Record<Direction, DiskDelta>>
      readonly elapsedNs: number
    },
  ): readonly DiskLook[] {
    return disks.map((disk) => {
      const isHeld = groups.some(
        (group) => disk.groups.includes(group.name) && group.buckets.some((bucket) => bucket.atLimit === true),
      )
      const flows = [about.deltas.get(disk.id)].flatMap((delta) => delta ?? [])
      const share =
        about.elapsedNs === 0 || flows.length === 0
          ? null
          : shareOf([disk.id], { waiting: about.waiting, elapsedNs: about.elapsedNs, flows, isHeld })
      const totals = this.#totalsOf(disk.id)
      totals.throttledNs = addedUp(totals.throttledNs, share, about.elapsedNs)
      return { ...disk, throttledShare: share, throttledNs: totals.throttledNs }
    })
  }

  #totalsOf(id: string): DiskTotals {
    const totals = this.#disks.get(id) ?? { last: null, waitNs: { read: null, write: null }, throttledNs: null }
    this.#disks.set(id, totals)
    return totals
  }

  #groupTotalsOf(name: string, limits: Limits | null): GroupTotals {
    const totals = this.#groups.get(name) ?? { limits, throttledNs: null, resets: 0, times: new Map() }
    this.#groups.set(name, totals)
    return totals
  }
}

function uncounted(disk: PictureDisk, { throttledNs }: DiskTotals): DiskLook {
  const { id, sizeBytes } = disk
  const unknown = { counted: false, read: null, write: null, inFlight: null, throttledShare: null, throttledNs }
  return { id, sizeBytes, groups: disk.groups, ...unknown }
}

function countedDisk(
  disk: PictureDisk,
  about: {
    readonly now: Counters
    readonly delta: Record<Direction, DiskDelta>
    readonly waits: readonly Waiting[]
    readonly totals: DiskTotals
    readonly elapsedNs: number
    readonly snapshot: DeviceSnapshot
  },
): DiskLook {
  const { now, delta, totals, elapsedNs, snapshot } = about
  const flow = (direction: Direction, wait: Waiting | undefined): DiskFlowLook => ({
    iops: perSecond(delta[direction].requests, elapsedNs),
    bps: perSecond(delta[direction].bytes, elapsedNs),
    latencyMeanNs: delta[direction].requests === 0 ? null : delta[direction].totalTimeNs / delta[direction].requests,
    ...(snapshot[direction].latency === undefined ? {} : { latency: snapshot[direction].latency }),
    waitMeanNs: wait?.waitMeanNs ?? null,
    requests: now[direction].operations,
    bytes: now[direction].bytes,
    failed: now[direction].failed,
    totalTimeNs: now[direction].totalTimeNs,
    waitNs: totals.waitNs[direction],
  })
  const busyNs = delta.read.totalTimeNs + delta.write.totalTimeNs
  return {
    id: disk.id,
    sizeBytes: disk.sizeBytes,
    groups: disk.groups,
    counted: true,
    read: flow('read', about.waits[0]),
    write: flow('write', about.waits[1]),
    ...(snapshot.histograms === undefined ? {} : { histograms: snapshot.histograms }),
    inFlight: elapsedNs === 0 ? null : busyNs / elapsedNs,
    throttledShare: null,
    throttledNs: totals.throttledNs,
  }
}

/** null as `last`: nothing to count from. Counters that fell began again at 0. */
function since(last: Counters | null, now: Counters): Record<Direction, DiskDelta> {
  const isFresh =
    last === null || DIRECTIONS.some((direction) => now[direction].operations < last[direction].operations)
  const of = (direction: Direction): DiskDelta => {
    if (isFresh || last === null) return { requests: 0, bytes: 0, totalTimeNs: 0 }
    const [was, is] = [last[direction], now[direction]]
    const requests = is.operations - was.operations
    return { requests, bytes: is.bytes - was.bytes, totalTimeNs: is.totalTimeNs - was.totalTimeNs }
  }
  return { read: of('read'), write: of('write') }
}

function waitOf(delta: DiskDelta, snapshot: DeviceSnapshot['read'], elapsedNs: number): Waiting {
  const waitMeanNs = snapshot.waitMeanNs ?? null
  if (elapsedNs === 0) return { throttled: null, waitMeanNs }
  if (delta.requests === 0) return { throttled: 0, waitMeanNs }
  return { throttled: waitMeanNs === null ? null : (waitMeanNs * delta.requests) / elapsedNs, waitMeanNs }
}

function mostWaiting(waits: readonly Waiting[]): number | null {
  if (waits.some(({ throttled }) => throttled === null)) return null
  return waits.reduce((sum, { throttled }) => sum + (throttled ?? 0), 0)
}

/** Share of the time in which a request of these disks waited. */
function shareOf(
  ids: readonly string[],
  about: {
    readonly waiting: ReadonlyMap<string, number | null>
    readonly flows: readonly Record<Direction, DiskDelta>[]
    readonly elapsedNs: number
    readonly isHeld: boolean
  },
): number | null {
  const waits = ids.flatMap((id) => (about.waiting.has(id) ? [about.waiting.get(id) ?? null] : []))
  if (waits.length === 0) return null
  if (waits.every((wait) => wait !== null))
    return Math.min(
      1,
      waits.reduce<number>((sum, wait) => sum + (wait ?? 0), 0),
    )
  if (!about.isHeld) return null
  // Nothing is learnt yet of how long its requests take by themselves; but the bucket is full, so they wait.
  const busyNs = about.flows.reduce((sum, flow) => sum + flow.read.totalTimeNs + flow.write.totalTimeNs, 0)
  return Math.min(1, busyNs / about.elapsedNs)
}

/** A total stays unknown until a part of it is known. */
function addedUp(total: number | null, share: number | null, elapsedNs: number): number | null {
  return share === null ? total : (total ?? 0) + share * elapsedNs
}

function perSecond(count: number, elapsedNs: number): number | null {
  return elapsedNs === 0 ? null : (count / elapsedNs) * NS_PER_S
}

function keepOnly(map: Map<string, unknown>, names: ReadonlySet<string>): void {
  for (const name of map.keys()) if (!names.has(name)) map.delete(name)
}
