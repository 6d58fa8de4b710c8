import {
  BUCKETS,
  type Bucket,
  canonicalLimits,
  hasAnyLimit,
  type LimitKey,
  type Limits,
  limitOf,
  maxKey,
} from '#shared/throttle/limits.ts'
import { firstBreach } from '#shared/throttle/rules.ts'
import { type Draft, notUnderstood } from '../draft.ts'
import { LIBVIRT_KEYS, VIRSH_KEYS } from '../limit-names.ts'
import { noteOverride } from '../set-limits.ts'
import type { VirshArguments } from './virsh-arguments.ts'

// What a virsh command does to the disks and groups that the commands before it left.

/** As libvirt: 0 clears; a length of 0 is none. */
function cleanLimits(limits: Limits): Limits {
  return canonicalLimits(Object.fromEntries(Object.entries(limits).filter(([, value]) => value !== 0)))
}

export function tuneDisk(draft: Draft, name: string, words: VirshArguments, path: string): void {
  const { limits, named, group } = words
  const index = draft.devices.findIndex((each) => each.id === name)
  const before = draft.devices[index]?.group ?? null
  const own = group === null || group === '' ? (before ?? name) : group
  // A group that is there holds its own values; one that is made takes the disk's along.
  const held = draft.groups.get(own) ?? draft.groups.get(before ?? '') ?? {}
  const merged = cleanLimits(mergedLimits(held, limits, named))
  const breach = firstBreach(merged)
  if (breach !== null) {
    if (index < 0) draft.devices.push({ id: name, group: null })
    notUnderstood(draft, path, `this command has no effect, since QEMU refuses it: ${breach.text}`)
    return
  }
  noteOverrides(draft, { name, held, limits, named, path })
  const throttled = hasAnyLimit(merged)
  const device = {
    id: name,
    group: throttled ? own : null,
    ...(throttled ? { qemu: { style: 'legacy' as const } } : {}),
  }
  if (index < 0) draft.devices.push(device)
  else draft.devices[index] = device
  if (throttled) draft.groups.set(own, merged)
  if (before !== null && !draft.devices.some((each) => each.group === before)) draft.groups.delete(before)
}

/** The disk stays, as one without limits. */
export function forgetLimits(draft: Draft, name: string): void {
  const index = draft.devices.findIndex((each) => each.id === name)
  const group = draft.devices[index]?.group ?? null
  if (group === null) return
  draft.devices[index] = { id: name, group: null }
  if (!draft.devices.some((each) => each.group === group)) draft.groups.delete(group)
}

/**
 * As libvirt 12.9 does it (fixtures/domthrottlegroupset-12.9.txt): categories as of a disk, but a burst is taken only beside
 * its rate in the same command, whatever rate the group has. A group may be without any limit.
 */
export function setThrottleGroup(draft: Draft, name: string, { limits, named }: VirshArguments, path: string): void {
  const held = draft.groups.get(name) ?? {}
  const merged = cleanLimits(mergedLimits(held, limits, named))
  const lonely = BUCKETS.find((bucket) => limitOf(limits, maxKey(bucket)) > 0 && limitOf(limits, bucket) === 0)
  const why = lonely === undefined ? firstBreach(merged)?.text : lonelyBurst(lonely)
  if (why !== undefined) {
    notUnderstood(draft, path, `this command has no effect, since it is refused: ${why}`)
    return
  }
  noteOverrides(draft, { name, held, limits, named, path })
  draft.groups.set(name, merged)
}

function lonelyBurst(bucket: Bucket): string {
  const name = LIBVIRT_KEYS[bucket]
  return `cannot reset '${name}' when '${name}_max' is set`
}

interface Overrides {
  readonly name: string
  readonly held: Limits
  readonly limits: Limits
  readonly named: readonly LimitKey[]
  readonly path: string
}

function noteOverrides(draft: Draft, { name, held, limits, named, path }: Overrides): void {
  for (const key of named) {
    const [from, to] = [held[key], limits[key]]
    if (from !== undefined && to !== undefined)
      noteOverride(draft, { path, what: `${name}: ${VIRSH_KEYS[key]}`, from, to: to === 0 ? null : to })
  }
}

/**
 * What holds after a command, as libvirt 9.0 and 12.9 do it: average and burst rates and burst lengths, of bytes and of
 * requests, are six categories, and the size is one more. A category of which the command names nothing stays; of one
 * that it names, what it does not name is reset.
 */
function mergedLimits(before: Limits, given: Limits, named: readonly LimitKey[]): Limits {
  const reset = new Set(named.map(categoryOf))
  const kept = Object.entries(before).filter(([key]) => !reset.has(categoryOf(key)))
  return { ...Object.fromEntries(kept), ...given }
}

/** `iops-read-max` → `iops-max`. */
function categoryOf(key: string): string {
  return key.replace(/-(total|read|write)/, '')
}
