import fs from 'node:fs/promises'
import path from 'node:path'
import { gunzipSync } from 'node:zlib'
import { type Trace, TraceReader } from '#main/load/trace.ts'
import type { Traces } from '#main/simulate/simulated-device.ts'
import { assert } from '#shared/assert.ts'
import { guessFormat } from '#shared/formats/formats.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import { parseWorkspaceText } from '#shared/workspace/parse.ts'
import { EMPTY_WORKSPACE, type Workspace } from '#shared/workspace/workspace.ts'
import { resolvePaths } from './file-paths.ts'
import { loadTraces } from './load-traces.ts'
import { readText } from './read-text.ts'

// One door for whatever holds a load: a workspace, a recording as Weir writes it, or any format that import reads; each
// of them gzipped as well.

/** A load with everything that is needed to play it. */
export interface LoadFile {
  /** File name without folder. */
  readonly name: string
  readonly workspace: Workspace
  readonly traces: Traces
}

const MAX_UNPACKED_BYTES = 512 * 1024 * 1024
const GZIP_MAGIC = Buffer.of(0x1f, 0x8b)
const WORKSPACE_TEXT = /^\s*\{[\s\S]{0,400}"format"\s*:\s*"weir-workspace\//
const OWN_TRACE = /^(?:\s*#[^\n]*\n|\s*\n)*(?:time(?:_s)?,op,offset,bytes|[\d.]+,(?:r|w|read|write),\d+,\d+)\s*$/im

export async function readLoad(file: string): Promise<Result<LoadFile>> {
  const absolute = path.resolve(file)
  const name = path.basename(absolute)
  const text = await readMaybeGzipped(absolute)
  if (!text.ok) return text
  if (text.value.trim() === '') {
    return failed([{ path: '', code: 'empty', message: `${file} is empty; name a workspace or a recorded load` }])
  }
  const head = text.value.slice(0, 1000)
  if (WORKSPACE_TEXT.test(head)) return workspaceLoad(name, text.value, path.dirname(absolute))
  if (OWN_TRACE.test(head.split('\n').slice(0, -1).join('\n'))) return recordedLoad(name, text.value)
  return importedLoad(name, text.value)
}

async function readMaybeGzipped(file: string): Promise<Result<string>> {
  if (!(await startsWithMagic(file))) return readText(file)
  try {
    return ok(gunzipSync(await fs.readFile(file), { maxOutputLength: MAX_UNPACKED_BYTES }).toString('utf8'))
  } catch (error) {
    const { message } = error as Error // what node:zlib and node:fs throw
    const what = `${file} cannot be unpacked: ${message}; gzip -t tells whether it is whole`
    return failed([{ path: '', code: 'not-gzip', message: what }])
  }
}

/** False for what cannot be read: reading it as text tells the reason. */
async function startsWithMagic(file: string): Promise<boolean> {
  const handle = await fs.open(file, 'r').catch(() => null)
  if (handle === null) return false
  try {
    if (!(await handle.stat()).isFile()) return false
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(GZIP_MAGIC.length), 0, GZIP_MAGIC.length, 0)
    return bytesRead === GZIP_MAGIC.length && buffer.equals(GZIP_MAGIC)
  } finally {
    await handle.close()
  }
}

async function workspaceLoad(name: string, text: string, folder: string): Promise<Result<LoadFile>> {
  const parsed = parseWorkspaceText(text)
  if (!parsed.ok) return parsed
  const workspace = resolvePaths(parsed.value, folder)
  const traces = await loadTraces(workspace)
  return traces.ok ? ok({ name, workspace, traces: traces.value }) : traces
}

function recordedLoad(name: string, text: string): Result<LoadFile> {
  const trace = readTrace(text)
  if (!trace.ok) return trace
  const id = name.replace(/(\.trace)?(\.(csv|txt))?(\.gz)?$/i, '') || name
  const workspace: Workspace = {
    ...EMPTY_WORKSPACE,
    name: id,
    devices: [
      {
        id,
        group: null,
        iothread: null,
        disk: { kind: 'null', sizeBytes: 2 ** 50 }, // as large as any, so that recorded offsets stay as they are
        workload: { kind: 'trace', path: name, iodepth: 1024, speed: 1, loop: false },
        qemu: {},
      },
    ],
  }
  return ok({ name, workspace, traces: new Map([[name, trace.value]]) })
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
  return ok({ name, workspace: imported.value.workspace, traces })
}

function readTrace(text: string): Result<Trace> {
  const reader = new TraceReader()
  reader.push(text)
  return reader.finish()
}
