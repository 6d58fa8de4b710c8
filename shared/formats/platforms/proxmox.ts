import { failed, ok, type Result } from '#shared/issue.ts'
import { hasAnyLimit, type Limits } from '#shared/throttle/limits.ts'
import type { Device, Workspace } from '#shared/workspace/workspace.ts'
import type { Format, Loss, WriteOptions, Written } from '../format.ts'
import { limitsOfInnermost, lostLevels } from '../levels.ts'
import { PROXMOX_KEYS } from '../limit-names.ts'
import { droppedLimits, lostGroups, SCOPE_NOTE, unsharedGroups } from '../losses.ts'
import { groupMembers } from '../members.ts'
import { shortQdev } from '../qemu/qemu-model.ts'
import { PROXMOX_SLOTS, proxmoxLimits } from './proxmox-drive.ts'
import { detectProxmox, readProxmox } from './proxmox-read.ts'

// `qm set` lines for Proxmox VE. A drive's setting is replaced whole, so each line takes the drive as it is, takes its old
// limits out, and appends the new ones. "MB/s" is MiB/s there, and `bps=` is read by nobody.

interface Placed {
  readonly device: Device
  readonly path: string
  readonly slot: string | null
}

/** The slot a device names itself, by id, drive or qdev. */
function ownSlot(device: Device): string | null {
  const names = [device.id, device.qemu.drive?.replace(/^drive-/, ''), shortQdev(device.qemu.qdev ?? '')]
  return names.find((name): name is string => name !== undefined && PROXMOX_SLOTS.includes(name)) ?? null
}

function placeDevices(workspace: Workspace): readonly Placed[] {
  const taken = new Set<string>()
  const own = workspace.devices.map((device) => {
    const slot = ownSlot(device)
    if (slot === null || taken.has(slot)) return null
    taken.add(slot)
    return slot
  })
  return workspace.devices.map((device, index) => {
    const slot = own[index] ?? PROXMOX_SLOTS.find((each) => !taken.has(each)) ?? null
    if (slot !== null) taken.add(slot)
    return { device, path: `devices[${index}]`, slot }
  })
}

function placeLosses(placed: readonly Placed[]): readonly Loss[] {
  return placed.flatMap(({ device, path, slot }): readonly Loss[] => {
    if (slot === device.id) return []
    if (slot === null) {
      return [
        {
          path,
          kind: 'dropped',
          message: `a Proxmox VM has ${PROXMOX_SLOTS.length} drives at most; ${device.id} is left out`,
        },
      ]
    }
    const message = `Proxmox names drives by their slot; ${device.id} is taken for ${slot}`
    return [{ path: `${path}.id`, kind: 'renamed', message, from: device.id, to: slot }]
  })
}

function lineOf(slot: string, limits: Limits, vm: string): string {
  const parts = proxmoxLimits(limits).map((part) => `,${part}`)
  const now = `qm config ${vm} | sed -n -E '/^${slot}: /{s///;s/,(mbps|bps|iops)[a-z_]*=[^,]*//g;p;q}'`
  return `qm set ${vm} --${slot} "$(${now})${parts.join('')}"`
}

function writeProxmox(workspace: Workspace, options: WriteOptions): Result<Written> {
  const given = (options.vm ?? '').trim()
  if (!/^\d*$/.test(given)) {
    const message = `${JSON.stringify(given)} is not the number of a VM; use one as qm list shows, such as 100`
    return failed([{ path: 'vm', code: 'option-value', message }])
  }
  const vm = given === '' ? '"$VMID"' : given
  const placed = placeDevices(workspace)
  const slots = new Map(placed.map(({ device, slot }) => [device, slot]))
  const lines = placed.flatMap(({ device, slot }) => {
    if (slot === null) return []
    const limits = limitsOfInnermost(workspace, device)
    return [`${lineOf(slot, hasAnyLimit(limits) ? limits : {}, vm)}\n`]
  })
  return ok({
    text: lines.join(''),
    losses: [
      ...lostLevels(workspace, 'Proxmox'),
      ...placeLosses(placed),
      ...lostGroups(workspace, 'Proxmox'),
      ...unsharedGroups(workspace, 'Proxmox', (device) => slots.get(device) ?? device.id),
      ...Object.entries(workspace.groups).flatMap(([group, limits]) =>
        groupMembers(workspace, group).length > 0
          ? droppedLimits(limits, ['groups', group], 'Proxmox', (key) => PROXMOX_KEYS[key] !== '')
          : [],
      ),
    ],
    notes: [
      ...(given === '' ? ['Set VMID first, or give the VM’s number.'] : []),
      'Rates of bytes are in MiB/s, whatever its screens call them; running VMs take them over at once.',
      SCOPE_NOTE,
    ],
  })
}

export const proxmox: Format = {
  id: 'proxmox',
  title: 'Proxmox',
  family: 'Others',
  direction: 'both',
  fileExtension: '.sh',
  note: 'qm set for each drive; other settings of the drives are kept',
  options: [{ key: 'vm', label: 'VM', help: 'Number of the VM', kind: 'text', choices: [], preset: '' }],
  write: writeProxmox,
  read: readProxmox,
  detect: detectProxmox,
}
