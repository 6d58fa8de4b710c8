import { placeDifferences, placeWords } from '#main/libvirt/three-places.ts'
import type { QemuPlan } from '#shared/ipc/contract.ts'
import { listed } from '#shared/listed.ts'
import { formatVmCommand, isQmCommand } from '#shared/qemu/vm-command.ts'
import { type Limits, NO_LIMITS } from '#shared/throttle/limits.ts'
import { findStarvation } from '#shared/throttle/starvation.ts'
import { type Change, describeChanges } from '#shared/workspace/changes.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { type Aim, findAim } from './aim.ts'
import type { AimInput } from './aim-parts.ts'
import { captureWorkspace } from './capture.ts'
import { backendAim, type DiskAim, endsIn, filterMoves, joins, releases, stays } from './disk-aim.ts'
import { findGroup, type Picture } from './picture.ts'
import { planSteps } from './plan-steps.ts'
import type { PlanStep } from './steps.ts'
import { refusalOf } from './vm-status.ts'

/** What Apply would do, and how to tell afterwards whether it took. */
export interface Plan {
  readonly steps: readonly PlanStep[]
  readonly changes: readonly Change[]
  readonly warnings: readonly string[]
  readonly impossible: readonly string[]
  /** The VM as it should be found afterwards. */
  readonly aim: Workspace
  /** The names in `aim` that the plan is about; of others nothing is expected. */
  readonly touched: { readonly groups: ReadonlySet<string>; readonly devices: ReadonlySet<string> }
}

export const EMPTY_QEMU_PLAN: QemuPlan = { changes: [], commands: [], warnings: [], impossible: [] }

export function makePlan(input: AimInput): Plan {
  const { picture } = input
  const aim = findAim(input)
  const planned = planSteps(aim, picture)
  const refusal = planned.steps.length === 0 ? null : refusalOf(picture.status)
  const steps = refusal === null ? planned : { ...planned, steps: [], warnings: [], impossible: [refusal] }
  const before = captureWorkspace(picture, input.desired.name)
  const after = workspaceAfter(before, aim, steps.kept)
  // That an empty group is forgotten is a warning: the user changed something else.
  const shown = workspaceAfter(before, aim, new Set([...steps.kept, ...steps.forgotten]))
  const changes = describeChanges(before, shown)
  return {
    steps: steps.steps,
    changes,
    warnings:
      refusal !== null
        ? []
        : [
            ...emptiedWarning(steps.steps),
            ...releaseWarnings(aim, picture),
            ...orphanWarnings(aim),
            ...starvationWarnings(aim),
            ...aim.warnings,
            ...steps.warnings,
          ],
    impossible: [...aim.impossible, ...steps.impossible],
    aim: after,
    touched: {
      groups: new Set([...aim.groups.values()].filter((group) => isTouched(group, aim)).map(({ name }) => name)),
      devices: new Set(aim.disks.filter((disk) => !stays(disk)).map(({ disk }) => disk.id)),
    },
  }
}

/** As it crosses to the window. */
export function qemuPlan(plan: Plan): QemuPlan {
  const { changes, warnings, impossible } = plan
  return { changes, commands: plan.steps.map(({ command }) => formatVmCommand(command)), warnings, impossible }
}

function isTouched(group: { readonly name: string; readonly changed: readonly string[] }, aim: Aim): boolean {
  return group.changed.length > 0 || aim.disks.some((disk) => joins(disk, group.name))
}

function workspaceAfter(before: Workspace, aim: Aim, kept: ReadonlySet<string>): Workspace {
  const groups = [...aim.groups.values()].filter(({ name }) => kept.has(name))
  const to = new Map(aim.disks.map((disk) => [disk.disk.id, disk.to]))
  return {
    ...before,
    groups: Object.fromEntries(groups.map(({ name, limits }): [string, Limits] => [name, limits ?? NO_LIMITS])),
    devices: before.devices.map((device) => ({ ...device, groups: to.get(device.id) ?? device.groups })),
  }
}

function emptiedWarning(steps: readonly PlanStep[]): readonly string[] {
  const groups = [...new Set(steps.flatMap(({ empties }) => empties ?? []))]
  if (groups.length === 0) return []
  const may = groups.length === 1 ? 'it may' : groups.length === 2 ? 'both may' : 'all may'
  return [`Applying empties the buckets of ${listed(groups)}: ${may} burst again.`]
}

/** Who lets waiting requests go. */
function releaseWarnings(aim: Aim, { reopenDrains }: Picture): readonly string[] {
  const leaving = aim.disks.filter(releases)
  const reopened = leaving.filter((disk) => filterMoves(disk).length > 0)
  if (reopenDrains !== 'whole-vm') {
    return [...leavingWarning(leaving), ...(reopenDrains === 'unknown' ? perhapsDrainedWarning(reopened) : [])]
  }
  return [...leavingWarning(leaving.filter((disk) => !reopened.includes(disk))), ...drainedWarning(reopened)]
}

function leavingWarning(leaving: readonly DiskAim[]): readonly string[] {
  if (leaving.length === 0) return []
  const disks = listed(leaving.map(({ disk }) => disk.id))
  return [
    `Waiting requests of ${disks} are let go at once when ${leaving.length === 1 ? 'it leaves its group' : 'they leave their groups'}.`,
  ]
}

/** There is no other way: a filter over the disk's node, put in its place, would drain the VM as well. */
function drainedWarning(reopened: readonly DiskAim[]): readonly string[] {
  if (reopened.length === 0) return []
  const moved = reopened.length === 1 ? 'a filter moves' : 'filters move'
  return [
    `When ${moved} (${filtersOf(reopened)}), all waiting requests of this VM, of every disk, are let go at once: QEMU 10 and newer drain the whole VM to reopen a node. They are charged to their groups, which then let nothing go until that has leaked.`,
  ]
}

function perhapsDrainedWarning(reopened: readonly DiskAim[]): readonly string[] {
  if (reopened.length === 0) return []
  return [
    `When filters move (${filtersOf(reopened)}), waiting requests of other disks may be let go at once too: QEMU 10 and newer drain the whole VM to reopen a node, and from exactly which version on is not known.`,
  ]
}

function filtersOf(reopened: readonly DiskAim[]): string {
  return listed(reopened.flatMap((disk) => filterMoves(disk).map(({ filter }) => filter.node)))
}

/** A group without an object that only filters are left in: QEMU has no command that shows or changes its limits. */
function orphanWarnings(aim: Aim): readonly string[] {
  return [...aim.groups.values()].flatMap(({ name, now }) => {
    if (now === undefined || now.isObject || now.limits === null) return []
    const members = aim.disks.filter((disk) => endsIn(disk, name))
    if (members.length === 0 || members.some((disk) => backendAim(disk) === name)) return []
    return [`${name} has no object, and only filters stay in it: QEMU will then neither report nor change its limits.`]
  })
}

function starvationWarnings(aim: Aim): readonly string[] {
  return [...aim.groups.values()].flatMap((group) => {
    if (group.limits === null || !isTouched(group, aim)) return []
    const members = aim.disks.filter((disk) => endsIn(disk, group.name)).map(({ disk }) => disk.id)
    const loads = members.map((id) => ({ id, outstanding: null, readShare: 0.5 }))
    return findStarvation(group.limits, loads).map(({ message }) => `${group.name}: ${message}`)
  })
}

/** What of the plan is not true of the VM, in sentences; empty: everything took. `picture` has the plan's names. */
export function unfulfilled(plan: Plan, picture: Picture): readonly string[] {
  const found = captureWorkspace(picture, plan.aim.name)
  // Of a group whose limits QEMU does not report (see orphanWarnings) nothing can be said.
  const groups = [...plan.touched.groups].filter(
    (name) => Object.hasOwn(plan.aim.groups, name) && findGroup(picture, name)?.limits !== null,
  )
  const present = groups.filter((name) => findGroup(picture, name) !== undefined)
  const only = (workspace: Workspace, names: readonly string[]): Workspace => ({
    ...workspace,
    groups: Object.fromEntries(names.map((name) => [name, workspace.groups[name] ?? NO_LIMITS])),
    devices: workspace.devices.filter((device) => plan.touched.devices.has(device.id)),
  })
  const live = describeChanges(only(plan.aim, groups), only(found, present)).map(
    ({ subject, from, to }) => `${subject}: should be ${from}, is ${to}`,
  )
  // Proxmox was to keep it in the VM's configuration as well.
  const isKept = picture.proxmox !== undefined && plan.steps.some(({ command }) => isQmCommand(command))
  return isKept ? [...live, ...placeDifferences(picture).map(placeWords)] : live
}
