import fs from 'node:fs/promises'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { alignTraces, areAligned } from '#main/load/align.ts'
import { type Trace, TraceReader, type Traces } from '#main/load/trace.ts'
import { assert } from '#shared/assert.ts'
import type { Loss } from '#shared/formats/format.ts'
import { guessFormat } from '#shared/formats/formats.ts'
import { guessTraceDialect } from '#shared/formats/loads/trace-dialects.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import { NO_GROUPS } from '#shared/workspace/chain.ts'
import { parseWorkspaceText } from '#shared/workspace/parse.ts'
import { type Device, EMPTY_WORKSPACE, type Workspace } from '#shared/workspace/workspace.ts'
import { resolvePaths } from './file-paths.ts'
import { loadTraces } from './load-traces.ts'
import { headOf, type OpenedTrace, type OpenTraceOptions, openTrace, openTraceText } from './open-trace.ts'
import { readText } from './read-text.ts'

// One door for whatever holds a load: a workspace, a recording as Weir writes it, or any format that import reads; each
// of them gzipped as well.

/** A load with everything that is needed to play it. */
export interface LoadFile {
  /** File name without folder. */
  readonly name: string
  readonly workspace: Workspace
  readonly traces: Traces
  /** What is in the file and not in the load. */
  readonly losses: readonly Loss[]
  readonly notes: readonly string[]
  /** Whether its recorded loads are as far apart as they were; null: there are not two. */
  readonly isAligned: boolean | null
}

const MAX_UNPACKED_BYTES = 512 * 1024 * 1024
const WORKSPACE_TEXT = /^\s*\{[\s\S]{0,400}"format"\s*:\s*"weir-workspace\//

export async function readLoad(file: string, options: OpenTraceOptions = {}): Promise<Result<LoadFile>> {
  const absolute = path.resolve(file)
  const name = path.basename(absolute)
  const head = await headOf(absolute)
  if (guessTraceDialect(head.text) !== null) return recordedLoad(name, await openTrace(absolute, options))
  const text = head.isPacked ? await readPacked(absolute) : await readText(absolute)
  if (!text.ok) return text
  if (text.value.trim() === '') {
    return failed([{ path: '', code: 'empty', message: `${file} is empty; name a workspace or a recorded load` }])
  }
  if (WORKSPACE_TEXT.test(text.value.slice(0, 1000))) return workspaceLoad(name, text.value, path.dirname(absolute))
  return importedLoad(name, text.value)
}

/** A recording that is no file. */
export function readMeasured(name: string, text: string): Result<LoadFile> {
  return recordedLoad(name, openTraceText(name, text))
}

async function readPacked(file: string): Promise<Result<string>> {
  try {
    return ok(gunzipSync(await fs.readFile(file), { maxOutputLength: MAX_UNPACKED_BYTES }).toString('utf8'))
  } catch (error) {
    const { message } = error as Error // what node:zlib and node:fs throw
    const what = `${file} cannot be unpacked: ${message}; gzip -t tells whether it is whole`
    return failed([{ path: '', code: 'not-gzip', message: what }])
  }
}

async function workspaceLoad(name: string, text: string, folder: string): Promise<Result<LoadFile>> {
  const parsed = parseWorkspaceText(text)
  if (!parsed.ok) return parsed
  const workspace = resolvePaths(parsed.value, folder)
  const traces = await loadTraces(workspace)
  if (!traces.ok) return traces
  const isAligned = areAligned([...traces.value.values()])
  return ok({ name, workspace, traces: traces.value, losses: [], notes: [], isAligned })
}

function recordedLoad(
  name: string,
  opened: Result<Pick<OpenedTrace, 'recordings' | 'losses' | 'notes'>>,
): Result<LoadFile> {
  if (!opened.ok) return opened
  const { recordings, losses, notes } = opened.value
  const whole = name.replace(/(\.trace)?(\.(csv|txt|log|iolog))?(\.gz)?$/i, '') || name
  const traces = new Map<string, Trace>()
  const devices = recordings.map(({ device, trace }): Device => {
    const id = recordings.length === 1 ? whole : device
    const key = recordings.length === 1 ? name : `${name}: ${device}`
    traces.set(key, trace)
    return {
      id,
      groups: NO_GROUPS,
      iothread: null,
      disk: { kind: 'null', sizeBytes: 2 ** 50 }, // as large as any, so that recorded offsets stay as they are
      workload: { kind: 'trace', path: key, iodepth: 1024, speed: 1, loop: false },
      qemu: {},
    }
  })
  const aligned = alignTraces(traces, 'file')
  return ok({ name, workspace: { ...EMPTY_WORKSPACE, name: whole, devices }, losses, notes, ...aligned })
}

function importedLoad(name: string, text: string): Result<LoadFile> {
  const format = guessFormat(text)
  if (!format.ok) return format
  assert(format.value.read !== undefined, 'a format is guessed only if it can be read')
  const imported = format.value.read(text, { fileName: name.replace(/\.gz$/i, '') })
  if (!imported.ok) return imported
  const traces = new Map<string, Trace>()
  for (const file of imported.value.files) {
    const trace = readTrace(file.text)
    if (!trace.ok) return trace
    traces.set(file.name, trace.value)
  }
  const { workspace, losses, notes } = imported.value
  return ok({ name, workspace, traces, losses, notes, isAligned: traces.size < 2 ? null : false })
}

function readTrace(text: string): Result<Trace> {
  const reader = new TraceReader()
  reader.push(text)
  return reader.finish()
}
