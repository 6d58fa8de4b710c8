import { mapNames, QEMU_OBJECT } from '#shared/formats/names.ts'
import { shortQdev } from '#shared/formats/qemu/qemu-model.ts'
import { freeName } from '#shared/workspace/edits.ts'
import type { Device, Workspace } from '#shared/workspace/workspace.ts'
import type { Picture, PictureDisk, PictureGroup } from './picture.ts'

// A workspace may call things otherwise than QEMU: a card was renamed, a file was written by hand, a group's name is no
// identifier. From here on the picture uses the workspace's names, so that equal names mean equal things.

/** The picture with each disk and group called as `workspace` calls it; what the workspace does not know keeps its name. */
export function adoptNames(picture: Picture, workspace: Workspace): Picture {
  const groups = groupNames(picture.groups, Object.keys(workspace.groups))
  const ids = diskIds(picture.disks, workspace.devices)
  const groupName = (name: string) => groups.get(name) ?? name
  return {
    ...picture,
    groups: picture.groups.map((group) => ({ ...group, name: groupName(group.name) })),
    disks: picture.disks.map((disk) => ({
      ...disk,
      id: ids.get(disk) ?? disk.id,
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

function groupNames(groups: readonly PictureGroup[], desired: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map(groups.filter(({ name }) => desired.includes(name)).map(({ name }) => [name, name]))
  const taken = new Set(names.keys())
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
