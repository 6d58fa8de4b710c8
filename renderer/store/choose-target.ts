import { isThrottled } from '#shared/workspace/chain.ts'
import { type ChainEnd, canGiveLevel, giveOwnLimits } from '#shared/workspace/chain-edits.ts'
import { addGroup, freeName, moveDevices } from '#shared/workspace/edits.ts'
import { ownGroups } from '#shared/workspace/lanes.ts'
import { type Device, findDevice, membersOf, type Workspace } from '#shared/workspace/workspace.ts'
import type { ChooseSource } from './choose.ts'

// Whose limits hold the load that is looked at, and where chosen ones go.

/** The devices whose loads are looked at; of a recording none. */
export function sourceDevices(workspace: Workspace, source: ChooseSource | null): readonly Device[] {
  if (source?.kind === 'group') return membersOf(workspace, source.group)
  const device = source?.kind === 'device' ? findDevice(workspace, source.id) : undefined
  return device === undefined ? [] : [device]
}

/** The group that holds this load and no other: its limits are today's, and chosen ones take their place. null: there is none. */
export function heldBy(workspace: Workspace, source: ChooseSource | null): string | null {
  if (source?.kind === 'group') return Object.hasOwn(workspace.groups, source.group) ? source.group : null
  const [device] = sourceDevices(workspace, source)
  if (device === undefined) return null
  const alone = device.groups.find((group) => membersOf(workspace, group).length === 1)
  return ownGroups(workspace, device).at(-1) ?? alone ?? null
}

/** Whether the device can be held by limits that hold nothing else. */
export function canHoldAlone(device: Device): boolean {
  return !isThrottled(device) || canGiveLevel(device)
}

/** A group that holds the device alone, beneath those that it shares. `group`: its name. */
export function withGroupAlone(
  workspace: Workspace,
  id: string,
  end: ChainEnd,
): { readonly workspace: Workspace; readonly group: string | null } {
  const device = findDevice(workspace, id)
  if (device === undefined || !canHoldAlone(device)) return { workspace, group: null }
  if (isThrottled(device)) {
    const next = giveOwnLimits(workspace, [id], end)
    const group = Object.keys(next.groups).find((name) => !Object.hasOwn(workspace.groups, name)) ?? null
    return { workspace: next, group }
  }
  const group = freeName(Object.keys(workspace.groups), id)
  return { workspace: moveDevices(addGroup(workspace, group), [id], group), group }
}
