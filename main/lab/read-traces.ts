import type { Trace } from '#main/load/trace.ts'
import { loadTrace } from '#main/workspace/open-trace.ts'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import type { Plan } from './plan.ts'
import type { Traces } from './running-device.ts'

/** Reads the traces that new or changed loads play; each file once. */
export async function readTraces(plan: Plan, desired: Workspace): Promise<Result<Traces>> {
  const needing = new Set([...plan.add.map(({ device }) => device.id), ...plan.reload.map(({ id }) => id)])
  const traces = new Map<string, Trace>()
  const issues: Issue[] = []
  for (const [index, { id, workload }] of desired.devices.entries()) {
    if (workload.kind !== 'trace' || !needing.has(id) || traces.has(workload.path)) continue
    const read = await loadTrace(workload.path)
    if (read.ok) traces.set(workload.path, read.value)
    else issues.push(...read.issues.map((issue) => ({ ...issue, path: `devices[${index}].workload.path` })))
  }
  return issues.length > 0 ? failed(issues) : ok(traces)
}
