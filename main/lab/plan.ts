import { equalLimits, type Limits } from '#shared/throttle/limits.ts'
import { placeDevices } from '#shared/workspace/placement.ts'
import type { Device, Workload, Workspace } from '#shared/workspace/workspace.ts'
import type { Roster, RunningDevice } from './roster.ts'

// What has to happen so that a workspace is in force, found by comparing values: what is equal is left alone, since a
// configuration call empties the buckets and a move drains the queue.

export interface Plan {
  readonly addGroups: readonly { readonly name: string; readonly limits: Limits }[]
  readonly removeGroups: readonly string[]
  readonly configure: readonly { readonly name: string; readonly limits: Limits }[]
  /** New, or with another disk or iothread than the running one of that id. */
  readonly add: readonly { readonly device: Device; readonly iothread: number }[]
  /** Gone, or replaced by one of `add`. */
  readonly remove: readonly RunningDevice[]
  readonly move: readonly { readonly id: string; readonly to: string | null }[]
  readonly reload: readonly { readonly id: string; readonly workload: Workload }[]
}

export function planChanges(roster: Roster, wanted: Workspace): Plan {
  const kept = new Map([...roster.devices.values()].map((device) => [device.id, device.iothread]))
  const iothreads = placeDevices(wanted, kept)
  const seated = wanted.devices.map((device, index) => ({ device, iothread: iothreads[index]! }))
  const add = seated.filter(({ device, iothread }) => !canStay(roster.devices.get(device.id), device, iothread))
  const added = new Set(add.map(({ device }) => device.id))
  const ids = new Set(wanted.devices.map((device) => device.id))
  const staying = wanted.devices.filter((device) => !added.has(device.id))
  const groups = Object.entries(wanted.groups).map(([name, limits]) => ({ name, limits }))
  return {
    addGroups: groups.filter(({ name }) => !roster.groups.has(name)),
    removeGroups: [...roster.groups.keys()].filter((name) => !Object.hasOwn(wanted.groups, name)),
    configure: groups.filter(({ name, limits }) => {
      const running = roster.groups.get(name)
      return running !== undefined && !equalLimits(running.limits, limits)
    }),
    add,
    remove: [...roster.devices.values()].filter(({ id }) => added.has(id) || !ids.has(id)),
    move: staying
      .filter((device) => roster.device(device.id).group !== device.group)
      .map((device) => ({ id: device.id, to: device.group })),
    reload: staying
      .filter((device) => !isSame(roster.device(device.id).workload, device.workload))
      .map((device) => ({ id: device.id, workload: device.workload })),
  }
}

export function isEmptyPlan(plan: Plan): boolean {
  return Object.values(plan).every((changes: readonly unknown[]) => changes.length === 0)
}

function canStay(running: RunningDevice | undefined, device: Device, iothread: number): boolean {
  return running !== undefined && running.iothread === iothread && isSame(running.disk, device.disk)
}

/** Equal plain data, whatever the order of its keys. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  const [keysA, keysB] = [Object.keys(a), Object.keys(b)]
  return (
    Array.isArray(a) === Array.isArray(b) &&
    keysA.length === keysB.length &&
    keysA.every((key) => Object.hasOwn(b, key) && isSame(a[key as keyof typeof a], b[key as keyof typeof b]))
  )
}
