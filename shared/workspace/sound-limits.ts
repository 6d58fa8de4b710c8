import type { Issue } from '#shared/issue.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import type { KnownDevices } from './known-devices.ts'
import { parseWorkspace } from './parse.ts'
import type { Workspace } from './workspace.ts'
import { formatPath } from './zod-issues.ts'

// A limit that QEMU would refuse concerns its group alone: that one keeps the limits it had, and everything else the
// user does meanwhile comes into force as ever. Otherwise the board would show moves and loads that nothing runs.

export interface SoundPart {
  /** What can be in force; null: nothing of it can. */
  readonly workspace: Workspace | null
  /** What is wrong with the whole; none: `workspace` is all of it. */
  readonly issues: readonly Issue[]
}

/** `value` as a workspace, in which groups with impossible limits have those of `last`; a new one has none. */
export function parseSoundPart(value: unknown, last: Workspace, known?: KnownDevices): SoundPart {
  const parsed = parseWorkspace(value, known)
  if (parsed.ok) return { workspace: parsed.value, issues: [] }
  const broken = groupsWithIssues(value, parsed.issues)
  if (broken === null) return { workspace: null, issues: parsed.issues }
  // Rules that span several values are looked at only once each value is possible: they may concern more groups.
  const sound = parseSoundPart(withLimitsOf(value, broken, last), last, known)
  return { workspace: sound.workspace, issues: [...parsed.issues, ...sound.issues] }
}

/** The groups whose limits the issues are about; null: something else is wrong, too. */
function groupsWithIssues(value: unknown, issues: readonly Issue[]): ReadonlySet<string> | null {
  const groups = new Set<string>()
  const places = Object.keys(groupsOf(value)).map((name) => ({ name, place: `${formatPath(['groups', name])}.` }))
  for (const { path } of issues) {
    const found = places.find(({ place }) => path.startsWith(place))
    if (found === undefined) return null
    groups.add(found.name)
  }
  return groups
}

function withLimitsOf(value: unknown, broken: ReadonlySet<string>, last: Workspace): unknown {
  const groups = groupsOf(value)
  const gone = Object.keys(last.groups).filter((name) => !Object.hasOwn(groups, name))
  const come = Object.keys(groups).filter((name) => !Object.hasOwn(last.groups, name))
  // One name for another is a rename, which must not set the group free.
  const renamed = gone.length === 1 && come.length === 1 ? gone[0] : undefined
  const lastLimits = (name: string): Limits => {
    const was = Object.hasOwn(last.groups, name) ? name : renamed
    return (was === undefined ? undefined : last.groups[was]) ?? {}
  }
  return {
    ...(value as object), // it has groups
    groups: Object.fromEntries(
      Object.entries(groups).map(([name, limits]) => [name, broken.has(name) ? lastLimits(name) : limits]),
    ),
  }
}

function groupsOf(value: unknown): object {
  const groups = typeof value === 'object' && value !== null && 'groups' in value ? value.groups : null
  return typeof groups === 'object' && groups !== null ? groups : {}
}
