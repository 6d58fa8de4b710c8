import type { RunResult } from '#shared/result.ts'
import type { DirectionSnapshot, Snapshot } from '#shared/snapshot.ts'
import type { Running } from './lab-slots.ts'

// The sampler and the run book know what runs by keys, which a rename leaves alone, so that their counting goes on. People
// know it by its names: those are put in here, on the way out.

/** As the sampler made it from `LabSlots`. The same object where nothing that runs was renamed. */
export function namedSnapshot(snapshot: Snapshot, running: Running): Snapshot {
  const names = namesOf(running)
  if (names === null) return snapshot
  const { group, device } = names
  const token = (direction: DirectionSnapshot) => ({
    ...direction,
    token: direction.token === null ? null : device(direction.token),
  })
  return {
    ...snapshot,
    devices: mapEntries(snapshot.devices, device, (each) => ({ ...each, ...groupsOf(each, names) })),
    groups: mapEntries(snapshot.groups, group, (each) => ({
      ...each,
      ring: each.ring?.map(device) ?? null,
      members: each.members.map(device),
      read: token(each.read),
      write: token(each.write),
    })),
  }
}

/** As the run book made it from `LabSlots`. */
export function namedResult(result: RunResult, running: Running): RunResult {
  const names = namesOf(running)
  if (names === null) return result
  const { group, device } = names
  return {
    ...result,
    devices: mapEntries(result.devices, device, (each) => ({ ...each, ...groupsOf(each, names) })),
    groups: mapEntries(result.groups, group, (each) => ({ ...each, members: each.members.map(device) })),
  }
}

interface Names {
  readonly group: (key: string) => string
  readonly device: (key: string) => string
}

/** null: everything goes by its key. */
function namesOf({ groups, devices }: Running): Names | null {
  const ofGroups = new Map<string, string>()
  const ofDevices = new Map<string, string>()
  for (const { key, name } of groups.values()) if (key !== name) ofGroups.set(key, name)
  for (const { key, id } of devices.values()) if (key !== id) ofDevices.set(key, id)
  if (ofGroups.size + ofDevices.size === 0) return null
  return { group: (key) => ofGroups.get(key) ?? key, device: (key) => ofDevices.get(key) ?? key }
}

interface Grouped<Level> {
  readonly group: string | null
  readonly groups?: readonly string[]
  readonly levels?: readonly Level[]
}

function groupsOf<Level extends { readonly group: string }>(
  { group, groups, levels }: Grouped<Level>,
  names: Names,
): Grouped<Level> {
  return {
    group: group === null ? null : names.group(group),
    ...(groups === undefined ? {} : { groups: groups.map(names.group) }),
    ...(levels === undefined ? {} : { levels: levels.map((level) => ({ ...level, group: names.group(level.group) })) }),
  }
}

function mapEntries<T>(
  values: Readonly<Record<string, T>>,
  nameOf: (key: string) => string,
  change: (value: T) => T,
): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [nameOf(key), change(value)]))
}
