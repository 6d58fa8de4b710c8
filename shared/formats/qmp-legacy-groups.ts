import { formatPath } from '../workspace/zod-issues.ts'
import type { Loss } from './format.ts'
import { listNames } from './losses.ts'
import type { Side } from './qmp-change-sides.ts'

// Groups that `block_set_io_throttle` made, by name alone, and that a change asks an object for, because filters come or
// nobody is left in them. QEMU refuses an object of a name that is in use, but such a group ends with its last member:
// if all who are in it go, it can be made again as an object; if one stays, it stays as it is, and filters join it so.

export interface LegacyGroups {
  /** All who are in it go. */
  readonly ending: ReadonlySet<string>
  readonly staying: ReadonlySet<string>
}

export function legacyGroups(from: Side, to: Side): LegacyGroups {
  const ending = new Set<string>()
  const staying = new Set<string>()
  for (const [target, { group }] of from.legacy) {
    if (group === null || from.objects.has(group) || !to.objects.has(group)) continue
    if (to.legacy.get(target)?.group === group) staying.add(group)
    else ending.add(group)
  }
  for (const group of staying) ending.delete(group)
  return { ending, staying }
}

export function endingNotes(ending: ReadonlySet<string>): readonly string[] {
  if (ending.size === 0) return []
  const [goes, makes] = ending.size === 1 ? ['goes with its last disk', 'it'] : ['go with their last disks', 'them']
  return [
    `${listNames([...ending])} ${goes}, being made by block_set_io_throttle; object-add makes ${makes} again, as an object with empty buckets.`,
  ]
}

export function objectsRefused(staying: ReadonlySet<string>): readonly Loss[] {
  return [...staying].map((group) => ({
    path: formatPath(['groups', group]),
    kind: 'dropped' as const,
    message: `${group} exists in QEMU without an object, by its block_set_io_throttle members; QEMU refuses an object of that name, so none is made: filters join it as it is, and only a member's block_set_io_throttle changes its limits`,
  }))
}
