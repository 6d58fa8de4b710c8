import { libvirtSteps } from '#main/libvirt/libvirt-steps.ts'
import { proxmoxSteps } from '#main/proxmox/proxmox-steps.ts'
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
import type { Aim } from './aim.ts'
import type { GroupAim } from './aim-parts.ts'
import { backendAim, type DiskAim, endsIn, filterMoves, joins, stays } from './disk-aim.ts'
import { backendGroup, type Picture, type PictureDisk } from './picture.ts'
import { remainingGroups } from './remaining-groups.ts'
import type { PlanStep, Steps } from './steps.ts'

// From what should be true to the commands, in an order that is never worse than what was and what will be:
//
//   new group objects → limits → moves of filters → disks that join and leave by limits of their own → objects that are gone
//
// But a disk whose own limits leave the group that a filter of it moves to leaves first: QEMU 11.1 ends itself when the outer
// of two levels in one group leaves it.
//
// Limits come before moves, so that a disk never joins with the old ones. A legacy group has no object: its limits travel
// with the call of one member, and a disk that moves in carries them anyway, so that no call is made twice: each empties
// the group's buckets.
//
// Limits of a disk's own come and go without a word to others. A filter is reopened only where it changes its group; a QEMU
// that drains the whole VM for that reopens all of them at once.

export function planSteps(aim: Aim, picture: Picture): Steps {
  if (picture.libvirt) return libvirtSteps(aim, picture, picture.libvirt)
  if (picture.proxmox?.writesConfig) return proxmoxSteps(aim, picture.proxmox)
  const impossible: string[] = []
  const warnings: string[] = []
  const usesObjects = picture.daemon || picture.groups.some((group) => group.isObject)
  const movers = aim.disks.filter((disk) => !stays(disk))
  // Where nothing is lost by it: a group without an object is gone when its last member leaves.
  const leavers = picture.reopenDrains === 'its-disk' ? [] : movers.filter(isFollowedByFilter)
  const others = movers.filter((mover) => !leavers.includes(mover))
  const made = newGroups(aim, { movers, usesObjects, warnings })
  const nameInQemu = (name: string): string => {
    const now = aim.groups.get(name)?.now
    if (now) return now.qemuName
    return made.has(name) ? objectNameOf(name) : name
  }
  const steps: readonly PlanStep[] = [
    ...[...made].map((name) => ({
      command: objectAddGroup(objectNameOf(name), aim.groups.get(name)?.limits ?? NO_LIMITS),
      into: [],
      makes: name,
      empties: null,
    })),
    ...[...aim.groups.values()].flatMap((group) => limitSteps(group, { aim, movers, impossible })),
    ...ownSteps(leavers, aim, nameInQemu),
    ...reopenSteps(movers, picture, nameInQemu),
    ...ownSteps(others, aim, nameInQemu),
    ...aim.removed.map((group) => step(objectDel(group.qemuName))),
  ]
  const remaining = remainingGroups(aim, picture, made)
  return { ...remaining, steps, impossible, warnings: [...warnings, ...remaining.warnings] }
}

function step(
  command: QmpCommand,
  { into = [], empties = null }: { readonly into?: readonly string[]; readonly empties?: string | null } = {},
): PlanStep {
  return { command, makes: null, into, empties }
}

interface Planning {
  readonly movers: readonly DiskAim[]
  readonly impossible: string[]
  readonly warnings: string[]
}

/** New groups that need an object: filters join objects only, and an empty group can be nothing else. */
function newGroups(
  aim: Aim,
  { movers, usesObjects, warnings }: Omit<Planning, 'impossible'> & { readonly usesObjects: boolean },
): ReadonlySet<string> {
  const made = new Set<string>()
  for (const group of aim.groups.values()) {
    if (group.now) continue
    const coming = movers.filter((mover) => joins(mover, group.name))
    if (
      coming.some((mover) => filterMoves(mover).some(({ to }) => to === group.name)) ||
      (coming.length === 0 && group.made && usesObjects)
    ) {
      made.add(group.name)
    } else if (coming.length === 0 && group.made) {
      warnings.push(`${group.name} has no disks yet: QEMU makes it with its first one.`)
    }
  }
  return made
}

function limitSteps(
  group: GroupAim,
  { aim, movers, impossible }: Omit<Planning, 'warnings'> & { readonly aim: Aim },
): PlanStep[] {
  const { name, now, limits, changed } = group
  if (now === undefined || limits === null || changed.length === 0) return []
  if (now.isObject) {
    const values = Object.fromEntries(changed.map((key) => [key, limitOf(limits, key)]))
    return [step(qomMergeLimits(now.qemuName, values), { empties: name })]
  }
  const final = aim.disks.filter((disk) => endsIn(disk, name))
  const carried = movers.some((mover) => backendAim(mover) === name && backendGroup(mover.disk) !== name)
  if (carried || final.length === 0) return []
  const carrier = final.find((disk) => backendAim(disk) === name && backendGroup(disk.disk) === name)
  if (carrier?.disk.target && hasAnyLimit(limits)) {
    return [
      step(blockSetIoThrottle(carrier.disk.target, canonicalLimits(limits), now.qemuName), {
        empties: name,
      }),
    ]
  }
  impossible.push(
    `${name}: it has no object, and no disk with limits of its own is in it, so no command of QEMU reaches its limits.`,
  )
  return []
}

function reopenSteps(
  movers: readonly DiskAim[],
  { reopenDrains }: Picture,
  nameInQemu: (name: string) => string,
): readonly PlanStep[] {
  const moves = movers
    .map((mover) =>
      filterMoves(mover).flatMap((move) => (move.filter.file === null ? [] : [{ ...move, file: move.filter.file }])),
    )
    .filter(({ length }) => length > 0)
  // All or none: where each of them would drain the whole VM, once is enough.
  const together = reopenDrains === 'whole-vm' && moves.length > 0 ? [moves.flat()] : moves
  return together.map((each) => {
    const nodes = each.map(({ filter, to, file }) => ({
      filter: filter.node,
      group: nameInQemu(to),
      file,
      keep: filter.keep,
    }))
    return step(blockdevReopen(nodes), { into: [...new Set(each.map(({ to }) => to))] })
  })
}

/** A filter of the disk moves to the group that its own limits leave. */
function isFollowedByFilter(mover: DiskAim): boolean {
  const now = backendGroup(mover.disk)
  return now !== backendAim(mover) && filterMoves(mover).some(({ to }) => to === now)
}

/** Limits of their own: those that come, then those that go. */
function ownSteps(movers: readonly DiskAim[], aim: Aim, nameInQemu: (name: string) => string): readonly PlanStep[] {
  const joins = movers.flatMap((mover) => joinSteps(mover, aim, nameInQemu))
  const leaves = movers.flatMap((mover) =>
    backendGroup(mover.disk) !== null && backendAim(mover) === null && mover.disk.target
      ? [step(blockUnthrottle(mover.disk.target))]
      : [],
  )
  return [...joins, ...leaves]
}

function joinSteps(mover: DiskAim, aim: Aim, nameInQemu: (name: string) => string): readonly PlanStep[] {
  const { disk } = mover
  const own = backendAim(mover)
  const group = own === null ? undefined : aim.groups.get(own)
  if (own === null || own === backendGroup(disk) || disk.target === null || group?.limits == null) return []
  const command = blockSetIoThrottle(disk.target, canonicalLimits(group.limits), ownName(disk, own, nameInQemu(own)))
  return [step(command, { into: [own], empties: group.now ? own : null })]
}

/** Proxmox leaves the group of a drive's own limits its drive's name: one that is made again gets that, too. */
function ownName(disk: PictureDisk, own: string, name: string): string {
  const isProxmoxs = disk.managedBy === 'proxmox' && own === disk.id && name === own
  return isProxmoxs ? (disk.drive ?? name) : name
}
