import { LIMIT_KEYS, limitOf } from '#shared/throttle/limits.ts'
import { sameChain } from '#shared/workspace/chain.ts'
import type { Device, Workspace } from '#shared/workspace/workspace.ts'
import { isSame } from './is-same.ts'
import type { Running } from './lab-slots.ts'

// A workspace is a value and does not say how it came about: a renamed group is one that vanished beside one that
// appeared. Taken for two, its buckets would be emptied and its devices drained for a mere name. So a pair that differs
// in nothing but the name is one and the same; where more than one pair would do, none is.

/** From the old name to the new one. */
export interface Renames {
  readonly groups: ReadonlyMap<string, string>
  readonly devices: ReadonlyMap<string, string>
}

export const NO_RENAMES: Renames = { groups: new Map(), devices: new Map() }

/** What `after` calls otherwise than `before` did. */
export function findRenames(before: Workspace, after: Workspace): Renames {
  const pairs = devicePairs(before, after)
  const groups = findGroups(before, after, pairs)
  const devices = pairs.filter(([was, is]) => sameChain(chainNow(groups, was.groups), is.groups))
  return { groups, devices: new Map(devices.map(([was, is]) => [was.id, is.id])) }
}

/** `name` as it is now; free stays free. */
export function nameNow(renames: ReadonlyMap<string, string>, name: string): string
export function nameNow(renames: ReadonlyMap<string, string>, name: string | null): string | null
export function nameNow(renames: ReadonlyMap<string, string>, name: string | null): string | null {
  return name === null ? null : (renames.get(name) ?? name)
}

/** The chain by the names that its groups have now. */
export function chainNow(renames: ReadonlyMap<string, string>, groups: readonly string[]): readonly string[] {
  return groups.map((group) => nameNow(renames, group))
}

/** What runs, by its names as they are now: the same slots, keys and files. */
export function renamed({ groups, devices }: Running, renames: Renames): Running {
  if (renames.groups.size + renames.devices.size === 0) return { groups, devices }
  return {
    groups: new Map(
      [...groups.values()].map((group) => {
        const name = nameNow(renames.groups, group.name)
        return [name, { ...group, name }]
      }),
    ),
    devices: new Map(
      [...devices.values()].map((device) => {
        const id = nameNow(renames.devices, device.id)
        return [id, { ...device, id, groups: chainNow(renames.groups, device.groups) }]
      }),
    ),
  }
}

type DevicePair = readonly [was: Device, is: Device]

/** Devices that may be the same: equal but for their names and groups, at the same place in the list. */
function devicePairs(before: Workspace, after: Workspace): readonly DevicePair[] {
  const old = new Set(before.devices.map(({ id }) => id))
  const desired = new Set(after.devices.map(({ id }) => id))
  return before.devices.flatMap((was, index): readonly DevicePair[] => {
    const is = after.devices[index]
    const isPair = is !== undefined && !desired.has(was.id) && !old.has(is.id) && isSameDevice(was, is)
    return isPair ? [[was, is]] : []
  })
}

function isSameDevice(a: Device, b: Device): boolean {
  return a.iothread === b.iothread && isSame(a.disk, b.disk) && isSame(a.workload, b.workload)
}

function findGroups(before: Workspace, after: Workspace, pairs: readonly DevicePair[]): ReadonlyMap<string, string> {
  const gone = Object.keys(before.groups).filter((name) => !Object.hasOwn(after.groups, name))
  const come = Object.keys(after.groups).filter((name) => !Object.hasOwn(before.groups, name))
  if (gone.length === 0 || come.length === 0) return NO_RENAMES.groups
  const ids = new Map(pairs.map(([was, is]) => [was.id, is.id]))
  const goneAs = byLooks(before, gone, (id) => ids.get(id) ?? id)
  const comeAs = byLooks(after, come, (id) => id)
  return new Map(
    [...goneAs].flatMap(([looks, [was, ...others]]) => {
      const [is, ...rivals] = comeAs.get(looks) ?? []
      const isClear = was !== undefined && is !== undefined && others.length + rivals.length === 0
      return isClear ? [[was, is] as const] : []
    }),
  )
}

/** The groups `names` by all there is to them but the name: limits and members. */
function byLooks(
  workspace: Workspace,
  names: readonly string[],
  idOf: (id: string) => string,
): ReadonlyMap<string, readonly string[]> {
  const members = membersByGroup(workspace, idOf)
  const found = new Map<string, string[]>()
  for (const name of names) {
    const limits = LIMIT_KEYS.map((key) => limitOf(workspace.groups[name]!, key))
    const looks = JSON.stringify([limits, members.get(name) ?? []])
    found.set(looks, [...(found.get(looks) ?? []), name])
  }
  return found
}

/** The members' names, sorted: their order among themselves is no part of the group. */
function membersByGroup(workspace: Workspace, idOf: (id: string) => string): ReadonlyMap<string, readonly string[]> {
  const members = new Map<string, string[]>()
  for (const { id, groups } of workspace.devices) {
    for (const group of groups) members.set(group, [...(members.get(group) ?? []), idOf(id)])
  }
  for (const names of members.values()) names.sort()
  return members
}
