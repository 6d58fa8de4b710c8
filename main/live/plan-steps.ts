import { libvirtSteps } from '#main/libvirt/libvirt-steps.ts'
import {
  blockdevReopen,
  blockSetIoThrottle,
  blockUnthrottle,
  objectAddGroup,
  objectDel,
  type QmpCommand,
  qomMergeLimits,
} from '#shared/qemu/qmp-commands.ts'
import { canonicalLimits, hasAnyLimit, limitOf, NO_LIMITS } from '#shared/throttle/limits.ts'
import { objectNameOf } from './adopt-names.ts'
import type { DiskGoal, Goal, GroupGoal } from './goal.ts'
import type { Picture, PictureDisk, PictureGroup } from './picture.ts'
import type { PlanStep, Steps } from './steps.ts'

// From what should be true to the commands, in an order that is never worse than what was and what will be:
//
//   new group objects → limits → moves → disks that leave → group objects that are gone
//
// Limits come before moves, so that a disk never joins with the old ones. A legacy group has no object: its limits travel
// with the call of one member, and a disk that moves in carries them anyway, so that no call is made twice: each empties
// the group's buckets.

export function planSteps(goal: Goal, picture: Picture): Steps {
  if (picture.libvirt) return libvirtSteps(goal, picture, picture.libvirt)
  const impossible: string[] = []
  const warnings: string[] = []
  const usesObjects = picture.daemon || picture.groups.some((group) => group.isObject)
  const movers = goal.disks.filter(({ disk, to }) => to !== disk.group)
  const made = newGroups(goal, { movers, usesObjects, warnings })
  const nameInQemu = (name: string): string => {
    const now = goal.groups.get(name)?.now
    if (now) return now.qemuName
    return made.has(name) ? objectNameOf(name) : name
  }
  const steps: readonly PlanStep[] = [
    ...[...made].map((name) => ({
      command: objectAddGroup(objectNameOf(name), goal.groups.get(name)?.limits ?? NO_LIMITS),
      into: null,
      makes: name,
      empties: null,
    })),
    ...[...goal.groups.values()].flatMap((group) => limitSteps(group, { goal, movers, impossible })),
    ...movers.flatMap((mover) => moveSteps(mover, goal, nameInQemu)),
    ...movers.flatMap(({ disk, to }) =>
      to === null && disk.target ? [step(blockUnthrottle(disk.target), { into: null, empties: null })] : [],
    ),
    ...goal.removed.map((group) => step(objectDel(group.qemuName), { into: null, empties: null })),
  ]
  const kept = new Set([
    ...picture.groups
      .filter((group) => !goal.removed.includes(group))
      .filter((group) => group.isObject || goal.disks.some(({ disk, to }) => to === group.name || isBelow(disk, group)))
      .map(({ name }) => name),
    ...made,
    ...movers.flatMap(({ to }) => to ?? []),
  ])
  const forgotten = picture.groups
    .filter((group) => !kept.has(group.name) && !goal.removed.includes(group) && goal.groups.get(group.name)?.inDesired)
    .map(({ name }) => name)
  warnings.push(...forgotten.map((name) => `${name} has no disks left: QEMU forgets it and its limits.`))
  return { steps, impossible, warnings, kept, forgotten: new Set(forgotten) }
}

/** Whether a filter under the outermost one is in the group. */
function isBelow(disk: PictureDisk, group: PictureGroup): boolean {
  return disk.filters.slice(disk.style === 'filter' ? 1 : 0).some((filter) => filter.group === group.name)
}

function step(command: QmpCommand, about: { readonly into: string | null; readonly empties: string | null }): PlanStep {
  return { command, makes: null, ...about }
}

interface Planning {
  readonly movers: readonly DiskGoal[]
  readonly impossible: string[]
  readonly warnings: string[]
}

/** New groups that need an object: filters join objects only, and an empty group can be nothing else. */
function newGroups(
  goal: Goal,
  { movers, usesObjects, warnings }: Omit<Planning, 'impossible'> & { readonly usesObjects: boolean },
): ReadonlySet<string> {
  const made = new Set<string>()
  for (const group of goal.groups.values()) {
    if (group.now) continue
    const coming = movers.filter(({ to }) => to === group.name)
    if (coming.some(({ disk }) => disk.style === 'filter') || (coming.length === 0 && group.made && usesObjects)) {
      made.add(group.name)
    } else if (coming.length === 0 && group.made) {
      warnings.push(`${group.name} has no disks yet: QEMU makes it with its first one.`)
    }
  }
  return made
}

function limitSteps(
  group: GroupGoal,
  { goal, movers, impossible }: Omit<Planning, 'warnings'> & { readonly goal: Goal },
): PlanStep[] {
  const { name, now, limits, changed } = group
  if (now === undefined || limits === null || changed.length === 0) return []
  if (now.isObject) {
    const values = Object.fromEntries(changed.map((key) => [key, limitOf(limits, key)]))
    return [step(qomMergeLimits(now.qemuName, values), { into: null, empties: name })]
  }
  const final = goal.disks.filter(({ to }) => to === name)
  const carried = movers.some(({ disk, to }) => to === name && disk.style === 'legacy')
  if (carried || final.length === 0) return []
  const carrier = final.find(({ disk }) => disk.style === 'legacy' && disk.group === name)
  if (carrier?.disk.target && hasAnyLimit(limits)) {
    return [
      step(blockSetIoThrottle(carrier.disk.target, canonicalLimits(limits), now.qemuName), {
        into: null,
        empties: name,
      }),
    ]
  }
  impossible.push(
    `${name}: it has no object, and no disk with limits of its own is in it, so no command of QEMU reaches its limits.`,
  )
  return []
}

function moveSteps(mover: DiskGoal, goal: Goal, nameInQemu: (name: string) => string): readonly PlanStep[] {
  const { disk, to } = mover
  if (to === null) return []
  const group = goal.groups.get(to)
  const existing = group?.now ? to : null
  const [filter] = disk.filters
  if (disk.style === 'filter' && filter?.file != null) {
    const node = { filter: filter.node, group: nameInQemu(to), file: filter.file, keep: filter.keep }
    return [step(blockdevReopen([node]), { into: to, empties: null })]
  }
  if (disk.target === null || group?.limits == null) return []
  const command = blockSetIoThrottle(disk.target, canonicalLimits(group.limits), nameInQemu(to))
  return [step(command, { into: to, empties: existing })]
}
