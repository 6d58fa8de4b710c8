import type { RecordedLoad, Traces } from '#main/load/trace.ts'
import type { RunResult } from '#shared/result.ts'
import type { Device, Workspace } from '#shared/workspace/workspace.ts'
import { hiddenDemand } from './hidden-demand.ts'
import { measuredLatency } from './measured-latency.ts'

// What is known of recorded loads that are played, beside their requests.

export function recordedLoads(devices: readonly Device[], traces: Traces): readonly RecordedLoad[] {
  return devices.flatMap(({ id, workload }) => {
    const about = workload.kind === 'trace' ? traces.get(workload.path)?.about : undefined
    return about === undefined ? [] : [{ id, about }]
  })
}

/** With what its recorded loads may hide, and how long their requests took while they were recorded. */
export function withRecorded(result: RunResult, loads: readonly RecordedLoad[]): RunResult {
  const hidden = hiddenDemand(loads)
  const recordedLatency = loads.flatMap(({ id, about }) => measuredLatency(id, about.intervals ?? []) ?? [])
  return {
    ...result,
    ...(hidden.length === 0 ? {} : { hidden }),
    ...(recordedLatency.length === 0 ? {} : { recordedLatency }),
  }
}

/** The same of the loads of a workspace. */
export function withRecordedOf(result: RunResult, { devices }: Workspace, traces: Traces): RunResult {
  return withRecorded(result, recordedLoads(devices, traces))
}
