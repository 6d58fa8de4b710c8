import { hasAnyLimit, type Limits, NO_LIMITS } from '#shared/throttle/limits.ts'
import { innermostGroup } from '#shared/workspace/chain.ts'
import type { Device, Workspace } from '#shared/workspace/workspace.ts'
import type { QemuDevice, QemuNameMap } from './qemu-names.ts'

// One of the two workspaces of a change, as QEMU sees it: which disks sit in which group by a filter, which by a call of
// their own, and which groups are objects.

export interface Side {
  readonly workspace: Workspace
  /** Filter-style devices that are in a group, by filter name. */
  readonly filters: ReadonlyMap<string, Placed>
  /** Legacy devices, by target; group null where free or where the group has no limit, which is the same to QEMU. */
  readonly legacy: ReadonlyMap<string, Placed>
  /** Groups that have an object: all but those with legacy members only. */
  readonly objects: ReadonlySet<string>
}

export interface Placed {
  readonly names: QemuDevice
  readonly group: string | null
}

function styleOf(device: Device, style: 'auto' | 'filter' | 'legacy'): 'filter' | 'legacy' {
  return style === 'auto' ? (device.qemu.style ?? 'filter') : style
}

export function sideOf(workspace: Workspace, names: QemuNameMap, style: 'auto' | 'filter' | 'legacy'): Side {
  const filters = new Map<string, Placed>()
  const legacy = new Map<string, Placed>()
  const withFilter = new Set<string>()
  const withLegacy = new Set<string>()
  for (const device of workspace.devices) {
    const known = names.devices.get(device.id)
    if (!known) continue
    const group = innermostGroup(device)
    const placed = { names: known, group }
    if (styleOf(device, style) === 'legacy') {
      const limits = limitsOf(workspace, group)
      legacy.set(JSON.stringify(known.target), hasAnyLimit(limits) ? placed : { names: known, group: null })
      if (group !== null) withLegacy.add(group)
    } else if (group !== null) {
      filters.set(known.filter, placed)
      withFilter.add(group)
    }
  }
  const onlyLegacy = (group: string) => (withLegacy.has(group) || style === 'legacy') && !withFilter.has(group)
  return {
    workspace,
    filters,
    legacy,
    objects: new Set(Object.keys(workspace.groups).filter((group) => !onlyLegacy(group))),
  }
}

export function limitsOf(workspace: Workspace, group: string | null): Limits {
  return group === null ? NO_LIMITS : (workspace.groups[group] ?? NO_LIMITS)
}
