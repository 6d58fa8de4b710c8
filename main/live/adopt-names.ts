import { mapNames, QEMU_OBJECT } from '#shared/formats/names.ts'
import { shortQdev } from '#shared/formats/qemu/qemu-model.ts'
import { slotOfGroup } from '#shared/qemu/proxmox-names.ts'
import { hasAnyLimit } from '#shared/throttle/limits.ts'
import { isIn } from '#shared/workspace/chain.ts'
import { freeName } from '#shared/workspace/edits.ts'
import type { Device, Workspace } from '#shared/workspace/workspace.ts'
import type { Picture, PictureDisk, PictureGroup } from './picture.ts'

// A workspace may call things otherwise than QEMU: a card was renamed, a file was written by hand, a group's name is no
// identifier. From here on the picture uses the workspace's names, so that equal names mean equal things.

/** The picture with each disk and group called as `workspace` calls it; what the workspace does not know keeps its name. */
export function adoptNames(seen: Picture, workspace: Workspace): Picture {
  const seenIds = diskIds(seen.disks, workspace.devices)
  const picture = withoutIdleDrives(seen, seenIds, workspace)
  const ids = new Map(picture.disks.map((disk, index) => [disk, idOf(seenIds, seen.disks[index] ?? disk)]))
  const groups = groupNames(picture, ids, workspace)
  const groupName = (name: string) => groups.get(name) ?? name
  return {
    ...picture,
    groups: picture.groups.map((group) => ({ ...group, name: groupName(group.name) })),
    disks: picture.disks.map((disk) => ({
      ...disk,
      id: idOf(ids, disk),
      groups: disk.groups.map(groupName),
      filters: disk.filters.map((filter) => ({
        ...filter,
        group: filter.group === null ? null : groupName(filter.group),
      })),
    })),
  }
}

/** The name a group of the workspace has as an object in QEMU, which takes identifiers only. */
export function objectNameOf(name: string): string {
  return mapNames([name], QEMU_OBJECT, new Set()).get(name) ?? name
}

function idOf(ids: ReadonlyMap<PictureDisk, string>, disk: PictureDisk): string {
  return ids.get(disk) ?? disk.id
}

/** The disks of a group that Proxmox keeps for one drive; null: it is none of those. */
function driveOf({ disks }: Picture, group: PictureGroup): PictureDisk | null {
  if (slotOfGroup(group.qemuName) === null) return null
  const [drive, ...others] = disks.filter((disk) => isIn(disk, group.name))
  return drive !== undefined && others.length === 0 ? drive : null
}

/**
 * Proxmox puts every drive on a filter, with a group that has no limits where the drive has none. To a workspace in which
 * the drive is in no group that is the same.
 */
function withoutIdleDrives(seen: Picture, ids: ReadonlyMap<PictureDisk, string>, { devices }: Workspace): Picture {
  const idle = seen.groups.filter((group) => {
    const drive = group.limits !== null && !hasAnyLimit(group.limits) ? driveOf(seen, group) : null
    const device = drive && devices.find(({ id }) => id === ids.get(drive))
    return device?.groups.length === 0
  })
  if (idle.length === 0) return seen
  const isIdle = (name: string) => idle.some((group) => group.name === name)
  return {
    ...seen,
    groups: seen.groups.filter((group) => !idle.includes(group)),
    disks: seen.disks.map((disk) => ({ ...disk, groups: disk.groups.filter((name) => !isIdle(name)) })),
  }
}

/** Groups of Proxmox are named after their one drive, in ways that depend on its version: they go by that drive. */
function driveGroupNames(
  picture: Picture,
  ids: ReadonlyMap<PictureDisk, string>,
  { devices, groups }: Workspace,
): readonly (readonly [string, string])[] {
  return picture.groups.flatMap((group) => {
    const drive = driveOf(picture, group)
    const id = drive && ids.get(drive)
    const [name, ...inner] = devices.find((device) => device.id === id)?.groups ?? []
    if (name === undefined || inner.length > 0 || !Object.hasOwn(groups, name)) return []
    const isAlone = devices.filter((device) => isIn(device, name)).length === 1
    const isOthers = picture.groups.some((other) => other !== group && other.name === name)
    return isAlone && !isOthers ? [[group.name, name] as const] : []
  })
}

function groupNames(
  picture: Picture,
  ids: ReadonlyMap<PictureDisk, string>,
  workspace: Workspace,
): ReadonlyMap<string, string> {
  const { groups } = picture
  const desired = Object.keys(workspace.groups)
  const names = new Map(groups.filter(({ name }) => desired.includes(name)).map(({ name }) => [name, name]))
  for (const [name, drives] of driveGroupNames(picture, ids, workspace)) if (!names.has(name)) names.set(name, drives)
  const taken = new Set(names.values())
  for (const desiredName of desired) {
    if (taken.has(desiredName)) continue
    const group = groups.find(({ name, qemuName }) => !names.has(name) && qemuName === objectNameOf(desiredName))
    if (group === undefined) continue
    names.set(group.name, desiredName)
    taken.add(desiredName)
  }
  return names
}

function diskIds(disks: readonly PictureDisk[], devices: readonly Device[]): ReadonlyMap<PictureDisk, string> {
  const ids = new Map<PictureDisk, string>()
  for (const same of SAMENESS) {
    for (const device of devices) {
      if ([...ids.values()].includes(device.id)) continue
      const disk = disks.find((each) => !ids.has(each) && same(device, each))
      if (disk) ids.set(disk, device.id)
    }
  }
  const taken = new Set(devices.map((device) => device.id))
  for (const disk of disks) {
    if (ids.has(disk)) continue
    const id = freeName(taken, disk.id)
    ids.set(disk, id)
    taken.add(id)
  }
  return ids
}

/** How a device of a workspace and a disk are known to be the same, the surest way first. */
const SAMENESS: readonly ((device: Device, disk: PictureDisk) => boolean)[] = [
  ({ qemu }, disk) => qemu.drive !== undefined && qemu.drive === disk.drive,
  ({ qemu }, disk) => qemu.qdev !== undefined && disk.qdev !== null && shortQdev(qemu.qdev) === shortQdev(disk.qdev),
  ({ qemu }, disk) => qemu.filter !== undefined && disk.filters.some((filter) => filter.node === qemu.filter),
  ({ qemu }, disk) => qemu.node !== undefined && qemu.node === disk.node,
  ({ id }, disk) => id === disk.id,
  ({ id }, disk) => id === disk.drive || (disk.qdev !== null && id === shortQdev(disk.qdev)) || id === disk.node,
]
