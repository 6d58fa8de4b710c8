import { alignTraces } from '#main/load/align.ts'
import type { Trace } from '#main/load/trace.ts'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import type { Device } from '#shared/workspace/workspace.ts'
import type { OpenTraceOptions } from './open-trace.ts'
import { type LoadFile, readLoad } from './read-load.ts'

/** Several recorded loads as one: their disks side by side, as far apart in time as they were. */
export async function readLoads(
  files: readonly string[],
  optionsOf: (file: string) => OpenTraceOptions,
): Promise<Result<LoadFile>> {
  const loads: LoadFile[] = []
  for (const file of files) {
    const load = await readLoad(file, optionsOf(file))
    if (!load.ok) return files.length === 1 ? load : failed(load.issues.map((issue) => placed(file, issue)))
    loads.push(load.value)
  }
  const [first] = loads
  if (first !== undefined && loads.length === 1) return ok(first)
  const groups = loads.find(({ workspace }) => Object.keys(workspace.groups).length > 0)
  if (groups !== undefined) {
    const message = `${groups.name} has groups; name a workspace alone, or several recorded loads`
    return failed([{ path: '', code: 'too-many-files', message }])
  }
  return ok(joined(loads))
}

function placed(file: string, { path, message, ...issue }: Issue): Issue {
  const place = path === '' ? file : `${file}: ${path}`
  return { ...issue, path: message.includes(file) ? path : place, message }
}

/** Two files may name their disks alike. */
function freeId(id: string, taken: ReadonlySet<string>): string {
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? id : `${id} ${number}`
    if (!taken.has(name)) return name
  }
}

function joined(loads: readonly LoadFile[]): LoadFile {
  const traces = new Map<string, Trace>()
  const devices: Device[] = []
  for (const [number, { workspace, traces: own }] of loads.entries()) {
    for (const [key, trace] of own) traces.set(`${number} ${key}`, trace)
    for (const device of workspace.devices) {
      const taken = new Set(devices.map(({ id }) => id))
      const id = freeId(device.id, taken)
      const { workload } = device
      const moved = workload.kind === 'trace' ? { ...workload, path: `${number} ${workload.path}` } : workload
      devices.push({ ...device, id, workload: moved })
    }
  }
  const [first] = loads
  return {
    name: loads.map(({ name }) => name).join(', '),
    workspace: { ...first!.workspace, devices }, // there are several
    losses: loads.flatMap(({ losses }) => losses),
    notes: loads.flatMap(({ notes }) => notes),
    ...alignTraces(traces, 'wall'),
  }
}
