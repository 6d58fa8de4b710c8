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
  interval: Interval
  shadow: ShadowGroup | null
  room: LevelRoom
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

const NOTHING: Passed = { requests: 0, bytes: 0 }
const NO_INTERVAL: Interval = { fromNs: 0, toNs: 0, slackNs: 0, read: NOTHING, write: NOTHING }
const NO_ROOM = { read: false, write: false }

export function sightsOf(picture: Picture, countersOf: (id: string) => DiskCounters): Sights {
  const counted = picture.disks.map((disk) => ({ disk, counters: countersOf(disk.id) }))
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
      const room = { group: group.name, hasRoom: NO_ROOM }
      return [group.name, { group, through, interval: NO_INTERVAL, shadow: null, room }]
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
export function intervalOf({ through }: GroupSight, times: Pick<Interval, 'fromNs' | 'toNs' | 'slackNs'>): Interval {
  const { fromNs, toNs, slackNs } = times
  const [read, write] = [
    { requests: 0, bytes: 0 },
    { requests: 0, bytes: 0 },
  ]
  let beyond = 0
  for (const { counters, times, isInnermost } of through) {
    addTo(read, counters.passed('read'), times)
    addTo(write, counters.passed('write'), times)
    if (!isInnermost) beyond += counters.outstanding() ?? 0
  }
  return { fromNs, toNs, slackNs, read, write, beyond }
}

function addTo(sum: { requests: number; bytes: number }, { requests, bytes }: Passed, times: number): void {
  sum.requests += times * requests
  sum.bytes += times * bytes
}
