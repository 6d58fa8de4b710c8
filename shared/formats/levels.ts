import { type Limits, NO_LIMITS } from '../throttle/limits.ts'
import { innermostGroup } from '../workspace/chain.ts'
import type { Device, Workspace } from '../workspace/workspace.ts'
import type { Loss } from './format.ts'
import { listNames } from './losses.ts'

// For targets that know one throttle group per disk. Of a chain they keep the level nearest the disk: it is the disk's own
// limit, where the levels above are those of a VM or a tenant.

export function limitsOfInnermost(workspace: Workspace, device: Device): Limits {
  const group = innermostGroup(device)
  return group === null ? NO_LIMITS : (workspace.groups[group] ?? NO_LIMITS)
}

/** One loss per device of which the target cannot carry every level. */
export function lostLevels(workspace: Workspace, target: string): readonly Loss[] {
  return workspace.devices.flatMap((device, index): readonly Loss[] => {
    const outer = device.groups.slice(0, -1)
    if (outer.length === 0) return []
    const message = `${target} has one throttle group per disk: ${device.id} is written in ${innermostGroup(device)}, and ${listNames(outer)} before it ${outer.length === 1 ? 'is' : 'are'} left out`
    return [{ path: `devices[${index}].groups`, kind: 'dropped', message }]
  })
}
