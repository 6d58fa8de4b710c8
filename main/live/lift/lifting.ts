import { slotOfGroup } from '#shared/qemu/proxmox-names.ts'
import { hasAnyLimit, NO_LIMITS } from '#shared/throttle/limits.ts'
import { isIn } from '#shared/workspace/chain.ts'
import { findDevice, membersOf, type Workspace } from '#shared/workspace/workspace.ts'
import { backendGroup, findDisk, findGroup, type Picture, type PictureDisk, type PictureGroup } from '../picture.ts'

// What lifting limits means for a VM.
//
//   a group with an object    its limits go, its members stay in it
//   a group without           its members leave it: QEMU keeps no group without limits
//   one disk alone            leaves its group; not possible behind a filter that others share

/** By Weir's names. Both empty: everything that has limits. */
export interface LiftChoice {
  readonly groups: readonly string[]
  readonly devices: readonly string[]
}

export interface Lifting {
  /** The VM as it shall be while the limits are lifted. */
  readonly lifted: Workspace
  /** Groups whose limits go. */
  readonly groups: readonly string[]
  /** Disks that leave a group. */
  readonly devices: readonly string[]
  /** What was chosen and cannot be lifted, in sentences. */
  readonly impossible: readonly string[]
}

/** `before` is the capture of `picture`. */
export function liftingOf(picture: Picture, before: Workspace, choice: LiftChoice): Lifting {
  const impossible: string[] = []
  const isAll = choice.groups.length === 0 && choice.devices.length === 0
  const groups = new Set(isAll ? picture.groups.filter(hasLimits).map(({ name }) => name) : [])
  for (const name of choice.groups) {
    const group = findGroup(picture, name)
    if (group === undefined) impossible.push(`${name} is not a throttle group of this VM${named(picture.groups)}.`)
    else if (group.limits !== null && !hasAnyLimit(group.limits)) impossible.push(`${name} has no limits to lift.`)
    else groups.add(name)
  }
  for (const name of [...groups]) {
    const obstacle = groupObstacle(picture, name)
    if (obstacle === null) continue
    impossible.push(obstacle)
    groups.delete(name)
  }
  const leaving = new Map<string, Set<string>>()
  const leave = (id: string, group: string) => leaving.set(id, (leaving.get(id) ?? new Set()).add(group))
  for (const id of choice.devices) {
    const disk = findDisk(picture, id)
    if (disk === undefined) impossible.push(`${id} is not a disk of this VM.`)
    else chooseDisk(picture, disk, { groups, leave, impossible })
  }
  for (const name of [...groups]) {
    if (findGroup(picture, name)?.isObject === true) continue
    groups.delete(name)
    for (const { id } of membersOf(before, name)) leave(id, name)
  }
  return { lifted: liftedFrom(before, groups, leaving), groups: [...groups], devices: [...leaving.keys()], impossible }
}

function liftedFrom(
  before: Workspace,
  groups: ReadonlySet<string>,
  leaving: ReadonlyMap<string, ReadonlySet<string>>,
): Workspace {
  const devices = before.devices.map((device) => ({
    ...device,
    groups: device.groups.filter((group) => !leaving.get(device.id)?.has(group)),
  }))
  const left = new Set([...leaving.values()].flatMap((names) => [...names]))
  const isLeft = (name: string) => left.has(name) && !devices.some((device) => device.groups.includes(name))
  return {
    ...before,
    groups: Object.fromEntries(
      Object.entries(before.groups)
        .filter(([name]) => !isLeft(name))
        .map(([name, limits]) => [name, groups.has(name) ? NO_LIMITS : limits]),
    ),
    devices,
  }
}

function chooseDisk(
  picture: Picture,
  disk: PictureDisk,
  to: {
    readonly groups: Set<string>
    readonly leave: (id: string, group: string) => void
    readonly impossible: string[]
  },
): void {
  const own = backendGroup(disk)
  const behind = [...new Set(disk.filters.flatMap(({ group }) => group ?? []))]
  if (own === null && behind.length === 0) to.impossible.push(`${disk.id} is not throttled.`)
  if (own !== null) {
    const obstacle = groupObstacle(picture, own)
    if (obstacle === null) to.leave(disk.id, own)
    else to.impossible.push(obstacle)
  }
  for (const name of behind) {
    const others = picture.disks.filter((each) => each !== disk && isIn(each, name)).map(({ id }) => id)
    const group = findGroup(picture, name)
    if (others.length > 0) {
      to.impossible.push(
        `${disk.id} cannot be lifted alone: its throttle filter is in ${name} with ${others.join(', ')}. Lift the group: --group ${name}.`,
      )
    } else if (group !== undefined && hasLimits(group)) to.groups.add(name)
  }
}

/** Why the limits of a group could not be given back, or not be taken. */
function groupObstacle(picture: Picture, name: string): string | null {
  const group = findGroup(picture, name)
  if (group === undefined || group.isObject) return null
  if (group.limits === null) return `${name}: QEMU does not report its limits, so they could not be put back.`
  const behind = picture.disks.filter((disk) => disk.filters.some((filter) => filter.group === name))
  if (behind.length > 0) {
    return `${name}: it has no object, and ${behind.map(({ id }) => id).join(', ')} passes it by a filter: no command of QEMU lifts that.`
  }
  // A group that all have left is gone with its name, and is made again by the name that Weir can write.
  const isProxmoxs = picture.proxmox !== undefined && slotOfGroup(group.qemuName) === name
  if (group.qemuName !== name && !isProxmoxs) return `${name}: its name in QEMU could not be given back.`
  return null
}

function hasLimits({ limits }: PictureGroup): boolean {
  return limits === null || hasAnyLimit(limits)
}

function named(groups: readonly PictureGroup[]): string {
  return groups.length === 0 ? ', which has none' : `; it has ${groups.map(({ name }) => name).join(', ')}`
}

/** The chain a disk had before and has while lifted; null: it was not lifted. */
export function chainsOf(id: string, { before, lifted }: { readonly before: Workspace; readonly lifted: Workspace }) {
  const [was, is] = [findDevice(before, id), findDevice(lifted, id)]
  return was === undefined || is === undefined ? null : { before: was.groups, lifted: is.groups }
}
