import { expect } from 'vitest'
import type { QmpCommand } from '#shared/qemu/qmp-commands.ts'
import { isVirshCommand, type VmCommand } from '#shared/qemu/vm-command.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { chainOf } from '#shared/workspace/chain.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { captureWorkspace } from '../capture.ts'
import type { Picture, PictureDisk, PictureGroup } from '../picture.ts'
import { makePlan } from '../plan.ts'

// Pictures of VMs that nobody has, and the plans for edits of what they show.

type DiskParts = Partial<PictureDisk> & { readonly id: string }

export function legacy(id: string, group: string | null, parts: Partial<PictureDisk> = {}): DiskParts {
  return { id, group, target: { id }, qdev: id, ...parts }
}

export function filter(id: string, group: string, parts: Partial<PictureDisk> = {}): DiskParts {
  const filters = [{ node: `t-${id}`, group, file: `n-${id}`, keep: {} }]
  return { id, group, style: 'filter', target: { id }, qdev: id, filters, ...parts }
}

export function group(name: string, limits: Limits | null, isObject = false): PictureGroup {
  return { name, qemuName: name, isObject, limits }
}

export function picture(groups: readonly PictureGroup[], disks: readonly DiskParts[], daemon = false): Picture {
  const whole = disks.map((disk) => ({
    group: null,
    style: 'legacy' as const,
    medium: true,
    sizeBytes: null,
    drive: null,
    qdev: null,
    target: null,
    node: null,
    filters: [],
    countersKey: null,
    ...disk,
  }))
  return { groups, disks: whole, unknown: [], daemon, status: 'running' }
}

export type Edit = {
  readonly groups?: Readonly<Record<string, Limits | null>>
  readonly devices?: Readonly<Record<string, string | null>>
}

/** The capture of `seen` with some groups (null: removed) and places changed. */
export function edited(seen: Picture, { groups = {}, devices = {} }: Edit): Workspace {
  const base = captureWorkspace(seen, 'vm')
  const known = base.devices.map((device) =>
    Object.hasOwn(devices, device.id) ? { ...device, groups: chainOf(devices[device.id] ?? null) } : device,
  )
  const parsed = parseWorkspace({
    ...base,
    groups: Object.fromEntries(Object.entries({ ...base.groups, ...groups }).filter(([, limits]) => limits !== null)),
    devices: known,
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return parsed.value
}

export function plan(seen: Picture, desired: Edit, base = captureWorkspace(seen, 'vm')) {
  return makePlan({ picture: seen, base, desired: edited(seen, desired), scope: 'edit' })
}

/** Plans for a QMP socket have no others. */
export function qmp(command: VmCommand): QmpCommand {
  if (isVirshCommand(command)) throw new Error(command.virsh.join(' '))
  return command
}

export function commands(seen: Picture, desired: Edit) {
  const made = plan(seen, desired)
  expect(made.impossible).toEqual([])
  return made.steps.map(({ command }) => JSON.stringify(qmp(command).arguments))
}

export const TWO_LEGACY = picture(
  [group('gold', { 'iops-total': 1000 }), group('bulk', { 'bps-total': 5_000_000 })],
  [legacy('db', 'gold'), legacy('web', 'gold'), legacy('etl', 'bulk'), legacy('free', null)],
)
export const TWO_FILTER = picture(
  [
    group('gold', { 'iops-total': 1000, 'iops-total-max': 4000 }, true),
    group('bulk', { 'bps-total': 5_000_000 }, true),
  ],
  [filter('db', 'gold'), filter('etl', 'bulk')],
)
export const ZEROES = '"bps":0,"bps_rd":0,"bps_wr":0,"iops":0,"iops_rd":0,"iops_wr":0'
