import type { Trace } from '#main/load/trace.ts'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import type { Workload, Workspace } from '#shared/workspace/workspace.ts'
import { loadTrace } from './open-trace.ts'

/** Every recorded load of a workspace whose paths are absolute, by path: what a `Simulation` takes. Each is read once. */
export async function loadTraces(workspace: Workspace): Promise<Result<ReadonlyMap<string, Trace>>> {
  const traces = new Map<string, Trace>()
  const issues: Issue[] = []
  for (const { workload, place } of workloadsOf(workspace)) {
    if (workload.kind !== 'trace' || traces.has(workload.path)) continue
    const read = await loadTrace(workload.path)
    if (read.ok) traces.set(workload.path, read.value)
    else issues.push(...read.issues.map((issue) => ({ ...issue, path: `${place}.path` })))
  }
  return issues.length > 0 ? failed(issues) : ok(traces)
}

function workloadsOf(workspace: Workspace): readonly { readonly workload: Workload; readonly place: string }[] {
  return [
    ...workspace.devices.map(({ workload }, index) => ({ workload, place: `devices[${index}].workload` })),
    ...workspace.script.flatMap((step, index) =>
      'setWorkload' in step
        ? [{ workload: step.setWorkload.workload, place: `script[${index}].setWorkload.workload` }]
        : [],
    ),
  ]
}
