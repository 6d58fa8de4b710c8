import { captureWorkspace } from '#main/live/capture.ts'
import { driftBetween } from '#main/live/drift.ts'
import type { Picture, PictureDisk } from '#main/live/picture.ts'
import { listed } from '#shared/listed.ts'
import { canonicalLimits, hasAnyLimit, type Limits } from '#shared/throttle/limits.ts'
import { limitIssues } from '#shared/throttle/rules.ts'
import { isIn, outermostGroup, withOutermost } from '#shared/workspace/chain.ts'
import { freeName } from '#shared/workspace/edits.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import type { Policy } from './policy.ts'
import type { PolicyRule } from './policy-rule.ts'
import { limitFor } from './scaled-limit.ts'

// What a policy asks of one VM, as a workspace of the disks it speaks of: from there on drift, plan and read-back are those
// of any workspace. Groups that already hold just the right disks keep their names.

export interface Desired {
  /** null: the policy says nothing of this VM. */
  readonly workspace: Workspace | null
  /** What the policy asks and cannot be had, in sentences. */
  readonly problems: readonly string[]
  /** Sentences: what the policy takes away that it may not mean to. */
  readonly warnings: readonly string[]
}

interface Member {
  readonly rule: PolicyRule
  readonly disks: readonly PictureDisk[]
}

export function desiredOf(
  policy: Policy,
  vm: { readonly name: string; readonly title: string | null },
  picture: Picture,
): Desired {
  const problems: string[] = []
  const groups: Record<string, Limits> = {}
  const groupOf = new Map<string, string | null>()
  const taken = new Set(picture.groups.map((group) => group.name))
  for (const { rule, disks } of membersOf(policy, vm, picture)) {
    const limits = limitsFor(rule, disks)
    const names = disks.map((disk) => disk.id).join(', ')
    if (limits === null)
      problems.push(`${names}: the size is not known, so what the policy asks per GiB is not either.`)
    const [issue] = limits === null ? [] : limitIssues(limits, '')
    if (issue) problems.push(`${names}: QEMU does not take what the policy asks: ${issue.path}: ${issue.message}.`)
    if (limits === null || issue) continue
    // A filter without limits lets everything go; taking it out would need more than that.
    const name = present(picture, disks) ?? (hasAnyLimit(limits) ? freeName(taken, disks[0]?.id ?? vm.name) : null)
    if (name !== null) {
      taken.add(name)
      groups[name] = limits
    }
    for (const disk of disks) groupOf.set(disk.id, name)
  }
  if (groupOf.size === 0) return { workspace: null, problems, warnings: [] }
  const now = captureWorkspace(picture, vm.name)
  const devices = now.devices
    .filter((device) => groupOf.has(device.id))
    .map((device) => ({ ...device, groups: withOutermost(device, groupOf.get(device.id) ?? null) }))
  return { workspace: { ...now, groups, devices }, problems, warnings: leavingWarnings(picture, groupOf) }
}

/** Disks that leave limits which they share with others: a cap that then holds less than it did. */
function leavingWarnings({ disks, groups }: Picture, groupOf: ReadonlyMap<string, string | null>): readonly string[] {
  return groups.flatMap(({ name, limits }) => {
    const members = disks.filter((disk) => outermostGroup(disk) === name).map(({ id }) => id)
    const leaving = members.filter((id) => groupOf.has(id) && groupOf.get(id) !== name)
    if (members.length < 2 || leaving.length === 0 || (limits !== null && !hasAnyLimit(limits))) return []
    const leave = `${listed(leaving)} ${leaving.length === 1 ? 'leaves' : 'leave'} ${name}`
    return [
      `${leave}, whose limits ${listed(members)} share: together they may do more then. A rule with "per": "vm" that matches all of them keeps such a cap.`,
    ]
  })
}

/** Where a VM differs from a policy; null: the policy says nothing of it. */
export function policyDrift(
  policy: Policy,
  vm: { readonly name: string; readonly title: string | null },
  picture: Picture,
): readonly string[] | null {
  const { workspace, problems } = desiredOf(policy, vm, picture)
  if (workspace === null) return problems.length > 0 ? problems : null
  const strangers = Object.keys(workspace.groups).flatMap((group) => strangersOf(workspace, picture, group))
  return [...problems, ...driftBetween(workspace, picture), ...strangers]
}

/** Disks that share the limits of a group, though the policy gives them to others. */
function strangersOf(workspace: Workspace, picture: Picture, group: string): readonly string[] {
  return picture.disks
    .filter(
      (disk) =>
        outermostGroup(disk) === group &&
        !workspace.devices.some((device) => device.id === disk.id && isIn(device, group)),
    )
    .map((disk) => `${disk.id}: shares ${group} → not in it`)
}

/** Disks that share one set of limits, in the order of the rules. */
function membersOf(
  { rules }: Policy,
  vm: { readonly name: string; readonly title: string | null },
  picture: Picture,
): readonly Member[] {
  const left = new Set(picture.disks.filter((disk) => disk.medium))
  return rules.flatMap((rule): readonly Member[] => {
    if (!rule.vms.test(vm.name) || (rule.title !== null && !rule.title.test(vm.title ?? ''))) return []
    const disks = [...left].filter((disk) => rule.disks.test(disk.id) && hasSize(rule, disk))
    for (const disk of disks) left.delete(disk)
    if (disks.length === 0) return []
    return rule.per === 'vm' ? [{ rule, disks }] : disks.map((disk) => ({ rule, disks: [disk] }))
  })
}

function hasSize({ sizeBytes }: PolicyRule, disk: PictureDisk): boolean {
  if (sizeBytes.from === 0 && sizeBytes.to === Number.POSITIVE_INFINITY) return true
  return disk.sizeBytes !== null && disk.sizeBytes >= sizeBytes.from && disk.sizeBytes < sizeBytes.to
}

/** null: a size is not known. */
function limitsFor(rule: PolicyRule, disks: readonly PictureDisk[]): Limits | null {
  const sizes = disks.map((disk) => disk.sizeBytes)
  const size = sizes.reduce<number | null>((sum, each) => (sum === null || each === null ? null : sum + each), 0)
  const limits = [...rule.limits].map(([key, limit]) => [key, limitFor(limit, size)] as const)
  if (limits.some(([, value]) => value === null)) return null
  return canonicalLimits(Object.fromEntries(limits) as Limits) // keys and values were just checked
}

/** The group that holds these disks and no other, if there is one. */
function present(picture: Picture, disks: readonly PictureDisk[]): string | null {
  const [first] = disks
  const name = first === undefined ? null : outermostGroup(first)
  if (name === null) return null
  const members = picture.disks.filter((disk) => outermostGroup(disk) === name).map((disk) => disk.id)
  return members.length === disks.length && disks.every((disk) => members.includes(disk.id)) ? name : null
}
