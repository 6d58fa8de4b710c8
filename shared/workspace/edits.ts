import { assert } from '../assert.ts'
import { canonicalLimits, equalLimits, type LimitKey, type Limits, NO_LIMITS } from '../throttle/limits.ts'
import { chainOf, isIn } from './chain.ts'
import { laneNames, laneOf, ownGroups } from './lanes.ts'
import { DEFAULT_DISK, DEFAULT_WORKLOAD, type Device, type Workload, type Workspace } from './workspace.ts'

// Everything a user can do to a workspace, as pure functions: the old one in, the new one out. Undo keeps the old one.
// Each returns the same object when nothing changes, so that callers can tell by identity.

/** A name that is not taken: `group`, `group 2`, … for a base name, whatever number it ended in. */
export function freeName(taken: Iterable<string>, base: string): string {
  const names = new Set(taken)
  if (!names.has(base)) return base
  const stem = base.replace(/[ -]\d+$/, '')
  const separator = stem.includes(' ') ? ' ' : '-'
  for (let number = 2; ; number += 1) {
    const name = `${stem}${separator}${number}`
    if (!names.has(name)) return name
  }
}

export function setLimit(workspace: Workspace, group: string, key: LimitKey, value: number): Workspace {
  return setLimits(workspace, group, { ...groupLimits(workspace, group), [key]: value })
}

/** Replaces the limits of `group` whole. They may break QEMU's rules; the parse before `apply` finds that. */
export function setLimits(workspace: Workspace, group: string, limits: Limits): Workspace {
  const next = canonicalLimits(limits)
  if (equalLimits(next, groupLimits(workspace, group))) return workspace
  return { ...workspace, groups: { ...workspace.groups, [group]: next } }
}

export function addGroup(workspace: Workspace, name: string, limits: Limits = NO_LIMITS): Workspace {
  assert(!Object.hasOwn(workspace.groups, name), 'a new group has a name of its own')
  return { ...workspace, groups: { ...workspace.groups, [name]: canonicalLimits(limits) } }
}

/** Its devices lose that level of their chains; script steps about it go with it. */
export function removeGroup(workspace: Workspace, name: string): Workspace {
  const { [name]: _removed, ...groups } = workspace.groups
  return {
    ...workspace,
    groups,
    devices: workspace.devices.map((device) =>
      isIn(device, name) ? { ...device, groups: device.groups.filter((group) => group !== name) } : device,
    ),
    script: workspace.script.filter((step) => {
      if ('setLimits' in step) return step.setLimits.group !== name
      if ('moveDevice' in step) return !isIn(step.moveDevice, name)
      return true
    }),
  }
}

/** Keeps its place among the lanes; devices and script follow. */
export function renameGroup(workspace: Workspace, from: string, to: string): Workspace {
  if (from === to) return workspace
  assert(!Object.hasOwn(workspace.groups, to), 'a renamed group has a name of its own')
  const renamed = (groups: readonly string[]) => groups.map((group) => (group === from ? to : group))
  return {
    ...workspace,
    groups: Object.fromEntries(
      Object.entries(workspace.groups).map(([name, limits]) => [name === from ? to : name, limits]),
    ),
    devices: workspace.devices.map((device) =>
      isIn(device, from) ? { ...device, groups: renamed(device.groups) } : device,
    ),
    script: workspace.script.map((step) => {
      if ('setLimits' in step && step.setLimits.group === from) {
        return { ...step, setLimits: { ...step.setLimits, group: to } }
      }
      if ('moveDevice' in step)
        return { ...step, moveDevice: { ...step.moveDevice, groups: renamed(step.moveDevice.groups) } }
      return step
    }),
  }
}

/** A copy of the group, with its limits and without devices, right after it. */
export function duplicateGroup(workspace: Workspace, name: string): Workspace {
  const copy = freeName(Object.keys(workspace.groups), name)
  const limits = groupLimits(workspace, name)
  return {
    ...workspace,
    groups: Object.fromEntries(
      Object.entries(workspace.groups).flatMap(([each, value]) =>
        each === name
          ? [
              [each, value],
              [copy, limits],
            ]
          : [[each, value]],
      ),
    ),
  }
}

/** Moves a lane to `index` among the lanes; groups without a lane stand between them and keep their order. */
export function moveGroup(workspace: Workspace, name: string, index: number): Workspace {
  const limits = groupLimits(workspace, name)
  const others = laneNames(workspace).filter((each) => each !== name)
  const next = others[Math.max(0, index)]
  const entries = Object.entries(workspace.groups).filter(([each]) => each !== name)
  const at = next === undefined ? entries.length : entries.findIndex(([each]) => each === next)
  entries.splice(at, 0, [name, limits])
  return { ...workspace, groups: Object.fromEntries(entries) }
}

/**
 * Puts devices into the lane `group`, in front of device `before`, or behind the last one. Each leaves the group of its
 * lane and keeps the other levels of its chain. null: not throttled at all, so that groups of its own go.
 */
export function moveDevices(
  workspace: Workspace,
  ids: readonly string[],
  group: string | null,
  before: string | null = null,
): Workspace {
  assert(group === null || Object.hasOwn(workspace.groups, group), 'devices move to a group that exists')
  const moving = new Set(ids)
  const moved = workspace.devices
    .filter((device) => moving.has(device.id))
    .map((device) => ({ ...device, groups: withLane(workspace, device, group) }))
  const rest = workspace.devices.filter((device) => !moving.has(device.id))
  const at = before === null ? -1 : rest.findIndex((device) => device.id === before)
  const index = at < 0 ? rest.length : at
  const next = { ...workspace, devices: [...rest.slice(0, index), ...moved, ...rest.slice(index)] }
  return group === null ? removeGroups(next, ownGroupsOf(workspace, ids)) : next
}

/** The device's chain with `group` in the place of its lane's, once. */
function withLane(workspace: Workspace, device: Device, group: string | null): readonly string[] {
  const lane = laneOf(workspace, device)
  if (group === null || lane === null) return chainOf(group)
  if (lane === group) return device.groups
  if (isIn(device, group)) return device.groups.filter((each) => each !== lane)
  return [...new Set(device.groups.map((each) => (each === lane ? group : each)))]
}

function ownGroupsOf(workspace: Workspace, ids: readonly string[]): readonly string[] {
  const chosen = new Set(ids)
  return workspace.devices.flatMap((device) => (chosen.has(device.id) ? ownGroups(workspace, device) : []))
}

function removeGroups(workspace: Workspace, names: readonly string[]): Workspace {
  return names.reduce(removeGroup, workspace)
}

export function addDevice(workspace: Workspace, group: string | null, base = 'disk'): Workspace {
  const id = freeName(
    workspace.devices.map((device) => device.id),
    base,
  )
  const device: Device = {
    id,
    groups: chainOf(group),
    iothread: null,
    disk: DEFAULT_DISK,
    workload: DEFAULT_WORKLOAD,
    qemu: {},
  }
  return { ...workspace, devices: [...workspace.devices, device] }
}

/** A copy right behind it, with groups of its own where the device has some; a backing file of the user's is not shared:
    the copy gets one of Weir's own. */
export function duplicateDevice(workspace: Workspace, id: string): Workspace {
  const copyId = freeName(
    workspace.devices.map((device) => device.id),
    id,
  )
  const copies = new Map<string, string>()
  let groups = workspace.groups
  for (const own of ownGroupsOf(workspace, [id])) {
    const name = freeName(Object.keys(groups), own.startsWith(`${id}-`) ? `${copyId}${own.slice(id.length)}` : own)
    copies.set(own, name)
    groups = { ...groups, [name]: groupLimits(workspace, own) }
  }
  return {
    ...workspace,
    groups,
    devices: workspace.devices.flatMap((device) => {
      if (device.id !== id) return [device]
      const copy = { ...device, id: copyId, groups: device.groups.map((each) => copies.get(each) ?? each), qemu: {} }
      if (device.disk.kind === 'null') return [device, copy]
      const { path: _path, write: _write, ...disk } = device.disk
      return [device, { ...copy, disk }]
    }),
  }
}

/** Their own groups go with them. */
export function removeDevices(workspace: Workspace, ids: readonly string[]): Workspace {
  const gone = new Set(ids)
  const next = removeGroups(workspace, ownGroupsOf(workspace, ids))
  return {
    ...next,
    devices: next.devices.filter((device) => !gone.has(device.id)),
    ...(next.goals && { goals: next.goals.filter((goal) => !gone.has(goal.device)) }),
    script: next.script.filter((step) => {
      if ('moveDevice' in step) return !gone.has(step.moveDevice.device)
      if ('setWorkload' in step) return !gone.has(step.setWorkload.device)
      return true
    }),
  }
}

export function renameDevice(workspace: Workspace, from: string, to: string): Workspace {
  if (from === to) return workspace
  assert(!workspace.devices.some((device) => device.id === to), 'a renamed device has an id of its own')
  return {
    ...updateDevice(workspace, from, (device) => ({ ...device, id: to })),
    ...(workspace.goals && {
      goals: workspace.goals.map((goal) => (goal.device === from ? { ...goal, device: to } : goal)),
    }),
    script: workspace.script.map((step) => {
      if ('moveDevice' in step && step.moveDevice.device === from) {
        return { ...step, moveDevice: { ...step.moveDevice, device: to } }
      }
      if ('setWorkload' in step && step.setWorkload.device === from) {
        return { ...step, setWorkload: { ...step.setWorkload, device: to } }
      }
      return step
    }),
  }
}

export function setWorkload(workspace: Workspace, id: string, workload: Workload): Workspace {
  return updateDevice(workspace, id, (device) => ({ ...device, workload }))
}

export function updateDevice(workspace: Workspace, id: string, change: (device: Device) => Device): Workspace {
  return { ...workspace, devices: workspace.devices.map((device) => (device.id === id ? change(device) : device)) }
}

function groupLimits(workspace: Workspace, name: string): Limits {
  const limits = workspace.groups[name]
  assert(limits !== undefined, 'an edited group exists')
  return limits
}
