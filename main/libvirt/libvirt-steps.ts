import { objectNameOf } from '#main/live/adopt-names.ts'
import type { Aim } from '#main/live/aim.ts'
import type { GroupAim } from '#main/live/aim-parts.ts'
import { backendAim, type DiskAim, endsIn, joins, stays } from '#main/live/disk-aim.ts'
import {
  backendGroup,
  type LibvirtFacts,
  type Picture,
  type PictureDisk,
  type PictureGroup,
} from '#main/live/picture.ts'
import { remainingGroups } from '#main/live/remaining-groups.ts'
import type { PlanStep, Steps } from '#main/live/steps.ts'
import { assert } from '#shared/assert.ts'
import { VIRSH_KEYS } from '#shared/formats/limit-names.ts'
import {
  BUCKETS,
  equalLimits,
  hasAnyLimit,
  LIMIT_KEYS,
  type LimitKey,
  type Limits,
  lengthKey,
  limitOf,
  maxKey,
  NO_LIMITS,
} from '#shared/throttle/limits.ts'

// From what should be true to commands of virsh. libvirt itself tells QEMU, so it never re-sends something older.
//
//   blkdeviotune          one disk: its group, and the limits of the whole group for all its members
//   domthrottlegroupset   a <throttlegroup>; which disks pass through it is said where they are attached
//
// Both get all 19 values: what is not named would be reset with its category by the first, and stay with the second.

export function libvirtSteps(aim: Aim, picture: Picture, facts: LibvirtFacts): Steps {
  const warnings: string[] = []
  const writer = new Writer(facts)
  const movers = aim.disks.filter((disk) => !stays(disk))
  const groups = [...aim.groups.values()]
  const empty = groups.filter(
    ({ name, now, made }) => now === undefined && made && !movers.some((each) => joins(each, name)),
  )
  // Where disks pass <throttlefilters> a group may stand without disks, as long as it has limits.
  const usesObjects = picture.groups.some(({ isObject }) => isObject)
  const made = empty.filter(({ limits }) => usesObjects && limits !== null && hasAnyLimit(limits))
  for (const group of empty) {
    if (made.includes(group)) continue
    const why = usesObjects
      ? 'has no limits: libvirt does not keep a group without any'
      : 'has no disks yet: libvirt makes it with its first one'
    warnings.push(`${group.name} ${why}.`)
  }
  const steps = [
    ...made.map((group) => writer.makeGroup(group)),
    ...groups.flatMap((group) => groupSteps(group, { aim, movers, writer })),
    ...movers.flatMap((mover) => moveSteps(mover, aim, writer)),
    ...aim.removed.map((group) => writer.step(['domthrottlegroupdel', facts.domain, group.qemuName])),
    ...groups.flatMap((group) => nextStartSteps(group, { aim, movers, facts, writer })),
  ]
  const remaining = remainingGroups(
    aim,
    picture,
    made.map(({ name }) => name),
  )
  return { ...remaining, steps, impossible: [], warnings: [...warnings, ...remaining.warnings] }
}

interface Planning {
  readonly aim: Aim
  readonly movers: readonly DiskAim[]
  readonly writer: Writer
}

/** The limits of a group that stays. */
function groupSteps(group: GroupAim, { aim, movers, writer }: Planning): readonly PlanStep[] {
  const { name, now, limits, changed } = group
  if (now === undefined || limits === null || changed.length === 0) return []
  if (now.isObject) return [writer.setGroup(now, limits)]
  const carried = movers.some((mover) => backendAim(mover) === name)
  const carrier = aim.disks.find((disk) => backendAim(disk) === name && backendGroup(disk.disk) === name)
  if (carried || carrier === undefined || !hasAnyLimit(limits)) return []
  return [writer.tune(carrier.disk, limits, { group: now.qemuName, empties: name })]
}

function moveSteps(mover: DiskAim, aim: Aim, writer: Writer): readonly PlanStep[] {
  const { disk } = mover
  const to = backendAim(mover)
  const group = to === null ? undefined : aim.groups.get(to)
  if (to === null) return [writer.tune(disk, NO_LIMITS, { group: null, empties: null })]
  if (group?.limits == null) return []
  return [writer.tune(disk, group.limits, { group: group.now?.qemuName ?? to, empties: group.now ? to : null })]
}

/**
 * What runs is as desired and the next start is not: of groups that the user names. A command that is sent anyway writes the
 * next start too.
 */
function nextStartSteps(
  group: GroupAim,
  { aim, movers, facts, writer }: Planning & { readonly facts: LibvirtFacts },
): readonly PlanStep[] {
  const { name, now, limits, changed, persists } = group
  if (!facts.writesConfig || facts.next === null || !persists || limits === null || now === undefined) return []
  const { next } = facts
  if (now.isObject) {
    const stored = next.groups[now.qemuName]
    if (changed.length > 0 || (stored && equalLimits(stored, limits))) return []
    return [writer.setGroup(now, limits, 'next-start')]
  }
  const isWritten = changed.length > 0 || movers.some((mover) => backendAim(mover) === name)
  return aim.disks
    .filter((disk) => backendAim(disk) === name && backendGroup(disk.disk) === name)
    .filter(({ disk }) => {
      const stored = next.disks[targetOf(disk)]?.iotune
      const isMember = stored != null && (stored.group === now.qemuName || isAlone(aim, name))
      return !isMember || (!isWritten && !equalLimits(stored.limits, limits))
    })
    .map(({ disk }) => writer.tune(disk, limits, { group: now.qemuName, empties: null }, 'next-start'))
}

/** libvirt's own name of the disk, whatever the workspace calls it. */
function targetOf({ countersKey }: PictureDisk): string {
  assert(countersKey !== null, 'libvirt counts every disk, by its target')
  return countersKey
}

/** A group of one disk may have no name in the XML. */
function isAlone(aim: Aim, name: string): boolean {
  return aim.disks.filter((disk) => endsIn(disk, name)).length === 1
}

/** Writes commands, for what runs and, where the user wants it, for the next start. */
class Writer {
  readonly #facts: LibvirtFacts

  constructor(facts: LibvirtFacts) {
    this.#facts = facts
  }

  step(
    words: readonly string[],
    about: { readonly empties?: string | null; readonly makes?: string } = {},
    when: 'live' | 'next-start' = 'live',
  ): PlanStep {
    const flags = when === 'next-start' ? ['--config'] : this.#facts.writesConfig ? ['--live', '--config'] : ['--live']
    const { empties = null, makes = null } = about
    const command = { connect: this.#facts.uri, virsh: [...words, ...flags] }
    return { command, into: [], makes, empties }
  }

  tune(
    disk: PictureDisk,
    limits: Limits,
    { group, empties }: { readonly group: string | null; readonly empties: string | null },
    when?: 'live' | 'next-start',
  ): PlanStep {
    const name = group === null || !hasAnyLimit(limits) ? [] : ['--group-name', group]
    return this.step(
      ['blkdeviotune', this.#facts.domain, targetOf(disk), ...name, ...valuesOf(limits)],
      { empties },
      when,
    )
  }

  /** A <throttlegroup> that no disk passes yet. */
  makeGroup({ name, limits }: GroupAim): PlanStep {
    const words = ['domthrottlegroupset', this.#facts.domain, objectNameOf(name), ...valuesOf(limits ?? NO_LIMITS)]
    return this.step(words, { makes: name })
  }

  setGroup(group: PictureGroup, limits: Limits, when?: 'live' | 'next-start'): PlanStep {
    const words = ['domthrottlegroupset', this.#facts.domain, group.qemuName, ...valuesOf(limits)]
    return this.step(words, { empties: when === 'next-start' ? null : group.name }, when)
  }
}

function valuesOf(limits: Limits): readonly string[] {
  return LIMIT_KEYS.flatMap((key) => [VIRSH_KEYS[key], String(sentValue(limits, key))])
}

/** libvirt refuses a length beside no burst; 0 clears what was there. */
function sentValue(limits: Limits, key: LimitKey): number {
  const bucket = BUCKETS.find((each) => lengthKey(each) === key)
  return bucket !== undefined && limitOf(limits, maxKey(bucket)) === 0 ? 0 : limitOf(limits, key)
}
