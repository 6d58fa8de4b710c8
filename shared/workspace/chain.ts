// The chain of a device: the throttle groups that a request meets on its way from the guest to the disk, in that order.
// Level 0 faces the guest. Most code wants every level, or the outermost or innermost one: it asks for it by name here,
// and nothing else counts along a chain by hand.
//
//     guest ──▶ groups[0] outermost ──▶ groups[1] ──▶ … ──▶ innermost ──▶ disk

/** QEMU has no bound; nothing real has more than a disk's, a VM's and a tenant's. */
export const MAX_LEVELS = 8

/** A device's chain: a device of the workspace, or anything else that has one. */
export interface Chained {
  readonly groups: readonly string[]
}

/** Not throttled. */
export const NO_GROUPS: readonly string[] = []

/** The chain of one group, or of none for null: what formats and commands that know one level have. */
export function chainOf(group: string | null): readonly string[] {
  return group === null ? NO_GROUPS : [group]
}

/** The group that a request meets first, on the guest's side; null if the device is not throttled. */
export function outermostGroup({ groups }: Chained): string | null {
  return groups[0] ?? null
}

/** The group that a request meets last, nearest the disk; null if the device is not throttled. */
export function innermostGroup({ groups }: Chained): string | null {
  return groups.at(-1) ?? null
}

/** The groups that a request meets after the outermost one. */
export function innerGroups({ groups }: Chained): readonly string[] {
  return groups.slice(1)
}

export function isThrottled({ groups }: Chained): boolean {
  return groups.length > 0
}

/** Whether the group holds the device at some level. */
export function isIn({ groups }: Chained, group: string): boolean {
  return groups.includes(group)
}

export function sameChain(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((group, level) => group === b[level])
}

/** The chain with another group at its outermost level, and its inner levels kept; null takes it out of all of them. */
export function withOutermost(device: Chained, group: string | null): readonly string[] {
  return group === null ? NO_GROUPS : [group, ...innerGroups(device)]
}

/** For people: from guest to disk. */
export function chainWords({ groups }: Chained): string {
  return groups.length === 0 ? 'not throttled' : groups.join(' → ')
}
