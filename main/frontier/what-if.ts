import type { Traces } from '#main/load/trace.ts'
import { Simulation } from '#main/simulate/simulation.ts'
import type { RunResult } from '#shared/result.ts'
import { NS_PER_S } from '#shared/units.ts'
import { isIn } from '#shared/workspace/chain.ts'
import { moveDevices } from '#shared/workspace/edits.ts'
import { type Device, findDevice, type Workspace } from '#shared/workspace/workspace.ts'

// What a move of one device to another group would change, for it and for all that share a group with it before or after.
// Both are run in the simulator; nothing is touched.

export interface WhatIfOptions {
  readonly workspace: Workspace
  readonly traces: Traces
  readonly device: string
  /** null: not throttled. */
  readonly group: string | null
  /** Virtual seconds; a recording is played to its end, if that is no more than `MOST_S`. */
  readonly durationS: number
}

export interface WhatIf {
  readonly before: RunResult
  readonly after: RunResult
}

/** About 10 ms of simulation between two steps. */
const EVENTS_PER_STEP = 20_000
const MOST_S = 3600

/** Each step does a little, so that the caller may stop. */
export function* whatIfMoved({ workspace, traces, device, group, durationS }: WhatIfOptions): Generator<null, WhatIf> {
  const moved = moveDevices(workspace, [device], group)
  const ids = concerned(workspace, moved, device)
  const only = (whole: Workspace): Workspace => ({
    ...whole,
    devices: whole.devices.filter(({ id }) => ids.has(id)),
    script: [],
  })
  const lengthS = Math.max(durationS, Math.min(MOST_S, longestS(only(workspace).devices, traces)))
  const before = yield* run(only(workspace), traces, lengthS)
  return { before, after: yield* run(only(moved), traces, lengthS) }
}

/** The devices with the loads that `recorded` has for them; those it has none for ask for nothing. */
export function withLoadsOf(workspace: Workspace, recorded: Workspace): Workspace {
  const devices = workspace.devices.map((device): Device => {
    const { workload } = findDevice(recorded, device.id) ?? { workload: { kind: 'idle' as const } }
    return { ...device, workload }
  })
  return { ...workspace, devices }
}

/** Whoever is in a group of the device's, before or after. */
function concerned(before: Workspace, after: Workspace, device: string): ReadonlySet<string> {
  const groups = [before, after].flatMap((workspace) => findDevice(workspace, device)?.groups ?? [])
  const others = before.devices.filter((each) => groups.some((group) => isIn(each, group)))
  return new Set([device, ...others.map(({ id }) => id)])
}

function longestS(devices: readonly Device[], traces: Traces): number {
  const lengths = devices.map(({ workload }) => {
    const trace = workload.kind === 'trace' && !workload.loop ? traces.get(workload.path) : undefined
    if (trace === undefined || trace.count === 0 || workload.kind !== 'trace') return 0
    return trace.timesNs[trace.count - 1]! / NS_PER_S / workload.speed
  })
  return Math.max(0, ...lengths)
}

function* run(workspace: Workspace, traces: Traces, durationS: number): Generator<null, RunResult> {
  const simulation = new Simulation({ workspace, traces })
  const endNs = Math.round(durationS * NS_PER_S)
  while (!simulation.advance(endNs, EVENTS_PER_STEP)) yield null
  return simulation.result()
}
