import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { innermostGroup } from '#shared/workspace/chain.ts'
import { canonicalLimits, hasAnyLimit, isLimitKey, type LimitKey, type Limits } from '../throttle/limits.ts'
import { parseWorkspace } from '../workspace/parse.ts'
import type { Device, Workspace } from '../workspace/workspace.ts'
import { formatPath } from '../workspace/zod-issues.ts'
import type { Loss, WriteOptions, Written } from './format.ts'
import { findFormat } from './formats.ts'
import { shortQdev } from './qemu/qemu-model.ts'
import { workspaceArbitrary } from './testing/generated-workspaces.ts'

// read(write(w)) = w up to the reported losses: the losses are applied to w, by path and kind alone, and what comes out
// must be what is read back. Where nothing is reported, w itself must come back.

interface Case {
  readonly format: string
  /** Reads what `format` writes; itself where left out. */
  readonly reader?: string
  readonly options?: WriteOptions
  /** Whether disks without limits are written; where not, a note must say so. */
  readonly free: 'written' | 'noted'
  /** What the target calls a disk. */
  readonly nameOf: (device: Device) => string
  /** What a group of one is called where groups have no names; the disk's name where left out. */
  readonly aloneName?: (device: Device) => string | undefined
}

const legacyName = ({ id, qemu }: Device) => (qemu.qdev === undefined ? (qemu.drive ?? id) : shortQdev(qemu.qdev))
const driveName = ({ id, qemu }: Device) => qemu.drive ?? id
const nodeName = ({ id, qemu }: Device) => qemu.node ?? id
const ownName = ({ id }: Device) => id

const CASES: readonly Case[] = [
  { format: 'qmp', free: 'noted', nameOf: nodeName },
  { format: 'qmp', options: { style: 'shell' }, free: 'noted', nameOf: nodeName },
  { format: 'qmp-legacy', reader: 'qmp', free: 'written', nameOf: legacyName },
  { format: 'qmp-legacy', options: { style: 'shell' }, reader: 'qmp', free: 'written', nameOf: legacyName },
  // QEMU names such a group by the text that was given for the disk.
  { format: 'hmp', free: 'written', nameOf: legacyName, aloneName: ({ qemu }) => qemu.qdev },
  { format: 'qemu-args', free: 'noted', nameOf: nodeName },
  { format: 'qemu-args', options: { style: 'dotted' }, free: 'noted', nameOf: nodeName },
  { format: 'qemu-args', options: { style: 'drive' }, free: 'noted', nameOf: driveName },
  { format: 'storage-daemon-args', free: 'noted', nameOf: nodeName },
  { format: 'storage-daemon-args', options: { style: 'dotted' }, free: 'noted', nameOf: nodeName },
  { format: 'libvirt-xml', free: 'written', nameOf: ownName },
  { format: 'libvirt-xml', options: { style: 'throttlegroups' }, free: 'written', nameOf: ownName },
  { format: 'virsh', options: { vm: 'web01' }, free: 'written', nameOf: ownName },
  { format: 'virsh', options: { vm: 'web 01', style: 'throttlegroups' }, free: 'noted', nameOf: ownName },
  { format: 'proxmox', options: { vm: '100' }, free: 'written', nameOf: ownName },
  { format: 'cinder-qos', reader: 'openstack', free: 'noted', nameOf: ownName },
  { format: 'nova-flavor', reader: 'openstack', free: 'noted', nameOf: ownName },
  { format: 'openstack', free: 'noted', nameOf: ownName },
  { format: 'io-max', free: 'noted', nameOf: ownName },
  { format: 'incus', options: { vm: 'web01' }, free: 'written', nameOf: ownName },
  { format: 'incus', options: { vm: 'web01', style: 'iops' }, free: 'written', nameOf: ownName },
  { format: 'cloud-hypervisor', free: 'noted', nameOf: ownName },
  { format: 'firecracker', free: 'noted', nameOf: ownName },
  { format: 'spdk', free: 'written', nameOf: ownName },
  { format: 'csv', free: 'written', nameOf: ownName },
]

/** What a format of limits is about. */
interface Throttling {
  readonly groups: Record<string, Limits>
  readonly members: Record<string, string | null>
}

function throttlingOf(workspace: Workspace, nameOf: (device: Device) => string): Throttling {
  return {
    groups: Object.fromEntries(
      Object.entries(workspace.groups).map(([name, limits]) => [name, canonicalLimits(limits)]),
    ),
    members: Object.fromEntries(workspace.devices.map((device) => [nameOf(device), innermostGroup(device)])),
  }
}

/** `w` after its losses, told by nothing but the losses. */
function afterLosses(workspace: Workspace, losses: readonly Loss[], { nameOf, free, aloneName }: Case): Throttling {
  const groups: Record<string, Partial<Record<LimitKey, number>>> = {}
  for (const [name, limits] of Object.entries(workspace.groups)) groups[name] = { ...limits }
  const apart: typeof groups = {}
  const lost = (path: string, kind: Loss['kind']) => losses.find((loss) => loss.path === path && loss.kind === kind)
  let devices = workspace.devices.map((device, index) => {
    const rename = losses.find(
      (loss) => loss.kind === 'renamed' && loss.path.startsWith(`devices[${index}]`) && loss.from === nameOf(device),
    )
    const name = rename ? String(rename.to) : nameOf(device)
    return {
      name,
      aloneName: aloneName?.(device) ?? name,
      was: innermostGroup(device),
      group: innermostGroup(device),
      gone: lost(`devices[${index}]`, 'dropped') !== undefined,
    }
  })
  if (lost('devices', 'dropped')) devices = []
  devices = devices.filter((device) => !device.gone)
  for (const [name, limits] of Object.entries(workspace.groups)) {
    const path = formatPath(['groups', name])
    const mine = groups[name] ?? {}
    for (const key of Object.keys(limits).filter(isLimitKey)) {
      const path = formatPath(['groups', name, key])
      if (lost(path, 'dropped')) delete mine[key]
      const rounded = lost(path, 'rounded')
      if (rounded) mine[key] = Number(rounded.to)
    }
    const members = devices.filter((device) => device.was === name)
    const rename = lost(path, 'renamed')
    const drop = lost(path, 'dropped')
    const alone =
      (drop && hasAnyLimit(limits) && members.length > 0) ||
      (rename && members.length === 1 && rename.to === members[0]?.aloneName)
    if (alone) {
      // Each disk by itself: a group named like the disk.
      for (const member of members) {
        member.group = member.aloneName
        apart[member.aloneName] = { ...groups[name] }
      }
      delete groups[name]
    } else if (drop) {
      delete groups[name]
      for (const member of members) member.group = null
    } else if (rename) {
      const limitsNow = groups[name] ?? {}
      delete groups[name]
      groups[String(rename.to)] = limitsNow
      for (const member of members) member.group = String(rename.to)
    }
  }
  if (free === 'noted') devices = devices.filter((device) => device.group !== null)
  return {
    groups: Object.fromEntries(
      [...Object.entries(groups), ...Object.entries(apart)].map(([name, limits]) => [name, canonicalLimits(limits)]),
    ),
    members: Object.fromEntries(devices.map((device) => [device.name, device.group])),
  }
}

const SHELL_COMMANDS: ReadonlySet<string> = new Set(['object-add', 'blockdev-add', 'block_set_io_throttle'])

function write(workspace: Workspace, { format, options }: Case): Written {
  const written = findFormat(format)?.write?.(workspace, options ?? {})
  if (!written?.ok) throw new Error(JSON.stringify(written))
  return written.value
}

function read(text: string, { format, reader }: Case): Workspace | null {
  const result = findFormat(reader ?? format)?.read?.(text, {})
  if (!result) throw new Error('no reader')
  if (result.ok) return result.value.workspace
  if (['empty', 'nothing-found', 'nothing-understood'].includes(result.issues[0]?.code ?? '')) return null
  throw new Error(JSON.stringify(result.issues))
}

/** Minutes only where the machine is very busy. */
const SLOW_MS = 120_000

describe.each(CASES)('$format $options.style reads back what it wrote, up to the losses', (each) => {
  test.each([false, true])(
    'QEMU names of their own: %s',
    (qemuNames) => {
      fc.assert(
        fc.property(workspaceArbitrary({ maxDevices: 8, qemuNames }), (workspace) => {
          const { text, losses, notes } = write(workspace, each)
          // qmp-shell has no quotes: a name that it cannot say is reported by the command, and not made up again here.
          fc.pre(each.options?.style !== 'shell' || losses.every((loss) => !SHELL_COMMANDS.has(loss.path)))
          const free = workspace.devices.filter((device) => innermostGroup(device) === null)
          if (each.free === 'noted' && free.length > 0) expect(notes.join(' ')).toContain('not throttled')
          const back = read(text, each)
          const found = back === null ? { groups: {}, members: {} } : throttlingOf(back, ownName)
          expect(found).toEqual(afterLosses(workspace, losses, each))
          if (losses.length === 0) {
            const kept =
              each.free === 'written'
                ? workspace.devices
                : workspace.devices.filter((device) => innermostGroup(device) !== null)
            expect(found).toEqual(throttlingOf({ ...workspace, devices: kept }, each.nameOf))
          }
        }),
        { numRuns: 250, seed: 20261121 },
      )
    },
    SLOW_MS,
  )
})

test('generated workspaces are workspaces', () => {
  fc.assert(
    fc.property(workspaceArbitrary({ maxDevices: 8, qemuNames: true }), (workspace) => {
      expect(parseWorkspace(workspace)).toEqual({ ok: true, value: workspace })
    }),
    { numRuns: 300, seed: 1 },
  )
})
