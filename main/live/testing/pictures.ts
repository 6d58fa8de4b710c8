import { expect } from 'vitest'
import type { QmpCommand } from '#shared/qemu/qmp-commands.ts'
import { formatVmCommand, isQmpCommand, type VmCommand } from '#shared/qemu/vm-command.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { chainOf, NO_GROUPS } from '#shared/workspace/chain.ts'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { captureWorkspace } from '../capture.ts'
import type { Picture, PictureDisk, PictureGroup } from '../picture.ts'
import { makePlan } from '../plan.ts'

// Pictures of VMs that nobody has, and the plans for edits of what they show.

type DiskParts = Partial<PictureDisk> & { readonly id: string }

export function legacy(id: string, group: string | null, parts: Partial<PictureDisk> = {}): DiskParts {
  return { id, groups: chainOf(group), target: { id }, qdev: id, ...parts }
}

export function filter(id: string, group: string, parts: Partial<PictureDisk> = {}): DiskParts {
  return chained(id, [group], parts)
}

/** A disk on a filter for each group, the guest's side first: `t-ID` over `t-ID-1` over … over `n-ID`. */
export function chained(id: string, groups: readonly string[], parts: Partial<PictureDisk> = {}): DiskParts {
  const node = (level: number) => (level === groups.length ? `n-${id}` : level === 0 ? `t-${id}` : `t-${id}-${level}`)
  const filters = groups.map((group, level) => ({ node: node(level), group, file: node(level + 1), keep: {} }))
  return { id, groups, style: 'filter', target: { id }, qdev: id, filters, ...parts }
}

/** The same with limits of its own in `own`, which its requests meet first. */
export function ownOver(id: string, own: string, filters: readonly string[]): DiskParts {
  return { ...chained(id, filters), groups: [own, ...filters], style: 'legacy' }
}

export function group(name: string, limits: Limits | null, isObject = false): PictureGroup {
  return { name, qemuName: name, isObject, limits }
}

export function picture(groups: readonly PictureGroup[], disks: readonly DiskParts[], daemon = false): Picture {
  const whole = disks.map((disk) => ({
    groups: NO_GROUPS,
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
  return { groups, disks: whole, unknown: [], daemon, status: 'running', reopenDrains: 'its-disk' }
}

export type Edit = {
  readonly groups?: Readonly<Record<string, Limits | null>>
  readonly devices?: Readonly<Record<string, string | readonly string[] | null>>
}

/** The capture of `seen` with some groups (null: removed) and places changed: a group, a chain, or null. */
export function edited(seen: Picture, { groups = {}, devices = {} }: Edit): Workspace {
  const base = captureWorkspace(seen, 'vm')
  const known = base.devices.map((device) => {
    const place = devices[device.id]
    if (place === undefined) return device
    return { ...device, groups: typeof place === 'object' && place !== null ? place : chainOf(place) }
  })
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
  if (!isQmpCommand(command)) throw new Error(formatVmCommand(command))
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
