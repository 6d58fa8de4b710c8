import { blockSetIoThrottle, blockUnthrottle, type QmpCommand } from '#shared/qemu/qmp-commands.ts'
import { equalLimits } from '#shared/throttle/limits.ts'
import { limitsOf, type Placed, type Side } from './qmp-change-sides.ts'
import type { LegacyGroups } from './qmp-legacy-groups.ts'

/** Where in a change (see qmp-change.ts) the calls of its legacy disks go. */
export interface LegacyPlan {
  readonly groups: LegacyGroups
  readonly limits: QmpCommand[]
  readonly out: QmpCommand[]
  readonly moves: QmpCommand[]
  readonly leaves: QmpCommand[]
  readonly back: QmpCommand[]
}

/** Every disk in its own call; one member that neither comes nor goes speaks for a group whose limits alone change. */
export function planLegacy(plan: LegacyPlan, from: Side, to: Side, groupName: (group: string) => string): void {
  const { emptied } = plan.groups
  const carried = new Set<string>(to.objects)
  const staying: Placed[] = []
  for (const [target, placed] of to.legacy) {
    const old = from.legacy.get(target)?.group ?? null
    if (old !== placed.group || (old !== null && emptied.has(old))) planMove(plan, old, placed, to, groupName)
    else if (old !== null) staying.push(placed)
    if (old !== placed.group && placed.group !== null) carried.add(placed.group)
  }
  for (const { names, group } of staying) {
    if (group === null || carried.has(group)) continue
    carried.add(group)
    const limits = limitsOf(to.workspace, group)
    if (equalLimits(limits, limitsOf(from.workspace, group))) continue
    plan.limits.push(blockSetIoThrottle(names.target, limits, groupName(group)))
  }
  for (const [target, { names, group }] of from.legacy) {
    if (group === null || to.legacy.has(target)) continue
    const leaves = emptied.has(group) ? plan.out : plan.leaves
    leaves.push(blockUnthrottle(names.target))
  }
}

function planMove(
  { groups, out, moves, leaves, back }: LegacyPlan,
  old: string | null,
  { names, group }: Placed,
  to: Side,
  groupName: (group: string) => string,
): void {
  const mustLeave = old !== null && groups.emptied.has(old)
  if (group === null) {
    const calls = mustLeave ? out : leaves
    calls.push(blockUnthrottle(names.target))
    return
  }
  const join = blockSetIoThrottle(names.target, limitsOf(to.workspace, group), groupName(group))
  const mustWait = groups.emptied.has(group)
  if (mustLeave && !mustWait) {
    out.push(join)
    return
  }
  // Where it goes is not there yet: it waits outside for that.
  if (mustLeave) out.push(blockUnthrottle(names.target))
  const calls = groups.bare.has(group) ? back : moves
  calls.push(join)
}
