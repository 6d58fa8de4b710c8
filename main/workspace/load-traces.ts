import fs from 'node:fs'
import { type Trace, TraceReader } from '#main/load/trace.ts'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import type { Workload, Workspace } from '#shared/workspace/workspace.ts'

/** Small pieces: parsing one takes about a millisecond, and the main process has windows to serve in between. */
const CHUNK_BYTES = 64 * 1024

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

/** Reads a recorded load. What is wrong with it, or with reading it, is returned with the file's name in front. */
export async function loadTrace(file: string): Promise<Result<Trace>> {
  const reader = new TraceReader()
  try {
    const stream = fs.createReadStream(file, { encoding: 'utf8', highWaterMark: CHUNK_BYTES })
    for await (const chunk of stream) reader.push(chunk as string) // an encoding makes every chunk a string
  } catch (error) {
    return failed([{ path: '', code: 'trace-unreadable', message: `${file}: ${(error as Error).message}` }])
  }
  const read = reader.finish()
  if (read.ok) return read
  return failed(
    read.issues.map((issue) => ({ ...issue, path: '', message: `${file}, ${issue.path}: ${issue.message}` })),
  )
}
