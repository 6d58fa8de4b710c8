import { assert } from '../assert.ts'
import { isThrottled } from './chain.ts'
import type { Device, Workspace } from './workspace.ts'

// Where the board shows a chain. The lane of a device is the outermost group of its chain that holds another device too,
// the VM's cap; where none does, the outermost one. Each other level of the chain is a row in the device's card.
//
//   groups ["web01", "db-own"]      lane web01 ┌ card db ───────┐      "db-own" holds db alone: it is db's own group,
//                                              │ …              │      which is a row of this card and has no lane.
//                                              │ own  400 / 400 │      A shared group always has a lane, be it
//                                              └────────────────┘      without cards.
//
// A device that a script moves into a group counts as one that it holds.

interface Placement {
  /** By device; null: not throttled. */
  readonly lanes: ReadonlyMap<string, string | null>
  /** By group: the device whose own it is. */
  readonly owners: ReadonlyMap<string, string>
}

const placements = new WeakMap<Workspace, Placement>()

/** The group in whose lane the device's card stands; null: the lane of free devices. */
export function laneOf(workspace: Workspace, { id }: Device): string | null {
  const lane = placementOf(workspace).lanes.get(id)
  assert(lane !== undefined, 'a card is asked for of a device of the workspace')
  return lane
}

/** Groups that have a lane, in their order. */
export function laneNames(workspace: Workspace): readonly string[] {
  const { owners } = placementOf(workspace)
  return Object.keys(workspace.groups).filter((group) => !owners.has(group))
}

/** The devices whose cards stand in the lane, in their order; null: the free ones. */
export function laneDevices(workspace: Workspace, lane: string | null): readonly Device[] {
  const { lanes } = placementOf(workspace)
  return workspace.devices.filter(({ id }) => lanes.get(id) === lane)
}

/** The device in whose card the group is a row and nowhere else; null: the group has a lane. */
export function ownerOf(workspace: Workspace, group: string): string | null {
  return placementOf(workspace).owners.get(group) ?? null
}

/** The device's own groups, from guest to disk: those that limit nothing else, and are not its lane. */
export function ownGroups(workspace: Workspace, device: Device): readonly string[] {
  return [...new Set(device.groups)].filter((group) => ownerOf(workspace, group) === device.id)
}

/** The levels that are rows in the device's card: all but the lane's. */
export function cardLevels(workspace: Workspace, device: Device): readonly number[] {
  const lane = device.groups.indexOf(laneOf(workspace, device) ?? '')
  return device.groups.flatMap((_group, level) => (level === lane ? [] : [level]))
}

function placementOf(workspace: Workspace): Placement {
  const known = placements.get(workspace)
  if (known) return known
  const placement = findPlacement(workspace)
  placements.set(workspace, placement)
  return placement
}

function findPlacement(workspace: Workspace): Placement {
  const holders = holdersOf(workspace)
  const isShared = (group: string) => (holders.get(group)?.size ?? 0) > 1
  const lanes = new Map<string, string | null>()
  const owners = new Map<string, string>()
  for (const device of workspace.devices) {
    const lane = device.groups.find(isShared) ?? device.groups[0] ?? null
    lanes.set(device.id, lane)
    for (const group of device.groups) if (group !== lane && !isShared(group)) owners.set(group, device.id)
  }
  return { lanes, owners }
}

/** By group, the devices that it holds now or by the script. */
function holdersOf({ devices, script }: Workspace): ReadonlyMap<string, ReadonlySet<string>> {
  const holders = new Map<string, Set<string>>()
  const add = (id: string, groups: readonly string[]) => {
    for (const group of groups) holders.set(group, (holders.get(group) ?? new Set()).add(id))
  }
  for (const device of devices) if (isThrottled(device)) add(device.id, device.groups)
  for (const step of script) if ('moveDevice' in step) add(step.moveDevice.device, step.moveDevice.groups)
  return holders
}
