import { alignTraces } from '#main/load/align.ts'
import type { Trace, Traces } from '#main/load/trace.ts'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import type { Workload, Workspace } from '#shared/workspace/workspace.ts'
import { loadTrace } from './open-trace.ts'

/** Every recorded load of a workspace whose paths are absolute, each read once: what a `Simulation` takes. */
export async function loadTraces(workspace: Workspace): Promise<Result<Traces>> {
  const read = await readTraces(workloadsOf(workspace))
  return read.ok ? ok(alignedFor(deviceLoads(workspace), read.value)) : read
}

/** Those that the devices of these ids play now. */
export async function loadTracesOf(workspace: Workspace, ids: ReadonlySet<string>): Promise<Result<Traces>> {
  const loads = deviceLoads(workspace).filter((_, index) => ids.has(workspace.devices[index]?.id ?? ''))
  const read = await readTraces(loads)
  return read.ok ? ok(alignedFor(loads, read.value)) : read
}

/** The traces of these devices. */
export function playedBy({ devices }: Workspace, ids: readonly string[], traces: Traces): readonly Trace[] {
  const played = devices.filter(({ id }) => ids.includes(id))
  const paths = new Set(played.flatMap(({ workload }) => (workload.kind === 'trace' ? [workload.path] : [])))
  return [...paths].flatMap((path) => traces.get(path) ?? [])
}

/** What begins with the run is as far apart as it was; what a script begins, begins then. */
function alignedFor(loads: readonly PlacedLoad[], traces: Traces): Traces {
  const paths = new Set(loads.flatMap(({ workload }) => (workload.kind === 'trace' ? [workload.path] : [])))
  const aligned = alignTraces(new Map([...traces].filter(([path]) => paths.has(path))), 'wall')
  return new Map([...traces, ...aligned.traces])
}

async function readTraces(loads: readonly PlacedLoad[]): Promise<Result<Traces>> {
  const traces = new Map<string, Trace>()
  const issues: Issue[] = []
  for (const { workload, place } of loads) {
    if (workload.kind !== 'trace' || traces.has(workload.path)) continue
    const read = await loadTrace(workload.path)
    if (read.ok) traces.set(workload.path, read.value)
    else issues.push(...read.issues.map((issue) => ({ ...issue, path: `${place}.path` })))
  }
  return issues.length > 0 ? failed(issues) : ok(traces)
}

interface PlacedLoad {
  readonly workload: Workload
  readonly place: string
}

function deviceLoads({ devices }: Workspace): readonly PlacedLoad[] {
  return devices.map(({ workload }, index) => ({ workload, place: `devices[${index}].workload` }))
}

function workloadsOf(workspace: Workspace): readonly PlacedLoad[] {
  const scripted = workspace.script.flatMap((step, index) =>
    'setWorkload' in step
      ? [{ workload: step.setWorkload.workload, place: `script[${index}].setWorkload.workload` }]
      : [],
  )
  return [...deviceLoads(workspace), ...scripted]
}
