import type { Limits } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import { EMPTY_WORKSPACE, type ScriptStep, type Workload, type Workspace } from '#shared/workspace/workspace.ts'
import { isSame } from './is-same.ts'
import { chainNow, NO_RENAMES, nameNow, type Renames } from './renames.ts'

// The script plays on top of what the user wants: each step overrides one value of the workspace. That itself stays
// as it is, so an unrelated edit does not take a step back; editing the very value that a step has set does.

interface Overrides {
  readonly limits: ReadonlyMap<string, Limits>
  readonly groups: ReadonlyMap<string, readonly string[]>
  readonly workloads: ReadonlyMap<string, Workload>
}

/** Where the script stands. A value: each change makes a new one. */
export interface ScriptState {
  readonly desired: Workspace
  /** In the order of time. */
  readonly steps: readonly ScriptStep[]
  readonly playedCount: number
  readonly overrides: Overrides
}

const NO_OVERRIDES: Overrides = { limits: new Map(), groups: new Map(), workloads: new Map() }

export const NO_SCRIPT: ScriptState = { desired: EMPTY_WORKSPACE, steps: [], playedCount: 0, overrides: NO_OVERRIDES }

/**
 * Takes over a new workspace: values that the user has changed are the user's again; those of what was renamed are not changed
 * by that. Steps of the past are not made up for.
 */
export function withDesired(
  state: ScriptState,
  desired: Workspace,
  { renames, nowNs }: { readonly renames: Renames; readonly nowNs: number },
): ScriptState {
  const [was, is] = [valuesOf(state.desired, renames), valuesOf(desired, NO_RENAMES)]
  const before = byNewNames(state.overrides, renames)
  const overrides = {
    limits: unchanged(before.limits, was.limits, is.limits),
    groups: unchanged(before.groups, was.groups, is.groups),
    workloads: unchanged(before.workloads, was.workloads, is.workloads),
  }
  if (isSame(state.desired.script, desired.script)) return { ...state, desired, overrides }
  const steps = [...desired.script].sort((a, b) => a.atS - b.atS)
  return { desired, steps, overrides, playedCount: steps.filter((step) => step.atS * NS_PER_S < nowNs).length }
}

/** When the next step is due; Infinity: no more. */
export function nextStepNs({ steps, playedCount }: ScriptState): number {
  const step = steps[playedCount]
  return step === undefined ? Number.POSITIVE_INFINITY : Math.round(step.atS * NS_PER_S)
}

/** After the steps that are due by `nowNs`. */
export function played(state: ScriptState, nowNs: number): ScriptState {
  const limits = new Map(state.overrides.limits)
  const groups = new Map(state.overrides.groups)
  const workloads = new Map(state.overrides.workloads)
  let { playedCount } = state
  while (nextStepNs({ ...state, playedCount }) <= nowNs) {
    const step = state.steps[playedCount]!
    playedCount += 1
    if ('setLimits' in step) limits.set(step.setLimits.group, step.setLimits.limits)
    else if ('moveDevice' in step) groups.set(step.moveDevice.device, step.moveDevice.groups)
    else workloads.set(step.setWorkload.device, step.setWorkload.workload)
  }
  return { ...state, playedCount, overrides: { limits, groups, workloads } }
}

/** Back to the beginning: nothing is overridden. */
export function rewound(state: ScriptState): ScriptState {
  return { ...state, playedCount: 0, overrides: NO_OVERRIDES }
}

/** The desired workspace with what the script has changed so far. */
export function effectiveWorkspace({ desired, overrides }: ScriptState): Workspace {
  return {
    ...desired,
    groups: Object.fromEntries(
      Object.entries(desired.groups).map(([name, limits]) => [name, overrides.limits.get(name) ?? limits]),
    ),
    devices: desired.devices.map((device) => {
      const groups = overrides.groups.get(device.id)
      const isThere = groups?.every((group) => Object.hasOwn(desired.groups, group)) === true
      const workload = overrides.workloads.get(device.id) ?? device.workload
      return { ...device, groups: isThere ? groups : device.groups, workload }
    }),
  }
}

function valuesOf(workspace: Workspace, renames: Renames): Overrides {
  const { devices } = workspace
  const values = {
    limits: new Map(Object.entries(workspace.groups)),
    groups: new Map(devices.map((device) => [device.id, device.groups])),
    workloads: new Map(devices.map((device) => [device.id, device.workload])),
  }
  return byNewNames(values, renames)
}

function byNewNames({ limits, groups, workloads }: Overrides, renames: Renames): Overrides {
  const rekeyed = <T>(values: ReadonlyMap<string, T>, names: ReadonlyMap<string, string>) =>
    new Map([...values].map(([name, value]) => [nameNow(names, name), value]))
  const groupsNow = new Map([...groups].map(([id, chain]) => [id, chainNow(renames.groups, chain)]))
  return {
    limits: rekeyed(limits, renames.groups),
    groups: rekeyed(groupsNow, renames.devices),
    workloads: rekeyed(workloads, renames.devices),
  }
}

function unchanged<T>(
  overrides: ReadonlyMap<string, T>,
  before: ReadonlyMap<string, T>,
  after: ReadonlyMap<string, T>,
): ReadonlyMap<string, T> {
  return new Map([...overrides].filter(([name]) => isSame(before.get(name), after.get(name))))
}
