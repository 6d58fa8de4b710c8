import { assert } from '../assert.ts'
import { NO_LIMITS } from '../throttle/limits.ts'
import { isThrottled, MAX_LEVELS } from './chain.ts'
import { addGroup, freeName, removeGroup, updateDevice } from './edits.ts'
import { ownerOf, ownGroups } from './lanes.ts'
import { type Device, findDevice, type Workspace } from './workspace.ts'

// What a user does to the levels of a device's chain, beside moving it: see edits.ts.

/** Where a level comes to: nearest the disk, or on the guest's side, where a running QEMU can take one. */
export type ChainEnd = 'disk' | 'guest'

/** Whether the device can get limits of its own beneath those of its lane. */
export function canGiveLevel({ groups }: Device): boolean {
  return isThrottled({ groups }) && groups.length < MAX_LEVELS
}

/** Each throttled device that has no limits of its own gets a group that holds it alone, with no limit set. */
export function giveOwnLimits(workspace: Workspace, ids: readonly string[], end: ChainEnd = 'disk'): Workspace {
  return ids.reduce((current, id) => {
    const device = findDevice(current, id)
    const isAble = device !== undefined && canGiveLevel(device) && ownGroups(current, device).length === 0
    return isAble ? addLevel(current, id, end) : current
  }, workspace)
}

/** One more level that only this device is held at, with no limit set. */
export function addLevel(workspace: Workspace, id: string, end: ChainEnd = 'disk'): Workspace {
  const device = findDevice(workspace, id)
  assert(device !== undefined && canGiveLevel(device), 'a device that gets a level is throttled and has room for one')
  const name = freeName(Object.keys(workspace.groups), `${id}-own`)
  const groups = end === 'disk' ? [...device.groups, name] : [name, ...device.groups]
  return updateDevice(addGroup(workspace, name, NO_LIMITS), id, () => ({ ...device, groups }))
}

/** The devices stay in their lanes; the groups that are theirs alone go. */
export function takeOwnLimits(workspace: Workspace, ids: readonly string[]): Workspace {
  const own = ids.flatMap((id) => {
    const device = findDevice(workspace, id)
    return device === undefined ? [] : ownGroups(workspace, device)
  })
  return own.reduce(removeGroup, workspace)
}

/** The device is held at its other levels only. A group that was its own goes, any other stays as it is. */
export function removeLevel(workspace: Workspace, id: string, level: number): Workspace {
  const device = findDevice(workspace, id)
  const group = device?.groups[level]
  assert(device !== undefined && group !== undefined, 'a level that is removed exists')
  if (ownerOf(workspace, group) === id && device.groups.indexOf(group) === device.groups.lastIndexOf(group)) {
    return removeGroup(workspace, group)
  }
  return updateDevice(workspace, id, () => ({ ...device, groups: device.groups.filter((_, at) => at !== level) }))
}
