import type { Limits } from '../throttle/limits.ts'
import type { Device, Workspace } from './workspace.ts'

// What the window sends at each step of a drag: not a thousand devices again, but the one that changed.
//
//   devices  a b c d e   →   a d' e b        [0, 1] {d'} [4, 1] [1, 1]
//
// A list is put together from stretches of the list before and from what is new. Workspaces share what an edit left alone,
// so that a part is unchanged exactly if it is the same object; an equal copy is sent and does no harm. Nothing is
// trusted here: what comes out is a value to be parsed, like a workspace that came whole.

/** The entries from the first one on, so many of them. */
export type Stretch = readonly [first: number, count: number]

export interface GroupEntry {
  readonly name: string
  readonly limits: unknown
}

export interface DeviceEntry {
  readonly device: unknown
}

/** What is left out stayed as it was. */
export interface WorkspaceDifference {
  readonly groups?: readonly (Stretch | GroupEntry)[]
  readonly devices?: readonly (Stretch | DeviceEntry)[]
  /** Name, seed, script and the like, each whole; without a value it is gone. */
  readonly others: readonly { readonly key: string; readonly value?: unknown }[]
}

/** A workspace with or without mistakes, of which only the lists are known to be lists. */
export interface WorkspaceLike {
  readonly groups: Readonly<Record<string, unknown>>
  readonly devices: readonly unknown[]
}

/** What turns `from` into `to`. */
export function differenceOf(from: Workspace, to: Workspace): WorkspaceDifference {
  return {
    ...(from.groups === to.groups ? {} : { groups: groupParts(from.groups, to.groups) }),
    ...(from.devices === to.devices ? {} : { devices: deviceParts(from.devices, to.devices) }),
    others: otherKeys(from, to),
  }
}

/** The value that `difference` makes of `from`; null: it speaks of entries that `from` does not have. */
export function applyDifference(from: WorkspaceLike, difference: WorkspaceDifference): WorkspaceLike | null {
  const { groups, devices, others } = difference
  const entries =
    groups && joinParts(Object.entries(from.groups), groups, ({ name, limits }) => [name, limits] as const)
  const list = devices && joinParts(from.devices, devices, ({ device }) => device)
  if (entries === null || list === null) return null
  const gone = new Set(others.filter((each) => !Object.hasOwn(each, 'value')).map(({ key }) => key))
  const kept = Object.entries(from).filter(([key]) => !gone.has(key))
  const set = others.filter(({ key }) => !gone.has(key)).map(({ key, value }) => [key, value] as const)
  return {
    ...Object.fromEntries([...kept, ...set]),
    groups: entries === undefined ? from.groups : Object.fromEntries(entries),
    devices: list ?? from.devices,
  }
}

/** Whether a difference can be applied to `value`. */
export function isWorkspaceLike(value: unknown): value is WorkspaceLike {
  if (typeof value !== 'object' || value === null || !('groups' in value) || !('devices' in value)) return false
  const { groups, devices } = value
  return typeof groups === 'object' && groups !== null && !Array.isArray(groups) && Array.isArray(devices)
}

function groupParts(from: Workspace['groups'], to: Workspace['groups']): readonly (Stretch | GroupEntry)[] {
  const places = new Map(Object.entries(from).map(([name, limits], place) => [name, { limits, place }]))
  const placeOf = ([name, limits]: readonly [string, Limits]) => {
    const known = places.get(name)
    return known?.limits === limits ? known.place : undefined
  }
  return splitParts(Object.entries(to), placeOf, ([name, limits]) => ({ name, limits }))
}

function deviceParts(from: readonly Device[], to: readonly Device[]): readonly (Stretch | DeviceEntry)[] {
  const places = new Map(from.map((device, place) => [device, place]))
  return splitParts(
    to,
    (device) => places.get(device),
    (device) => ({ device }),
  )
}

function otherKeys(from: Workspace, to: Workspace): WorkspaceDifference['others'] {
  const [before, after] = [new Map(Object.entries(from)), new Map(Object.entries(to))]
  const keys = [...new Set([...before.keys(), ...after.keys()])].filter((key) => key !== 'groups' && key !== 'devices')
  return keys
    .filter((key) => before.get(key) !== after.get(key) || before.has(key) !== after.has(key))
    .map((key) => (after.has(key) ? { key, value: after.get(key) } : { key }))
}

/** `list` as stretches of the one before, where `placeOf` finds its entries, and new entries. No place is used twice. */
function splitParts<T, E>(
  list: readonly T[],
  placeOf: (entry: T) => number | undefined,
  newEntry: (entry: T) => E,
): readonly (Stretch | E)[] {
  const parts: (Stretch | E)[] = []
  const used = new Set<number>()
  let open: { first: number; count: number } | null = null
  const close = () => {
    if (open !== null) parts.push([open.first, open.count])
    open = null
  }
  for (const entry of list) {
    const place = placeOf(entry)
    const isKept = place !== undefined && !used.has(place)
    if (isKept && open !== null && place === open.first + open.count) open.count += 1
    else {
      close()
      if (isKept) open = { first: place, count: 1 }
      else parts.push(newEntry(entry))
    }
    if (isKept) used.add(place)
  }
  close()
  return parts
}

/** null: a stretch leaves `from`, or they are longer than all of it together, which no difference is. */
function joinParts<T, E extends object>(
  from: readonly T[],
  parts: readonly (Stretch | E)[],
  entryOf: (entry: E) => T,
): readonly T[] | null {
  const list: T[] = []
  let kept = 0
  for (const part of parts) {
    if (!isStretch(part)) {
      list.push(entryOf(part))
      continue
    }
    const [first, count] = part
    kept += count
    if (first + count > from.length || kept > from.length) return null
    for (let place = first; place < first + count; place += 1) list.push(from[place] as T) // below its length
  }
  return list
}

function isStretch(part: object): part is Stretch {
  return Array.isArray(part)
}
