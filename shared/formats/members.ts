import { isThrottled } from '../workspace/chain.ts'
import type { Device, Workspace } from '../workspace/workspace.ts'

// Who is in which group, looked up many times by a writer: made once per workspace, which never changes.

const known = new WeakMap<Workspace, ReadonlyMap<string | null, readonly Device[]>>()

/** As `membersOf` of workspace.ts, without a walk through all devices for each group. */
export function groupMembers(workspace: Workspace, group: string | null): readonly Device[] {
  let table = known.get(workspace)
  if (!table) {
    const made = new Map<string | null, Device[]>()
    for (const device of workspace.devices) {
      for (const group of isThrottled(device) ? new Set(device.groups) : [null]) {
        const members = made.get(group)
        if (members) members.push(device)
        else made.set(group, [device])
      }
    }
    table = made
    known.set(workspace, table)
  }
  return table.get(group) ?? []
}
