import type { Traces } from '#main/load/trace.ts'
import { Simulation } from '#main/simulate/simulation.ts'
import type { DeviceResult, LevelResult } from '#shared/result.ts'
import { NS_PER_S } from '#shared/units.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'

// Which level of a chain to raise: the file as it is in virtual time, and of each device under several limits the level at
// which its requests wait the longest. Raising another one would change little, since they wait here all the same.

export interface LevelAdvice {
  readonly device: string
  /** From guest to disk. */
  readonly levels: readonly LevelResult[]
  /** Of the slower direction, at all levels together. */
  readonly waitP99Ns: number
  /** The group to raise; null: 99 of 100 requests wait no longer than the target as it is. */
  readonly raise: string | null
}

export interface LevelQuestion {
  readonly workspace: Workspace
  readonly traces: Traces
  readonly durationS: number
  /** By device, so that each may have a goal of its own. */
  readonly targetWaitNs: (device: string) => number
}

/** About 10 ms of simulation between two steps. */
const EVENTS_PER_STEP = 20_000

/** Each step does a little and yields how far the whole is, 0…1. Nothing of devices with one level or none. */
export function* adviseLevels(question: LevelQuestion): Generator<number, readonly LevelAdvice[]> {
  const { workspace, traces, durationS, targetWaitNs } = question
  if (!workspace.devices.some(({ groups }) => groups.length > 1)) return []
  const simulation = new Simulation({ workspace, traces })
  const endNs = Math.round(durationS * NS_PER_S)
  while (!simulation.advance(endNs, EVENTS_PER_STEP)) yield simulation.nowNs / endNs
  return Object.entries(simulation.result().devices).flatMap(([device, result]) => {
    const { levels } = result
    return levels === undefined ? [] : [adviceFor(device, levels, { result, targetNs: targetWaitNs(device) })]
  })
}

function adviceFor(
  device: string,
  levels: readonly LevelResult[],
  { result, targetNs }: { readonly result: DeviceResult; readonly targetNs: number },
): LevelAdvice {
  const waitP99Ns = Math.max(result.read.waitNs.p99, result.write.waitNs.p99)
  const slowest = [...levels].sort((a, b) => (b.waitMeanNs ?? 0) - (a.waitMeanNs ?? 0))[0]
  return { device, levels, waitP99Ns, raise: waitP99Ns <= targetNs ? null : (slowest?.group ?? null) }
}
