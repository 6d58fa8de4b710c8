import { listed } from '../listed.ts'
import { defaultLimit, hasAnyLimit, LIMIT_KEYS, type LimitKey, type Limits, limitOf } from '../throttle/limits.ts'
import type { Device, Workspace } from '../workspace/workspace.ts'
import { formatPath } from '../workspace/zod-issues.ts'
import type { Loss } from './format.ts'
import { groupMembers } from './members.ts'

// What several targets lose alike.

export const SCOPE_NOTE =
  'Groups, limits and who is in which are written; disks, loads, seed and script stay in the workspace file.'

/** `db, web and mail`; long lists end in `and 12 more`. */
export function listNames(names: readonly string[]): string {
  return listed(names, { most: 6 })
}

/** The free devices, for targets in which a disk without limits needs no words. */
export function freeDevicesNote(workspace: Workspace, sentence: string): readonly string[] {
  const free = groupMembers(workspace, null).map((device) => device.id)
  if (free.length === 0) return []
  return [`${listNames(free)} ${free.length === 1 ? 'is' : 'are'} not throttled: ${sentence}`]
}

/** One loss for each limit that is set and that the target has no word for. */
export function droppedLimits(
  limits: Limits,
  path: readonly string[],
  target: string,
  says: (key: LimitKey) => boolean,
): readonly Loss[] {
  return LIMIT_KEYS.filter((key) => limitOf(limits, key) !== defaultLimit(key) && !says(key)).map((key) => ({
    path: formatPath([...path, key]),
    kind: 'dropped',
    message: `${target} has no ${key}; ${limitOf(limits, key)} is left out`,
    from: limitOf(limits, key),
  }))
}

/** Groups that a target cannot say because no device is in them. */
export function emptyGroups(workspace: Workspace, why: string): readonly Loss[] {
  return Object.keys(workspace.groups)
    .filter((group) => groupMembers(workspace, group).length === 0)
    .map((group) => ({
      path: formatPath(['groups', group]),
      kind: 'dropped',
      message: `${why}; no device is in ${group}`,
    }))
}

/** Groups with devices but without any limit, for targets in which that is the same as no group. */
export function limitlessGroups(workspace: Workspace, why: string): readonly Loss[] {
  return Object.entries(workspace.groups).flatMap(([group, limits]) => {
    const members = groupMembers(workspace, group).map((device) => device.id)
    if (hasAnyLimit(limits) || members.length === 0) return []
    return [
      {
        path: formatPath(['groups', group]),
        kind: 'dropped' as const,
        message: `${why}; ${listNames(members)} of ${group} ${members.length === 1 ? 'is' : 'are'} written as not throttled`,
      },
    ]
  })
}

/** Of a target without groups: groups that no disk's own limits stand for. */
export function lostGroups(workspace: Workspace, target: string): readonly Loss[] {
  const why = `${target} has no groups`
  return [...emptyGroups(workspace, why), ...limitlessGroups(workspace, why)]
}

/**
 * For targets that limit each disk on its own: a shared group is lost as such, and all its disks together may take several
 * times its limits; a group of one becomes a group named like its device.
 */
export function unsharedGroups(
  workspace: Workspace,
  target: string,
  nameOf: (device: Device) => string = (device) => device.id,
): readonly Loss[] {
  return Object.entries(workspace.groups).flatMap(([group, limits]): readonly Loss[] => {
    const devices = groupMembers(workspace, group)
    const members = devices.map((device) => device.id)
    const path = formatPath(['groups', group])
    const first = devices[0] === undefined ? undefined : nameOf(devices[0])
    if (first === undefined || !hasAnyLimit(limits)) return []
    if (members.length === 1) {
      if (first === group) return []
      return [
        {
          path,
          kind: 'renamed',
          message: `${target} names no group; ${group} is known by its only disk ${first}`,
          from: group,
          to: first,
        },
      ]
    }
    return [
      {
        path,
        kind: 'dropped',
        message: `${target} limits each disk alone: ${listNames(members)} no longer share ${group} and may take ${members.length} times its limits together`,
      },
    ]
  })
}
