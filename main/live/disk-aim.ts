import { listed } from '#shared/listed.ts'
import { hasAnyLimit } from '#shared/throttle/limits.ts'
import { chainWords, isIn, sameChain } from '#shared/workspace/chain.ts'
import { findDevice } from '#shared/workspace/workspace.ts'
import type { AimInput, GroupAim } from './aim-parts.ts'
import { backendGroup, type FilterLevel, filterLevels, type PictureDisk, type ReopenDrains } from './picture.ts'

// The chain that a disk should have, as far as QEMU can give it one. Its filters stay as long as it runs, each in some
// group; above them it may have limits of its own, which come and go. So of a disk on two filters:
//
//   a → b → c   limits of its own in a, filters in b and c
//   b → c       filters in b and c
//   c           cannot be: the other filter would have to go

export interface DiskAim {
  readonly disk: PictureDisk
  /** Equal to its chain as it is: it stays. */
  readonly to: readonly string[]
}

export interface FilterMove {
  readonly filter: FilterLevel
  readonly to: string
}

export function stays({ disk, to }: DiskAim): boolean {
  return sameChain(disk.groups, to)
}

/** The group that the disk's backend is to be in, by limits of its own; null: none. */
export function backendAim({ disk, to }: DiskAim): string | null {
  return to.length > filterLevels(disk).length ? (to[0] ?? null) : null
}

/** The filters that change their groups. */
export function filterMoves(aim: DiskAim): readonly FilterMove[] {
  const first = backendAim(aim) === null ? 0 : 1
  return filterLevels(aim.disk).flatMap((filter, index) => {
    const to = aim.to[first + index]
    return to === undefined || to === filter.group ? [] : [{ filter, to }]
  })
}

export interface DiskContext {
  readonly disk: PictureDisk
  readonly groups: ReadonlyMap<string, GroupAim>
  readonly impossible: string[]
  readonly warnings: string[]
}

export function diskAim(input: AimInput, context: DiskContext): DiskAim {
  const { disk, groups, impossible, warnings } = context
  const desired = findDevice(input.desired, disk.id)
  const before = findDevice(input.base, disk.id)
  const asItIs: DiskAim = { disk, to: disk.groups }
  if (desired === undefined) {
    if (before !== undefined && input.scope === 'edit') {
      impossible.push(`${disk.id}: Weir never unplugs disks from a VM; it stays as it is.`)
    }
    return asItIs
  }
  const isDecided = before === undefined || !sameChain(desired.groups, before.groups)
  const chain = isDecided ? desired.groups : disk.groups
  if (!disk.medium) {
    if (isDecided && !sameChain(chain, disk.groups)) {
      warnings.push(`${disk.id} has no medium: QEMU neither shows nor takes limits for it, so it is left alone.`)
    }
    return asItIs
  }
  const aim = withoutLimitless({ disk, to: chain }, groups, warnings)
  if (stays(aim)) return asItIs
  const obstacle = obstacleTo(aim, groups, input.picture.reopenDrains)
  if (obstacle === null) return aim
  impossible.push(obstacle)
  return asItIs
}

/** QEMU keeps no device in a group by its own limits when there are none: it leaves the group. */
function withoutLimitless(aim: DiskAim, groups: DiskContext['groups'], warnings: string[]): DiskAim {
  const own = backendAim(aim)
  const group = own === null ? undefined : groups.get(own)
  if (group === undefined || group.limits === null || hasAnyLimit(group.limits)) return aim
  const now = backendGroup(aim.disk)
  if (group.now?.isObject && now === own) return aim
  if (now === null) {
    warnings.push(`${own} has no limits: QEMU keeps ${aim.disk.id} in no group then, which has the same effect.`)
  }
  return { ...aim, to: aim.to.slice(1) }
}

function obstacleTo(aim: DiskAim, groups: DiskContext['groups'], drains: ReopenDrains): string | null {
  const { disk } = aim
  if (disk.managedBy === 'libvirt') return obstacleOfLibvirt(aim, groups)
  if (disk.managedBy === 'proxmox' && aim.to.length > 1) {
    return `${disk.id} cannot be in ${chainWords({ groups: aim.to })}: Proxmox has one set of limits for each drive.`
  }
  const own = backendAim(aim)
  return (
    obstacleOfLength(aim) ??
    (drains === 'its-disk' ? null : (obstacleOfTwice(aim) ?? obstacleOfVanishing(aim, groups))) ??
    (own === null ? null : obstacleToOwn(disk, own, groups)) ??
    filterMoves(aim).reduce<string | null>((found, { filter }) => found ?? obstacleToMove(disk, filter), null)
  )
}

function obstacleOfLibvirt({ disk, to }: DiskAim, groups: DiskContext['groups']): string | null {
  const isOnFilters = disk.filters.length > 0
  const object = to.find((group) => groups.get(group)?.now?.isObject)
  if (!isOnFilters && object === undefined && to.length <= 1) return null
  const what = isOnFilters ? 'move' : `join ${object ?? chainWords({ groups: to })}`
  return `${disk.id} cannot ${what}: libvirt sets the <throttlefilters> of a disk only when it is attached. Change them with virsh edit and start the VM again.`
}

function obstacleOfLength({ disk, to }: DiskAim): string | null {
  const filters = filterLevels(disk)
  const [outermost] = filters
  if (to.length > filters.length + 1) {
    return `${disk.id} cannot be in ${chainWords({ groups: to })}: it has ${countWords(filters.length)}, and can be in one more group by limits of its own. Put another filter over it when it starts.`
  }
  if (outermost === undefined || to.length >= filters.length) return null
  if (filters.length === 1) {
    return `${disk.id} sits on filter ${outermost.node}, which stays in some group as long as it runs: move it to a group without limits instead.`
  }
  const names = listed(filters.map(({ node }) => node))
  return `${disk.id} sits on filters ${names}, and each stays in some group as long as it runs: name a group for each, from guest to disk, one without limits where nothing should be held.`
}

/**
 * QEMU 11.1 ends itself when a level leaves a group in which a level of the same disk further in stays or was, while requests
 * wait: seen with filters that move and with limits of its own that go; the inner one alone leaves well, and 7.2 minds neither.
 */
function obstacleOfTwice(aim: DiskAim): string | null {
  const moves = new Map(filterMoves(aim).map(({ filter, to }) => [filter.node, to]))
  const levels = [
    { now: backendGroup(aim.disk), to: backendAim(aim) },
    ...filterLevels(aim.disk).map((filter) => ({ now: filter.group, to: moves.get(filter.node) ?? filter.group })),
  ]
  const leaves = levels.find(
    ({ now, to }, index) => now !== null && to !== now && levels.slice(index + 1).some((inner) => inner.now === now),
  )
  if (leaves === undefined) return null
  return `${aim.disk.id} passes ${leaves.now} twice, and its outer level cannot leave it: QEMU 11.1 would abort, and the VM would be gone. Let the inner level leave first, and apply that.`
}

/** Own limits leave a group before a filter of the disk moves there (see obstacleOfTwice), which a group without an object may not outlive. */
function obstacleOfVanishing(aim: DiskAim, groups: DiskContext['groups']): string | null {
  const now = backendGroup(aim.disk)
  if (now === null || now === backendAim(aim) || groups.get(now)?.now?.isObject !== false) return null
  if (!filterMoves(aim).some(({ to }) => to === now)) return null
  return `${aim.disk.id} cannot move its filter to ${now}: QEMU forgets that group when the disk’s own limits leave it, which they must before. Use a group that is an object.`
}

function countWords(filters: number): string {
  if (filters === 0) return 'no filter'
  return filters === 1 ? 'one filter' : `${filters} filters`
}

function obstacleToOwn(disk: PictureDisk, own: string, groups: DiskContext['groups']): string | null {
  if (backendGroup(disk) === own) return null
  if (disk.target === null) {
    return disk.filters.length === 0
      ? `${disk.id} has no throttle filter, and QEMU's storage daemon has no other limits: put one over it when it starts.`
      : `${disk.id} cannot join ${own} besides its filters: QEMU's storage daemon has no other limits. Put another filter over it when it starts.`
  }
  if (groups.get(own)?.limits !== null) return null
  return `${disk.id} cannot join ${own}: its limits are not known, and joining would overwrite them.`
}

function obstacleToMove(disk: PictureDisk, filter: FilterLevel): string | null {
  if (filter.node.startsWith('#')) {
    return `${disk.id} cannot move: its filter has no node name of its own, and QEMU cannot reopen it without one.`
  }
  if (filter.file === null)
    return `${disk.id} cannot move: QEMU does not report what is below its filter ${filter.node}.`
  return null
}

/** Whether a level of the disk leaves its group, so that what waits there goes at once. */
export function releases(aim: DiskAim): boolean {
  const now = backendGroup(aim.disk)
  return (now !== null && backendAim(aim) !== now) || filterMoves(aim).length > 0
}

/** Whether the disk comes into the group at some level. */
export function joins(aim: DiskAim, group: string): boolean {
  return backendAim(aim) === group ? backendGroup(aim.disk) !== group : filterMoves(aim).some(({ to }) => to === group)
}

/** Whether the disk is in the group then. */
export function endsIn({ to }: DiskAim, group: string): boolean {
  return isIn({ groups: to }, group)
}
