import { LIMIT_KEYS, type Limits, limitOf, NO_LIMITS } from '#shared/throttle/limits.ts'
import { firstBreach } from '#shared/throttle/rules.ts'
import { findDevice, type Workspace } from '#shared/workspace/workspace.ts'
import type { AimInput, GroupAim } from './aim-parts.ts'
import { type DiskAim, diskAim, endsIn } from './disk-aim.ts'
import { findGroup, type PictureGroup } from './picture.ts'

// What should be true of the VM, as far as the user wants it otherwise than it is.
//
//   base ── the user edits ──▶ desired        Only where desired differs from base has the user decided something. Everything
//     └──── the world turns ─▶ picture     else stays as the picture shows it, even where others have changed it.

export interface Aim {
  readonly groups: ReadonlyMap<string, GroupAim>
  readonly disks: readonly DiskAim[]
  /** Group objects the user took away. */
  readonly removed: readonly PictureGroup[]
  readonly impossible: readonly string[]
  readonly warnings: readonly string[]
}

export function findAim(input: AimInput): Aim {
  const impossible: string[] = []
  const warnings: string[] = []
  const groups = new Map(groupNames(input).map((name) => [name, groupAim(input, name, impossible)] as const))
  const disks = input.picture.disks.map((disk) => diskAim(input, { disk, groups, impossible, warnings }))
  impossible.push(...strangers(input))
  const removed = removedGroups(input, disks, impossible)
  return { groups, disks, removed, impossible, warnings }
}

function groupNames({ picture, desired }: AimInput): readonly string[] {
  return [...new Set([...Object.keys(desired.groups), ...picture.groups.map(({ name }) => name)])]
}

function limitsIn(workspace: Workspace, name: string): Limits | undefined {
  return Object.hasOwn(workspace.groups, name) ? workspace.groups[name] : undefined
}

function groupAim(
  { picture, base, desired: workspace, scope }: AimInput,
  name: string,
  impossible: string[],
): GroupAim {
  const now = findGroup(picture, name)
  const desired = limitsIn(workspace, name)
  const before = limitsIn(base, name)
  const made = scope === 'edit' && desired !== undefined && before === undefined && now === undefined
  const about = {
    name,
    now,
    made,
    inDesired: desired !== undefined,
    persists: scope === 'file' && desired !== undefined,
  }
  if (desired === undefined) return { ...about, limits: now?.limits ?? null, changed: [] }
  if (now === undefined) return { ...about, limits: desired, changed: [] }
  const decided = LIMIT_KEYS.filter((key) => before === undefined || limitOf(desired, key) !== limitOf(before, key))
  if (now.limits === null) {
    const limits = decided.length > 0 ? desired : null
    return { ...about, limits, changed: limits === null ? [] : decided }
  }
  const changed = decided.filter((key) => limitOf(desired, key) !== limitOf(now.limits ?? NO_LIMITS, key))
  const limits = { ...now.limits, ...Object.fromEntries(changed.map((key) => [key, limitOf(desired, key)])) }
  const breach = firstBreach(limits)
  if (changed.length === 0 || breach === null) return { ...about, limits, changed }
  impossible.push(`${name}: together with what the VM has now, QEMU would refuse it: ${breach.text}; ${breach.advice}.`)
  return { ...about, limits: now.limits, changed: [] }
}

/** Devices of the desired workspace that are no disks of the VM. */
function strangers({ picture, base, desired, scope }: AimInput): readonly string[] {
  const known = new Set(picture.disks.map((disk) => disk.id))
  return desired.devices
    .filter(({ id }) => !known.has(id) && (scope === 'file' || findDevice(base, id) === undefined))
    .map(({ id }) => `${id} is not a disk of this VM, and Weir never plugs disks in.`)
}

function removedGroups(
  { picture, base, desired, scope }: AimInput,
  disks: readonly DiskAim[],
  impossible: string[],
): readonly PictureGroup[] {
  if (scope === 'file') return []
  const gone = picture.groups.filter(
    ({ name }) => limitsIn(base, name) !== undefined && limitsIn(desired, name) === undefined,
  )
  return gone.filter((group) => {
    const member = disks.find((aim) => endsIn(aim, group.name))
    if (member) impossible.push(`${group.name} cannot be removed: ${member.disk.id} is still in it.`)
    return member === undefined && group.isObject
  })
}
