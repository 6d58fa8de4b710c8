import { placeDevices } from '#shared/workspace/placement.ts'
import type { Device, ScriptStep, Workspace } from '#shared/workspace/workspace.ts'
import { occupiesIothread } from './disk-model.ts'

// What can be simulated apart: devices that share neither a group, at any level and any time of the script, nor an
// iothread that their disks keep busy have nothing to do with each other. A part is a workspace of its own; its devices
// keep their iothreads, and their loads and disks the random numbers that belong to their ids.

export interface Part {
  /** Its script in the order of time. */
  readonly workspace: Workspace
  /** Of each of its devices: its place in the whole workspace. */
  readonly places: readonly number[]
  /** Of each of its steps: its turn among all of the script, by time. */
  readonly turns: readonly number[]
}

/** The workspace in parts, in the order of their first devices. Groups without a device go with the first. */
export function partsOf(workspace: Workspace): readonly Part[] {
  const roots = new Unions()
  const iothreads = placeDevices(workspace)
  for (const [place, device] of workspace.devices.entries()) {
    for (const group of groupsEver(workspace, device)) roots.join(deviceNode(device.id), groupNode(group))
    if (occupiesIothread(device.disk)) roots.join(deviceNode(device.id), `iothread ${iothreads[place]}`)
  }
  const rootsOfParts = [...new Set(workspace.devices.map(({ id }) => roots.rootOf(deviceNode(id))))]
  if (rootsOfParts.length < 2) return [wholeOf(workspace)]
  const partOf = new Map(rootsOfParts.map((root, part) => [root, part]))
  return partsFrom(workspace, iothreads, {
    count: rootsOfParts.length,
    ofDevice: (id) => partOf.get(roots.rootOf(deviceNode(id))) ?? 0,
    ofGroup: (name) => partOf.get(roots.rootOf(groupNode(name))) ?? 0,
  })
}

/** The workspace as one part. */
export function wholeOf(workspace: Workspace): Part {
  const script = inTime(workspace)
  return {
    workspace: { ...workspace, script },
    places: [...workspace.devices.keys()],
    turns: [...script.keys()],
  }
}

interface Assignment {
  readonly count: number
  ofDevice(id: string): number
  ofGroup(name: string): number
}

interface OpenPart {
  readonly groups: [string, Workspace['groups'][string]][]
  readonly devices: Device[]
  readonly script: ScriptStep[]
  readonly places: number[]
  readonly turns: number[]
}

function partsFrom(workspace: Workspace, iothreads: readonly number[], assigned: Assignment): readonly Part[] {
  const parts = Array.from(
    { length: assigned.count },
    (): OpenPart => ({ groups: [], devices: [], script: [], places: [], turns: [] }),
  )
  for (const entry of Object.entries(workspace.groups)) parts[assigned.ofGroup(entry[0])]!.groups.push(entry)
  for (const [place, device] of workspace.devices.entries()) {
    const part = parts[assigned.ofDevice(device.id)]!
    part.devices.push({ ...device, iothread: iothreads[place]! })
    part.places.push(place)
  }
  for (const [turn, step] of inTime(workspace).entries()) {
    const part =
      parts['setLimits' in step ? assigned.ofGroup(step.setLimits.group) : assigned.ofDevice(deviceOf(step))]!
    part.script.push(step)
    part.turns.push(turn)
  }
  return parts.map(({ groups, devices, script, places, turns }) => ({
    workspace: { ...workspace, groups: Object.fromEntries(groups), devices, script },
    places,
    turns,
  }))
}

/** Whose load or chain the step changes. */
export function deviceOf(step: Exclude<ScriptStep, { readonly setLimits: unknown }>): string {
  return 'moveDevice' in step ? step.moveDevice.device : step.setWorkload.device
}

function inTime({ script }: Workspace): readonly ScriptStep[] {
  return [...script].sort((a, b) => a.atS - b.atS)
}

/** The groups that the device is in at any time. */
function groupsEver({ script }: Workspace, { id, groups }: Device): readonly string[] {
  const moves = script.flatMap((step) =>
    'moveDevice' in step && step.moveDevice.device === id ? [...step.moveDevice.groups] : [],
  )
  return [...groups, ...moves]
}

function deviceNode(id: string): string {
  return `device ${id}`
}

function groupNode(name: string): string {
  return `group ${name}`
}

/** Union-find, each path halved as it is walked. */
class Unions {
  readonly #parents = new Map<string, string>()

  rootOf(node: string): string {
    let at = node
    for (;;) {
      const parent = this.#parents.get(at) ?? at
      if (parent === at) return at
      const next = this.#parents.get(parent) ?? parent
      this.#parents.set(at, next)
      at = next
    }
  }

  join(one: string, other: string): void {
    this.#parents.set(this.rootOf(other), this.rootOf(one))
  }
}
