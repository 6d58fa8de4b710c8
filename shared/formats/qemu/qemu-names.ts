import type { LegacyTarget } from '#shared/qemu/qmp-commands.ts'
import { isThrottled } from '#shared/workspace/chain.ts'
import type { Device, Workspace } from '#shared/workspace/workspace.ts'
import { formatPath } from '#shared/workspace/zod-issues.ts'
import type { Loss } from '../format.ts'
import { groupMembers } from '../members.ts'
import { ANY_TEXT, mapNames, type NameRule, QEMU_DRIVE, QEMU_NODE, QEMU_OBJECT, SHELL_WORD } from '../names.ts'

// What each group and device of a workspace is called in QEMU. A device's id stands for its drive id (legacy) and for the
// node name of its disk (today's way), unless `qemu` names them; the filter of node `db` is `db-throttle`.

export interface QemuDevice {
  readonly device: Device
  /** Of the workspace: `devices[3]`. */
  readonly path: string
  /** -drive id. */
  readonly drive: string
  /** Node name of the disk. */
  readonly node: string
  /** Node name of the throttle filter that faces the guest. */
  readonly filter: string
  /** Node names of the filters of its chain, the guest's side first. */
  readonly filters: readonly string[]
  /** For `block_set_io_throttle`. */
  readonly target: LegacyTarget
}

export interface QemuNameMap {
  readonly groups: ReadonlyMap<string, string>
  /** By device id. */
  readonly devices: ReadonlyMap<string, QemuDevice>
  /** By what they are called, for those whose name had to change. */
  readonly losses: readonly Loss[]
}

/**
 * object: groups are QOM objects with QEMU's identifiers; name: any text, as `group` of `block_set_io_throttle` takes it;
 * word: what qmp-shell, which has no quotes, takes for a text.
 */
type GroupNaming = 'object' | 'name' | 'word'

const GROUP_RULES: Readonly<Record<GroupNaming, NameRule>> = { object: QEMU_OBJECT, name: ANY_TEXT, word: SHELL_WORD }

export function filterNameOf(node: string): string {
  return `${node}-throttle`
}

function driveNameOf(device: Device): string {
  return device.qemu.drive ?? device.id
}

/** Which of a device's names a target uses, so that only those that matter are reported: legacy prefers qdev to drive. */
type NameUse = 'filter' | 'legacy' | 'drive' | 'both'

export function qemuNames(workspace: Workspace, naming: GroupNaming, style: NameUse): QemuNameMap {
  const groups = mapNames(Object.keys(workspace.groups), GROUP_RULES[naming], new Set())
  const drives = mapNames(
    workspace.devices.map((device) => driveNameOf(device)),
    QEMU_DRIVE,
    new Set(),
  )
  const taken = new Set<string>()
  const nodes = mapNames(
    workspace.devices.map((device) => device.qemu.node ?? device.id),
    QEMU_NODE,
    taken,
  )
  const filters = mapNames(
    workspace.devices.map((device) => wantedFilter(device, nodes)),
    QEMU_NODE,
    taken,
  )
  const devices = new Map<string, QemuDevice>()
  for (const [index, device] of workspace.devices.entries()) {
    const drive = named(drives, driveNameOf(device))
    devices.set(device.id, {
      device,
      path: `devices[${index}]`,
      drive,
      node: named(nodes, device.qemu.node ?? device.id),
      filter: named(filters, wantedFilter(device, nodes)),
      filters: filtersOf(device, named(filters, wantedFilter(device, nodes)), taken),
      target: device.qemu.qdev === undefined ? { device: drive } : { id: device.qemu.qdev },
    })
  }
  return { groups, devices, losses: renames(workspace, groups, devices, style) }
}

/** Those below the first are called after it: `db-throttle-1`. */
function filtersOf({ groups }: Device, first: string, taken: Set<string>): readonly string[] {
  const inner = groups.slice(1).map((_, index) => `${first}-${index + 1}`)
  const names = mapNames(inner, QEMU_NODE, taken)
  return isThrottled({ groups }) ? [first, ...inner.map((name) => named(names, name))] : []
}

/** The filter nodes of a device's chain, each over `file`: the one nearest the disk first, as QEMU must make them. */
export function filterNodes({ device, filters, node }: QemuDevice, groups: ReadonlyMap<string, string>) {
  return filters
    .map((filter, level) => ({
      filter,
      group: named(groups, device.groups[level] ?? ''), // there is a filter for each
      file: filters[level + 1] ?? node,
    }))
    .reverse()
}

function wantedFilter(device: Device, nodes: ReadonlyMap<string, string>): string {
  return device.qemu.filter ?? filterNameOf(named(nodes, device.qemu.node ?? device.id))
}

/** Every name that was put in is in the map. */
export function named(map: ReadonlyMap<string, string>, name: string): string {
  return map.get(name) ?? name
}

function renames(
  workspace: Workspace,
  groups: ReadonlyMap<string, string>,
  devices: ReadonlyMap<string, QemuDevice>,
  style: NameUse,
): readonly Loss[] {
  const losses: Loss[] = []
  const rename = (path: string, what: string, from: string, to: string): void => {
    if (from !== to)
      losses.push({
        path,
        kind: 'renamed',
        message: `QEMU takes no ${what} ${JSON.stringify(from)}; it is called ${to}`,
        from,
        to,
      })
  }
  for (const [from, to] of groups) {
    const used = style === 'filter' || groupMembers(workspace, from).length > 0
    if (used) rename(formatPath(['groups', from]), 'group', from, to)
  }
  for (const { device, path, drive, node, filter } of devices.values()) {
    if (style === 'drive' || (style !== 'filter' && device.qemu.qdev === undefined)) {
      rename(device.qemu.drive === undefined ? `${path}.id` : `${path}.qemu.drive`, 'drive', driveNameOf(device), drive)
    }
    if ((style === 'filter' || style === 'both') && isThrottled(device)) {
      rename(
        device.qemu.node === undefined ? `${path}.id` : `${path}.qemu.node`,
        'node',
        device.qemu.node ?? device.id,
        node,
      )
      if (device.qemu.filter !== undefined) rename(`${path}.qemu.filter`, 'node', device.qemu.filter, filter)
      else if (filter !== filterNameOf(node)) {
        rename(`${path}.id`, 'filter', filterNameOf(node), filter)
      }
    }
  }
  return losses
}
