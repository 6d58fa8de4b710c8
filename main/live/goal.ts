import { hasAnyLimit, LIMIT_KEYS, type LimitKey, type Limits, limitOf, NO_LIMITS } from '#shared/throttle/limits.ts'
import { firstBreach } from '#shared/throttle/rules.ts'
import { outermostGroup } from '#shared/workspace/chain.ts'
import { findDevice, type Workspace } from '#shared/workspace/workspace.ts'
import { findGroup, type Picture, type PictureDisk, type PictureGroup } from './picture.ts'

// What should be true of the VM, as far as the user wants it otherwise than it is.
//
//   base ── the user edits ──▶ desired        Only where desired differs from base has the user decided something. Everything
//     └──── the world turns ─▶ picture     else stays as the picture shows it, even where others have changed it.

export interface GoalInput {
  /** With the names of `desired` (adoptNames). */
  readonly picture: Picture
  /** What the user started from. For a file on its own: the capture of the picture. */
  readonly base: Workspace
  readonly desired: Workspace
  /** edit: what is missing in `desired` but in `base` was taken away. file: what is missing is left alone. */
  readonly scope: 'edit' | 'file'
}

export interface Goal {
  readonly groups: ReadonlyMap<string, GroupGoal>
  readonly disks: readonly DiskGoal[]
  /** Group objects the user took away. */
  readonly removed: readonly PictureGroup[]
  readonly impossible: readonly string[]
  readonly warnings: readonly string[]
}

export interface GroupGoal {
  readonly name: string
  /** undefined: it is to be made. */
  readonly now: PictureGroup | undefined
  /** null: not known, and not touched. */
  readonly limits: Limits | null
  /** The keys to be changed. */
  readonly changed: readonly LimitKey[]
  /** The user made it while editing. Of a file it cannot be told, and a group left by its last disk must not come back. */
  readonly made: boolean
  /** It is in `desired`. */
  readonly inDesired: boolean
  /** What it is to be holds for the VM's next start as well: a file says so of all it names, an edit of what it changes. */
  readonly persists: boolean
}

export interface DiskGoal {
  readonly disk: PictureDisk
  /** Equal to `disk.group`: it stays. */
  readonly to: string | null
}

export function findGoal(input: GoalInput): Goal {
  const impossible: string[] = []
  const warnings: string[] = []
  const groups = new Map(groupNames(input).map((name) => [name, groupGoal(input, name, impossible)] as const))
  const disks = input.picture.disks.map((disk) => diskGoal(input, { disk, groups, impossible, warnings }))
  impossible.push(...strangers(input))
  const removed = removedGroups(input, disks, impossible)
  return { groups, disks, removed, impossible, warnings }
}

function groupNames({ picture, desired }: GoalInput): readonly string[] {
  return [...new Set([...Object.keys(desired.groups), ...picture.groups.map(({ name }) => name)])]
}

function limitsIn(workspace: Workspace, name: string): Limits | undefined {
  return Object.hasOwn(workspace.groups, name) ? workspace.groups[name] : undefined
}

function groupGoal(
  { picture, base, desired: workspace, scope }: GoalInput,
  name: string,
  impossible: string[],
): GroupGoal {
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
  impossible.push(`${name}: with what runs in the VM now QEMU would refuse it: ${breach.text}; ${breach.advice}.`)
  return { ...about, limits: now.limits, changed: [] }
}

interface DiskContext {
  readonly disk: PictureDisk
  readonly groups: ReadonlyMap<string, GroupGoal>
  readonly impossible: string[]
  readonly warnings: string[]
}

function diskGoal(input: GoalInput, context: DiskContext): DiskGoal {
  const { disk, groups, impossible, warnings } = context
  const desired = findDevice(input.desired, disk.id)
  const before = findDevice(input.base, disk.id)
  const stays: DiskGoal = { disk, to: disk.group }
  if (desired === undefined) {
    if (before !== undefined && input.scope === 'edit') {
      impossible.push(`${disk.id}: Weir unplugs no disk from a VM; it stays as it is.`)
    }
    return stays
  }
  const decided = before === undefined || outermostGroup(desired) !== outermostGroup(before)
  const target = decided ? outermostGroup(desired) : disk.group
  if (!disk.medium) {
    if (decided && target !== disk.group) {
      warnings.push(`${disk.id} has no medium: QEMU neither shows nor takes limits for it, so it is left alone.`)
    }
    return stays
  }
  const to = reachable(disk, target === null ? undefined : groups.get(target), warnings)
  if (to === disk.group) return stays
  const obstacle = obstacleTo(disk, to, groups)
  if (obstacle === null) return { disk, to }
  impossible.push(obstacle)
  return stays
}

/** QEMU keeps no device in a group by its own limits when there are none: it leaves the group. */
function reachable(disk: PictureDisk, group: GroupGoal | undefined, warnings: string[]): string | null {
  if (group === undefined) return null
  if (disk.style === 'filter' || group.limits === null || hasAnyLimit(group.limits)) return group.name
  if (group.now?.isObject && disk.group === group.name) return group.name
  if (disk.group === null) {
    warnings.push(`${group.name} has no limits: QEMU keeps ${disk.id} in no group then, which is the same to it.`)
  }
  return null
}

function obstacleTo(disk: PictureDisk, to: string | null, groups: ReadonlyMap<string, GroupGoal>): string | null {
  if (disk.managedBy === 'libvirt') {
    const isObject = to !== null && groups.get(to)?.now?.isObject === true
    if (disk.style === 'filter' || isObject) {
      return `${disk.id} cannot ${disk.style === 'filter' ? 'move' : `join ${to}`}: libvirt sets the <throttlefilters> of a disk only when it is attached. Change them with virsh edit and start the VM again.`
    }
    return null
  }
  if (disk.style === 'legacy') {
    if (disk.target === null) {
      return `${disk.id} has no throttle filter, and QEMU's storage daemon knows no other limits: put one over it when it starts.`
    }
    if (to !== null && groups.get(to)?.limits === null) {
      return `${disk.id} cannot join ${to}: its limits are not known, and joining would overwrite them.`
    }
    return null
  }
  const [filter] = disk.filters
  if (filter === undefined) return null
  if (to === null) {
    return `${disk.id} sits on filter ${filter.node}, which stays in some group as long as it runs: move it to a group without limits instead.`
  }
  if (filter.node.startsWith('#')) {
    return `${disk.id} cannot move: its filter has no node name of its own, and QEMU reopens none without.`
  }
  if (filter.file === null) return `${disk.id} cannot move: QEMU does not tell what is below its filter ${filter.node}.`
  return null
}

/** Devices of the desired workspace that are no disks of the VM. */
function strangers({ picture, base, desired, scope }: GoalInput): readonly string[] {
  const known = new Set(picture.disks.map((disk) => disk.id))
  return desired.devices
    .filter(({ id }) => !known.has(id) && (scope === 'file' || findDevice(base, id) === undefined))
    .map(({ id }) => `${id} is no disk of this VM, and Weir plugs none in.`)
}

function removedGroups(
  { picture, base, desired, scope }: GoalInput,
  disks: readonly DiskGoal[],
  impossible: string[],
): readonly PictureGroup[] {
  if (scope === 'file') return []
  const gone = picture.groups.filter(
    ({ name }) => limitsIn(base, name) !== undefined && limitsIn(desired, name) === undefined,
  )
  return gone.filter((group) => {
    const member = disks.find(({ disk, to }) => {
      const moved = to !== disk.group && disk.style === 'filter' ? 1 : 0
      return to === group.name || disk.filters.slice(moved).some((filter) => filter.group === group.name)
    })
    if (member) impossible.push(`${group.name} cannot be removed: ${member.disk.id} is still in it.`)
    return member === undefined && group.isObject
  })
}
