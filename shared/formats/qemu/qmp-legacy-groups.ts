import { listNames } from '../losses.ts'
import type { Side } from './qmp-change-sides.ts'

// What a group is in QEMU follows from its workspace alone, whatever came before: an object, or, where it has only members
// by `block_set_io_throttle`, a name that lives by them. A change keeps to that, since the next one knows no more than
// the two workspaces, and QEMU refuses an object of a name that is in use as well as the deletion of a used one.
// Where a group turns from the one into the other, all who are in it leave first and those who stay come back.

export interface LegacyGroups {
  /** Lived by their members alone; made again as objects when all have left. */
  readonly ending: ReadonlySet<string>
  /** Were objects; live on by the `block_set_io_throttle` members who come when the object is gone. */
  readonly bare: ReadonlySet<string>
  /** Members of these leave before anything else: those above, and objects that are no longer wanted at all. */
  readonly emptied: ReadonlySet<string>
  /** Those above whose members are to come back. */
  readonly back: ReadonlySet<string>
}

export function legacyGroups(from: Side, to: Side): LegacyGroups {
  const gone = [...from.objects].filter((group) => !to.objects.has(group))
  const bare = new Set(gone.filter((group) => Object.hasOwn(to.workspace.groups, group)))
  const ending = new Set<string>()
  const back = new Set<string>()
  for (const [target, { group }] of from.legacy) {
    if (group === null) continue
    if (!from.objects.has(group) && to.objects.has(group)) ending.add(group)
    if ((ending.has(group) || bare.has(group)) && to.legacy.get(target)?.group === group) back.add(group)
  }
  return { ending, bare, emptied: new Set([...ending, ...gone]), back }
}

export function legacyNotes({ ending, bare, back }: LegacyGroups): readonly string[] {
  const notes = []
  if (ending.size > 0) {
    const [goes, makes] = ending.size === 1 ? ['goes with its last disk', 'it'] : ['go with their last disks', 'them']
    notes.push(
      `${listNames([...ending])} ${goes}, being made by block_set_io_throttle; object-add makes ${makes} again, as an object with empty buckets.`,
    )
  }
  if (bare.size > 0) {
    const [gives, its] = bare.size === 1 ? ['gives up its object', 'its'] : ['give up their objects', 'their']
    notes.push(
      `${listNames([...bare])} ${gives} and ${bare.size === 1 ? 'lives' : 'live'} by ${its} block_set_io_throttle disks alone, with empty buckets.`,
    )
  }
  if (back.size > 0) {
    notes.push(
      `QEMU makes and deletes an object only when nobody is in its group: disks of ${listNames([...back])} leave and come back, so that their waiting requests go at once.`,
    )
  }
  return notes
}
