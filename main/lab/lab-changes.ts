import { equalLimits, type Limits } from '#shared/throttle/limits.ts'
import { sameChain } from '#shared/workspace/chain.ts'
import { placeDevices } from '#shared/workspace/placement.ts'
import type { Device, Workload, Workspace } from '#shared/workspace/workspace.ts'
import { isSame } from './is-same.ts'
import type { Running } from './lab-slots.ts'
import { NO_RENAMES, type Renames, renamed } from './renames.ts'
import type { RunningDevice } from './running-device.ts'

// What has to happen so that a workspace is in force, found by comparing values: what is equal is left alone, since a
// configuration call empties the buckets and a move drains the queue. Everything but the renames speaks of what runs by
// its new names.

export interface LabChanges {
  readonly renames: readonly Rename[]
  readonly addGroups: readonly { readonly name: string; readonly limits: Limits }[]
  readonly removeGroups: readonly string[]
  readonly configure: readonly { readonly name: string; readonly limits: Limits }[]
  /** New, or with another disk or iothread than the running one of that id. */
  readonly add: readonly { readonly device: Device; readonly iothread: number }[]
  /** Gone, or replaced by one of `add`. */
  readonly remove: readonly RunningDevice[]
  readonly move: readonly { readonly id: string; readonly to: readonly string[] }[]
  readonly reload: readonly { readonly id: string; readonly workload: Workload }[]
}

export interface Rename {
  readonly kind: 'group' | 'device'
  readonly from: string
  readonly to: string
}

export function findLabChanges(before: Running, desired: Workspace, renames: Renames = NO_RENAMES): LabChanges {
  const running = renamed(before, renames)
  const kept = new Map([...running.devices.values()].map((device) => [device.id, device.iothread]))
  const iothreads = placeDevices(desired, kept)
  const placed = desired.devices.map((device, index) => ({ device, iothread: iothreads[index]! }))
  const add = placed.filter(({ device, iothread }) => !canStay(running.devices.get(device.id), device, iothread))
  const added = new Set(add.map(({ device }) => device.id))
  const ids = new Set(desired.devices.map((device) => device.id))
  const staying = desired.devices.filter((device) => !added.has(device.id))
  const groups = Object.entries(desired.groups).map(([name, limits]) => ({ name, limits }))
  return {
    renames: listRenames(renames),
    addGroups: groups.filter(({ name }) => !running.groups.has(name)),
    removeGroups: [...running.groups.keys()].filter((name) => !Object.hasOwn(desired.groups, name)),
    configure: groups.filter(({ name, limits }) => {
      const group = running.groups.get(name)
      return group !== undefined && !equalLimits(group.limits, limits)
    }),
    add,
    remove: [...running.devices.values()].filter(({ id }) => added.has(id) || !ids.has(id)),
    move: staying
      .filter((device) => !sameChain(running.devices.get(device.id)!.groups, device.groups))
      .map((device) => ({ id: device.id, to: device.groups })),
    reload: staying
      .filter((device) => !isSame(running.devices.get(device.id)!.workload, device.workload))
      .map((device) => ({ id: device.id, workload: device.workload })),
  }
}

function listRenames({ groups, devices }: Renames): readonly Rename[] {
  const list = (kind: Rename['kind'], names: ReadonlyMap<string, string>) =>
    [...names].map(([from, to]): Rename => ({ kind, from, to }))
  return [...list('group', groups), ...list('device', devices)]
}

export function isNothingChanged(changes: LabChanges): boolean {
  return Object.values(changes).every((list: readonly unknown[]) => list.length === 0)
}

function canStay(running: RunningDevice | undefined, device: Device, iothread: number): boolean {
  return running !== undefined && running.iothread === iothread && isSame(running.disk, device.disk)
}
