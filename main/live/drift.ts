import { hasAnyLimit, type Limits, NO_LIMITS } from '#shared/throttle/limits.ts'
import { innerGroups, outermostGroup, sameChain } from '#shared/workspace/chain.ts'
import { describeChanges, fromTo } from '#shared/workspace/changes.ts'
import { membersOf, type Workspace } from '#shared/workspace/workspace.ts'
import { captureWorkspace } from './capture.ts'
import { filterLevels, findDisk, findGroup, type Picture } from './picture.ts'

/**
 * What `saved` says otherwise than the VM, for people: limits lost, disks in other groups, disks that are gone. What the
 * VM has beyond `saved` is no drift, nor what QEMU does not report. `picture` has the names of `saved`.
 */
export function driftBetween(saved: Workspace, picture: Picture): readonly string[] {
  const now = captureWorkspace(picture, saved.name)
  const devices = saved.devices
    .filter((device) => findDisk(picture, device.id)?.medium !== false)
    .map((device) => ({ ...device, groups: throttledIn(saved, picture, device) }))
  const known = new Set(devices.map((device) => device.id))
  const groups = Object.keys(saved.groups).filter((name) => isComparable(saved, picture, name))
  const from: Workspace = { ...saved, groups: pick(saved, groups), devices, script: [] }
  const to: Workspace = {
    ...now,
    groups: pick(
      now,
      groups.filter((name) => findGroup(picture, name) !== undefined),
    ),
    // Disk and load of a workspace are Weir's own affair, so they are compared with themselves.
    devices: now.devices
      .filter((device) => known.has(device.id))
      .map((device) => ({ ...device, ...ownAffairs(saved, device.id) })),
  }
  return describeChanges(from, to).map((change) => `${change.subject}: ${fromTo(change)}`)
}

/** A group that cannot be there (no disks, no object, no limits) is not missed, nor one whose limits are not told. */
function isComparable(saved: Workspace, picture: Picture, name: string): boolean {
  const now = findGroup(picture, name)
  if (now) return now.limits !== null
  return hasAnyLimit(saved.groups[name] ?? NO_LIMITS) && membersOf(saved, name).length > 0
}

/** By device limits a group without limits and no group are the same. */
function throttledIn(saved: Workspace, picture: Picture, device: Workspace['devices'][number]): readonly string[] {
  const { groups } = device
  const outermost = outermostGroup(device)
  const disk = findDisk(picture, device.id)
  if (outermost === null || (disk && sameChain(disk.groups, groups))) return groups
  if (disk && groups.length <= filterLevels(disk).length) return groups
  return hasAnyLimit(saved.groups[outermost] ?? NO_LIMITS) ? groups : innerGroups(device)
}

function pick(workspace: Workspace, names: readonly string[]): Readonly<Record<string, Limits>> {
  return Object.fromEntries(names.map((name) => [name, workspace.groups[name] ?? NO_LIMITS]))
}

function ownAffairs(saved: Workspace, id: string): Partial<Workspace['devices'][number]> {
  const device = saved.devices.find((each) => each.id === id)
  return device ? { disk: device.disk, workload: device.workload } : {}
}
