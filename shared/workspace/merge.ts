import { freeName } from './edits.ts'
import type { Device, ScriptStep, Workspace } from './workspace.ts'

// Joining an imported workspace into the one that is open. Names decide what belongs together; where both have a name,
// the user says whether the imported one replaces or stands beside.

export type Clash = 'replace' | 'keep-both'

export interface Clashes {
  readonly groups: readonly string[]
  readonly devices: readonly string[]
}

/** Names that both have. */
export function findClashes(base: Workspace, incoming: Workspace): Clashes {
  const ids = new Set(base.devices.map((device) => device.id))
  return {
    groups: Object.keys(incoming.groups).filter((name) => Object.hasOwn(base.groups, name)),
    devices: incoming.devices.map((device) => device.id).filter((id) => ids.has(id)),
  }
}

/**
 * `base` with everything of `incoming`. With `replace`, a group both have takes the imported limits, and a device both
 * have the imported group; its disk and load stay unless the import brings a load. With `keep-both` the imported ones
 * get names of their own.
 */
export function mergeWorkspaces(base: Workspace, incoming: Workspace, clash: Clash): Workspace {
  const { groups, devices, script } = clash === 'keep-both' ? renamedApart(base, incoming) : incoming
  const arriving = new Map(devices.map((device) => [device.id, device]))
  const known = new Set(base.devices.map((device) => device.id))
  return {
    ...base,
    iothreads: Math.max(base.iothreads, incoming.iothreads),
    groups: { ...base.groups, ...groups },
    devices: [
      ...base.devices.map((device) => replaced(device, arriving.get(device.id))),
      ...devices.filter((device) => !known.has(device.id)),
    ],
    script: [...base.script, ...script].sort((a, b) => a.atS - b.atS),
  }
}

function replaced(device: Device, by: Device | undefined): Device {
  if (by === undefined) return device
  const qemu = { ...device.qemu, ...by.qemu }
  return by.workload.kind === 'idle' ? { ...device, groups: by.groups, qemu } : { ...by, qemu }
}

function renamedApart(base: Workspace, incoming: Workspace): Pick<Workspace, 'groups' | 'devices' | 'script'> {
  const groupNames = freeNames(Object.keys(base.groups), Object.keys(incoming.groups))
  const deviceIds = freeNames(
    base.devices.map((device) => device.id),
    incoming.devices.map((device) => device.id),
  )
  const group = (name: string) => groupNames.get(name) ?? name
  const device = (id: string) => deviceIds.get(id) ?? id
  return {
    groups: Object.fromEntries(
      Object.entries(incoming.groups).map(([name, limits]) => [groupNames.get(name) ?? name, limits]),
    ),
    devices: incoming.devices.map((each) => ({ ...each, id: device(each.id), groups: each.groups.map(group) })),
    script: incoming.script.map((step) => renamedStep(step, group, device)),
  }
}

function renamedStep(step: ScriptStep, group: (name: string) => string, device: (id: string) => string): ScriptStep {
  if ('setLimits' in step) {
    return { ...step, setLimits: { ...step.setLimits, group: group(step.setLimits.group) } }
  }
  if ('moveDevice' in step) {
    const { moveDevice } = step
    return { ...step, moveDevice: { device: device(moveDevice.device), groups: moveDevice.groups.map(group) } }
  }
  return { ...step, setWorkload: { ...step.setWorkload, device: device(step.setWorkload.device) } }
}

/** Old name → a name that neither the base nor another import has. */
function freeNames(taken: readonly string[], names: readonly string[]): ReadonlyMap<string, string> {
  const used = new Set([...taken, ...names])
  const known = new Set(taken)
  const renames = new Map<string, string>()
  for (const name of names) {
    const free = known.has(name) ? freeName(used, name) : name
    used.add(free)
    renames.set(name, free)
  }
  return renames
}
