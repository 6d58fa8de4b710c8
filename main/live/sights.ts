import type { Direction } from '#shared/throttle/limits.ts'
import { innermostGroup } from '#shared/workspace/chain.ts'
import type { DiskCounters } from './disk-counters.ts'
import type { LevelRoom } from './level-waits.ts'
import type { Picture, PictureDisk, PictureGroup } from './picture.ts'
import type { Interval, Passed } from './poured.ts'
import type { ShadowGroup } from './shadow-group.ts'

// Who passes what in a picture, found once for all looks at it: a host of hundreds of VMs has thousands of disks, and
// looks at each of them every second.

/** A group, and what the latest look showed of it. */
export interface GroupSight {
  readonly group: PictureGroup
  /** The disks that it holds. */
  readonly through: readonly Through[]
  readonly interval: LookedInterval
  shadow: ShadowGroup | null
  readonly room: { readonly group: string; readonly hasRoom: Record<Direction, boolean> }
}

/** Of the latest look, written over with each (kept.ts says why). */
interface LookedInterval extends Interval {
  fromNs: number
  toNs: number
  slackNs: number
  readonly read: LookedFlow
  readonly write: LookedFlow
  beyond: number
}

interface LookedFlow {
  requests: number
  bytes: number
}

interface Through {
  readonly disk: PictureDisk
  readonly counters: DiskCounters
  /** At so many levels. */
  readonly times: number
  readonly isInnermost: boolean
}

export interface DiskSight {
  readonly disk: PictureDisk
  readonly counters: DiskCounters
  /** The guest's side first; null: the picture does not have it. */
  readonly levels: readonly (GroupSight | null)[]
  /** Every filter's group is told. */
  readonly isKnown: boolean
}

export interface Sights {
  readonly picture: Picture
  readonly groups: ReadonlyMap<string, GroupSight>
  readonly disks: ReadonlyMap<string, DiskSight>
}

const NO_ROOM = { read: false, write: false }

export function sightsOf(picture: Picture, countersOf: (disk: PictureDisk) => DiskCounters): Sights {
  const counted = picture.disks.map((disk) => ({ disk, counters: countersOf(disk) }))
  const groups = new Map(
    picture.groups.map((group): [string, GroupSight] => {
      const through = counted
        .map(({ disk, counters }) => ({
          disk,
          counters,
          times: disk.groups.filter((name) => name === group.name).length,
          isInnermost: innermostGroup(disk) === group.name,
        }))
        .filter(({ times }) => times > 0)
      const room = { group: group.name, hasRoom: { ...NO_ROOM } }
      return [group.name, { group, through, interval: noInterval(), shadow: null, room }]
    }),
  )
  const disks = new Map(
    counted.map(({ disk, counters }): [string, DiskSight] => {
      const levels = disk.groups.map((name) => groups.get(name) ?? null)
      const isKnown = disk.filters.every((filter) => filter.group !== null)
      return [disk.id, { disk, counters, levels, isKnown }]
    }),
  )
  return { picture, groups, disks }
}

/** Of each level of a disk's chain, whether a request can have waited there in the latest look. */
export function roomsOf({ disk, levels }: DiskSight): readonly LevelRoom[] {
  return disk.groups.map((group, level) => levels[level]?.room ?? { group, hasRoom: NO_ROOM })
}

/**
 * What went through a group: every disk that is in it, at each level at which it is. Requests that passed it and wait
 * further in are counted only when they are done: as many as are under way may be missing.
 */
export function seeInterval(
  { through, interval }: GroupSight,
  { fromNs, toNs, slackNs }: Pick<Interval, 'fromNs' | 'toNs' | 'slackNs'>,
): void {
  const { read, write } = interval
  interval.fromNs = fromNs
  interval.toNs = toNs
  interval.slackNs = slackNs
  interval.beyond = 0
  clear(read)
  clear(write)
  for (const { counters, times, isInnermost } of through) {
    addTo(read, counters.passed('read'), times)
    addTo(write, counters.passed('write'), times)
    if (!isInnermost) interval.beyond += counters.outstanding() ?? 0
  }
}

function noInterval(): LookedInterval {
  const nothing = { requests: 0, bytes: 0 }
  return { fromNs: 0, toNs: 0, slackNs: 0, read: { ...nothing }, write: { ...nothing }, beyond: 0 }
}

function clear(flow: LookedFlow): void {
  flow.requests = 0
  flow.bytes = 0
}

function addTo(sum: LookedFlow, { requests, bytes }: Passed, times: number): void {
  sum.requests += times * requests
  sum.bytes += times * bytes
}
