import type { StatsView } from '#main/qmp/qmp-views.ts'
import type { DeviceSnapshot, DirectionSnapshot, GroupSnapshot } from '#shared/snapshot.ts'
import { DIRECTIONS, type Direction, equalLimits, NO_LIMITS } from '#shared/throttle/limits.ts'
import { innermostGroup, isIn, outermostGroup } from '#shared/workspace/chain.ts'
import { DiskCounters } from './disk-counters.ts'
import type { Waiting } from './fullness.ts'
import { type LevelRoom, levelSnapshots } from './level-waits.ts'
import { findGroup, type Picture, type PictureDisk, type PictureGroup } from './picture.ts'
import { type Interval, type Passed, ShadowGroup, type ShadowStart } from './shadow-group.ts'

// From two looks at the counters to the figures of a snapshot. What QEMU does not count stays null.

export interface Look {
  readonly stats: readonly StatsView[]
  /** Middle of the time between question and answer, on the session's clock. */
  readonly atNs: number
  /** Half of that time. */
  readonly slackNs: number
}

export interface Observed {
  readonly groups: Readonly<Record<string, GroupSnapshot>>
  readonly devices: Readonly<Record<string, DeviceSnapshot>>
  /** Disks whose counters began again: the VM was restarted. */
  readonly restarted: readonly string[]
}

const NOTHING: Passed = { requests: 0, bytes: 0 }

export class Observer {
  #disks = new Map<string, DiskCounters>()
  #shadows = new Map<string, ShadowGroup>()
  readonly #emptied = new Set<string>()
  #lastNs: number | null = null

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
  }

  observe(picture: Picture, { stats, atNs, slackNs }: Look): Observed {
    const fromNs = this.#lastNs ?? atNs
    this.#lastNs = atNs
    const counters = new Map(stats.map((view) => [view.key, view.counters]))
    const restarted = picture.disks.filter((disk) => {
      const now = disk.countersKey === null ? undefined : counters.get(disk.countersKey)
      return this.#disk(disk.id).advance(now ?? null, atNs - fromNs) === 'restarted'
    })
    const times = { fromNs, toNs: atNs, slackNs }
    const intervals = new Map(picture.groups.map((group) => [group, this.#intervalOf(picture, group, times)]))
    const shadows = new Map([...intervals].map(([group, { fromNs }]) => [group.name, this.#shadowOf(group, fromNs)]))
    const rooms = new Map(picture.disks.map((disk) => [disk, roomsOf(picture, disk, { intervals, shadows })]))
    for (const [disk, levels] of rooms) {
      // A filter whose group is not told may hold it as well.
      const isKnown = disk.filters.every((filter) => filter.group !== null)
      for (const direction of DIRECTIONS) {
        this.#disk(disk.id).judge(direction, isKnown && levels.every(({ hasRoom }) => hasRoom[direction]))
      }
    }
    for (const [group, interval] of intervals)
      shadows.get(group.name)?.observe(interval, this.#waitingIn(picture, group))
    return {
      groups: Object.fromEntries(picture.groups.map((group) => [group.name, this.#groupSnapshot(picture, group)])),
      devices: Object.fromEntries([...rooms].map(([disk, levels]) => [disk.id, this.#deviceSnapshot(disk, levels)])),
      restarted: restarted.map(({ id }) => id),
    }
  }

  #disk(id: string): DiskCounters {
    const known = this.#disks.get(id)
    if (known) return known
    const disk = new DiskCounters()
    this.#disks.set(id, disk)
    return disk
  }

  #shadowOf(group: PictureGroup, fromNs: number): ShadowGroup {
    const limits = group.limits ?? NO_LIMITS
    const known = this.#shadows.get(group.name)
    const start: ShadowStart = this.#emptied.delete(group.name) ? 'emptied' : 'unknown'
    const shadow = known && equalLimits(known.limits, limits) ? known : new ShadowGroup(limits, fromNs, start)
    this.#shadows.set(group.name, shadow)
    return shadow
  }

  /** Whether the requests of this look took longer than they need, in any disk of the group. */
  #waitingIn(picture: Picture, group: PictureGroup): Waiting {
    const found = new Set(
      disksThrough(picture, group).flatMap(({ disk }) =>
        DIRECTIONS.map((direction) => this.#disk(disk.id).waiting(direction)),
      ),
    )
    if (found.has('above')) return 'above'
    return found.has('none') && !found.has('unknown') ? 'none' : 'unknown'
  }

  #groupSnapshot(picture: Picture, group: PictureGroup): GroupSnapshot {
    const members = picture.disks.filter((disk) => isIn(disk, group.name))
    const direction = (name: Direction): DirectionSnapshot => {
      const rates = members.map((disk) => this.#disk(disk.id).rate(name))
      return {
        iops: rates.reduce((sum, { iops }) => sum + iops, 0),
        bps: rates.reduce((sum, { bps }) => sum + bps, 0),
        token: null,
        timerInNs: null,
        queued: null,
        tokenMoves: null,
      }
    }
    const shadow = members.some((disk) => disk.countersKey !== null) ? this.#shadows.get(group.name) : undefined
    return {
      limits: group.limits ?? NO_LIMITS,
      ring: null,
      members: members.map(({ id }) => id),
      read: direction('read'),
      write: direction('write'),
      buckets: shadow?.buckets() ?? {},
      estimated: true,
      heldAt: shadow?.heldAt() ?? null,
    }
  }

  #deviceSnapshot(disk: PictureDisk, rooms: readonly LevelRoom[]): DeviceSnapshot {
    const counters = this.#disk(disk.id)
    const [read, write] = [counters.flow('read'), counters.flow('write')]
    const isBusy = read.iops + write.iops > 0
    const histograms = counters.histograms()
    return {
      group: outermostGroup(disk),
      ...(rooms.length > 1 ? { levels: levelSnapshots(rooms, counters.lookedWaits()) } : {}),
      iothread: null,
      status: disk.medium ? (isBusy ? 'running' : 'idle') : 'no-medium',
      reason: disk.medium ? null : 'No medium: QEMU shows its limits again with the next one.',
      read,
      write,
      demandIops: null,
      throttledShare: null,
      waitCounts: [],
      ...(histograms === null ? {} : { histograms }),
      ...(disk.countersKey === null
        ? { uncounted: true as const }
        : { outstanding: counters.outstanding(), flush: counters.flush() }),
    }
  }

  /**
   * What went through a group: every disk that is in it, at each level at which it is. Requests that passed it and wait
   * further in are counted only when they are done: as many as are under way may be missing.
   */
  #intervalOf(picture: Picture, group: PictureGroup, times: Pick<Interval, 'fromNs' | 'toNs' | 'slackNs'>): Interval {
    const disks = disksThrough(picture, group).map((through) => ({ ...through, counters: this.#disk(through.disk.id) }))
    const sum = (direction: Direction): Passed =>
      disks.reduce<Passed>((total, { times, counters }) => {
        const { requests, bytes } = counters.passed(direction)
        return { requests: total.requests + times * requests, bytes: total.bytes + times * bytes }
      }, NOTHING)
    const beyond = disks.reduce((total, { disk, counters }) => {
      const isInnermost = innermostGroup(disk) === group.name
      return isInnermost ? total : total + (counters.outstanding() ?? 0)
    }, 0)
    return { ...times, read: sum('read'), write: sum('write'), beyond }
  }
}

/** The disks of a group, and at how many levels it holds each. */
function disksThrough(picture: Picture, { name }: PictureGroup) {
  return picture.disks
    .map((disk) => ({ disk, times: disk.groups.filter((group) => group === name).length }))
    .filter(({ times }) => times > 0)
}

interface Looked {
  readonly intervals: ReadonlyMap<PictureGroup, Interval>
  readonly shadows: ReadonlyMap<string, ShadowGroup>
}

/** Of each level of a disk's chain, whether no request can have waited there in this look. Ask before the shadows observe it. */
function roomsOf(picture: Picture, disk: PictureDisk, looked: Looked): readonly LevelRoom[] {
  return disk.groups.map((name) => {
    const group = findGroup(picture, name)
    const interval = group === undefined ? undefined : looked.intervals.get(group)
    const hasRoom = (direction: Direction) =>
      group !== undefined &&
      group.limits !== null &&
      interval !== undefined &&
      looked.shadows.get(name)?.hasRoom(direction, interval) === true
    return { group: name, hasRoom: { read: hasRoom('read'), write: hasRoom('write') } }
  })
}
