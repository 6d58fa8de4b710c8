import type { StatsView } from '#main/qmp/qmp-views.ts'
import type { DeviceSnapshot, DirectionSnapshot, GroupSnapshot } from '#shared/snapshot.ts'
import { type Bucket, DIRECTIONS, type Direction, equalLimits, NO_LIMITS } from '#shared/throttle/limits.ts'
import { outermostGroup } from '#shared/workspace/chain.ts'
import { DiskCounters } from './disk-counters.ts'
import type { Waiting } from './fullness.ts'
import { levelSnapshots } from './level-waits.ts'
import { figuresKey, type Picture } from './picture.ts'
import { ShadowGroup, type ShadowStart } from './shadow-group.ts'
import { type DiskSight, type GroupSight, roomsOf, type Sights, seeInterval, sightsOf } from './sights.ts'

// From two looks at the counters to the figures of a snapshot. What QEMU does not count stays null. `see` does only what
// each look needs; the figures are made when somebody asks for them: an exporter looks each second and is asked each minute.

export interface Look {
  readonly stats: readonly StatsView[]
  /** Middle of the time between question and answer, on the session's clock. */
  readonly atNs: number
  /** Half of that time. */
  readonly slackNs: number
  /** QEMU itself did not answer this time: the counters are libvirt's, and whether there are histograms is not known. */
  readonly isSecondHand?: true
}

export interface Observed {
  readonly groups: Readonly<Record<string, GroupSnapshot>>
  readonly devices: Readonly<Record<string, DeviceSnapshot>>
  /** Disks whose counters began again: the VM was restarted. */
  readonly restarted: readonly string[]
}

export class Observer {
  /** By what QEMU counts by: a disk keeps its figures under another name, and another disk of its name has its own. */
  #disks = new Map<string, DiskCounters>()
  #shadows = new Map<string, ShadowGroup>()
  readonly #emptied = new Set<string>()
  #lastNs: number | null = null
  #sights: Sights | null = null

  /** The groups' buckets were emptied since the last look: by commands of ours. */
  noteEmptied(groups: Iterable<string>): void {
    for (const group of groups) {
      this.#emptied.add(group)
      this.#shadows.delete(group)
    }
  }

  /** Nothing is known of the time since the last look: the connection was lost, or the user began again. */
  forget(): void {
    this.#lastNs = null
    this.#shadows.clear()
    for (const disk of this.#disks.values()) disk.forget()
  }

  /** Totals begin at 0 again. */
  reset(): void {
    this.forget()
    this.#disks.clear()
    this.#sights = null
  }

  observe(picture: Picture, look: Look): Observed {
    const restarted = this.see(picture, look)
    const { groups, disks } = this.#sightsOf(picture)
    return {
      groups: Object.fromEntries([...groups].map(([name, sight]) => [name, groupSnapshot(sight)])),
      devices: Object.fromEntries([...disks].map(([id, sight]) => [id, deviceSnapshot(sight)])),
      restarted,
    }
  }

  /** Takes a look. Gives the disks whose counters began again: the VM was restarted. */
  see(picture: Picture, { stats, atNs, slackNs }: Look): readonly string[] {
    const { groups, disks } = this.#sightsOf(picture)
    const fromNs = this.#lastNs ?? atNs
    this.#lastNs = atNs
    const views = new Map(stats.map((view) => [view.key, view.counters]))
    const restarted: string[] = []
    for (const { disk, counters } of disks.values()) {
      const now = disk.countersKey === null ? undefined : views.get(disk.countersKey)
      if (counters.advance(now ?? null, atNs - fromNs) === 'restarted') restarted.push(disk.id)
    }
    const times = { fromNs, toNs: atNs, slackNs }
    for (const sight of groups.values()) {
      seeInterval(sight, times)
      sight.shadow = this.#shadowOf(sight, fromNs)
      for (const direction of DIRECTIONS) sight.room.hasRoom[direction] = hasRoom(sight, direction)
    }
    for (const { counters, levels, isKnown } of disks.values()) {
      for (const direction of DIRECTIONS) {
        // A filter whose group is not told may hold it as well.
        counters.judge(direction, isKnown && levels.every((sight) => sight?.room.hasRoom[direction] === true))
      }
    }
    for (const sight of groups.values()) sight.shadow?.observe(sight.interval, waitingIn(sight))
    return restarted
  }

  /** Mean wait of a disk's requests in the latest look; null: not known. */
  waitMeanNs(id: string, direction: Direction): number | null {
    return this.#sights?.disks.get(id)?.counters.waitMeanNs(direction) ?? null
  }

  /** The limits that hold a group now; null: that is not known. */
  heldBuckets(name: string): readonly Bucket[] | null {
    const sight = this.#sights?.groups.get(name)
    return sight === undefined ? null : (countedShadow(sight)?.heldBuckets() ?? null)
  }

  /** As it was in the latest look; undefined: the picture has none of that name. */
  group(name: string): GroupSnapshot | undefined {
    const sight = this.#sights?.groups.get(name)
    return sight && groupSnapshot(sight)
  }

  /** As it was in the latest look; undefined: the picture has none of that id. */
  device(id: string): DeviceSnapshot | undefined {
    const sight = this.#sights?.disks.get(id)
    return sight && deviceSnapshot(sight)
  }

  #sightsOf(picture: Picture): Sights {
    if (this.#sights?.picture === picture) return this.#sights
    // What was removed and added again is new: nothing is known of the time between.
    const known = this.#disks
    this.#disks = new Map(
      picture.disks.map((disk) => [figuresKey(disk), known.get(figuresKey(disk)) ?? new DiskCounters()]),
    )
    for (const name of this.#shadows.keys()) {
      if (!picture.groups.some((group) => group.name === name)) this.#shadows.delete(name)
    }
    this.#sights = sightsOf(picture, (disk) => this.#disks.get(figuresKey(disk)) ?? new DiskCounters())
    return this.#sights
  }

  #shadowOf({ group, shadow: latest }: GroupSight, fromNs: number): ShadowGroup {
    const known = this.#shadows.get(group.name)
    // It was made for these limits, or found to fit them.
    if (known && known === latest) return known
    const limits = group.limits ?? NO_LIMITS
    const start: ShadowStart = this.#emptied.delete(group.name) ? 'emptied' : 'unknown'
    const shadow = known && equalLimits(known.limits, limits) ? known : new ShadowGroup(limits, fromNs, start)
    this.#shadows.set(group.name, shadow)
    return shadow
  }
}

/** Whether no request of a direction can have waited in the group in this look. Ask before its shadow observes it. */
function hasRoom({ group, shadow, interval }: GroupSight, direction: Direction): boolean {
  return group.limits !== null && shadow?.hasRoom(direction, interval) === true
}

/** Whether the requests of this look took longer than they need, in any disk of the group. */
function waitingIn({ through }: GroupSight): Waiting {
  let found: Waiting | null = null
  for (const { counters } of through) {
    for (const direction of DIRECTIONS) {
      const waiting = counters.waiting(direction)
      if (waiting === 'above') return 'above'
      if (waiting !== null) found = found === 'unknown' ? found : waiting
    }
  }
  return found ?? 'unknown'
}

/** null: nothing counts what goes through the group. */
function countedShadow({ through, shadow }: GroupSight): ShadowGroup | null {
  return through.some(({ disk }) => disk.countersKey !== null) ? shadow : null
}

function groupSnapshot(sight: GroupSight): GroupSnapshot {
  const { group, through } = sight
  const shadow = countedShadow(sight)
  const direction = (name: Direction): DirectionSnapshot => {
    const rates = through.map(({ counters }) => counters.rate(name))
    return {
      iops: rates.reduce((sum, { iops }) => sum + iops, 0),
      bps: rates.reduce((sum, { bps }) => sum + bps, 0),
      token: null,
      timerInNs: null,
      queued: null,
      tokenMoves: null,
    }
  }
  return {
    limits: group.limits ?? NO_LIMITS,
    ring: null,
    members: through.map(({ disk }) => disk.id),
    read: direction('read'),
    write: direction('write'),
    buckets: shadow?.buckets() ?? {},
    estimated: true,
    heldAt: shadow?.heldAt() ?? null,
  }
}

function deviceSnapshot(sight: DiskSight): DeviceSnapshot {
  const { disk, counters, levels } = sight
  const [read, write] = [counters.flow('read'), counters.flow('write')]
  const isBusy = read.iops + write.iops > 0
  const histograms = counters.histograms()
  return {
    group: outermostGroup(disk),
    ...(levels.length > 1 ? { levels: levelSnapshots(roomsOf(sight), counters.lookedWaits()) } : {}),
    iothread: null,
    status: disk.medium ? (isBusy ? 'running' : 'idle') : 'no-medium',
    reason: disk.medium ? null : 'No medium: QEMU shows its limits again with the next one.',
    read,
    write,
    demandIops: null,
    throttledShare: null,
    waitCounts: [],
    ...(histograms === null ? {} : { histograms }),
    ...(!counters.isCounted
      ? { uncounted: true as const }
      : { outstanding: counters.outstanding(), underWay: counters.underWay(), flush: counters.flush() }),
  }
}
