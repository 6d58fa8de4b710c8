import fs from 'node:fs'
import type { Readable } from 'node:stream'
import zlib from 'node:zlib'
import { EngineError } from '#main/engine-error.ts'
import { type Trace, type TraceAbout, traceOf } from '#main/load/trace.ts'
import { type Gathered, TraceReading } from '#main/load/trace-reading.ts'
import type { Loss } from '#shared/formats/format.ts'
import type { TraceColumns } from '#shared/formats/loads/trace-columns.ts'
import { TRACE_HEAD_CHARS, type TraceDialect } from '#shared/formats/loads/trace-dialect.ts'
import { settleTrace, type TraceDraft } from '#shared/formats/loads/trace-draft.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import { NS_PER_MS } from '#shared/units.ts'

// The one door for recorded loads: any file that a user names as a trace comes in here, whatever its dialect, packed with
// gzip or not, in pieces, so that its size in memory is that of its requests (20 bytes each) and not of its text.

/** Small pieces: parsing one takes about a millisecond, and the main process has windows to serve in between. */
const CHUNK_BYTES = 64 * 1024

export interface Recording {
  /** As the file names it; `disk` where it names none. */
  readonly device: string
  readonly trace: Trace
}

export interface OpenedTrace {
  /** Of the format, as `weir import --from` takes it: `trace-csv`, `blktrace`, … */
  readonly format: string
  /** In the order in which the file first names them; at least one. */
  readonly recordings: readonly Recording[]
  /** What is in the file and not in the recordings. */
  readonly losses: readonly Loss[]
  readonly notes: readonly string[]
}

export interface OpenTraceOptions {
  /** Told a few times a second; `fraction` of the file's bytes, 0 … 1. */
  readonly onProgress?: (fraction: number, requests: number) => void
  /** Only this dialect; left out: as the file looks. */
  readonly dialect?: TraceDialect
  readonly signal?: AbortSignal
}

/** Reads a recorded load. What is wrong with it, or with reading it, is returned with the file's name in front. */
export async function openTrace(file: string, options: OpenTraceOptions = {}): Promise<Result<OpenedTrace>> {
  return openedOf(file, await gatherTrace(file, options))
}

/** The same of a recording that is no file: `name` stands for one in what is wrong with it. */
export function openTraceText(name: string, text: string): Result<OpenedTrace> {
  const reading = new TraceReading(null)
  reading.push(text)
  return openedOf(name, named(name, reading.finish()))
}

function openedOf(file: string, gathered: Result<Gathered>): Result<OpenedTrace> {
  if (!gathered.ok) return gathered
  const { trace, format } = gathered.value
  const losses = settleTrace(trace)
  if (!losses.ok) return named(file, losses)
  const recordings = [...trace.columns].map(([device, columns]) => ({
    device,
    trace: { ...traceOf(columns), about: aboutOf(trace, device, columns) },
  }))
  if (recordings.length > 0) return ok({ format, recordings, losses: losses.value, notes: trace.notes })
  const reasons = losses.value
    .slice(0, 3)
    .map(({ path: place, message }) => (place === '' ? message : `${place}: ${message}`))
  const why = reasons.length === 0 ? '' : ` (${reasons.join('; ')})`
  return failed([{ path: '', code: 'trace-empty', message: `${file}: there is no request in this trace${why}` }])
}

function aboutOf({ head, intervals }: TraceDraft, device: string, { zeroNs }: TraceColumns): TraceAbout {
  const fileMs = zeroNs / NS_PER_MS
  return {
    zeroMs: head.startedMs === null ? null : head.startedMs + fileMs,
    fileMs,
    intervals: intervals.get(device) ?? null,
    isClosedLoop: head.closedLoops.includes(device),
  }
}

/** One recorded load for one device. A file of several disks is refused: which of them is meant is for the user to say. */
export async function loadTrace(file: string): Promise<Result<Trace>> {
  const opened = await openTrace(file)
  if (!opened.ok) return opened
  const { recordings, losses } = opened.value
  const [first] = recordings
  const strange = losses.filter((loss) => loss.kind === 'not-understood')
  if (strange.length > 0) {
    return failed(
      strange.map((loss) => ({ path: '', code: 'trace-line', message: `${file}, ${loss.path}: ${loss.message}` })),
    )
  }
  if (first !== undefined && recordings.length === 1) return ok(first.trace)
  const disks = recordings.slice(0, 5).map(({ device }) => device)
  const message = `${file} is a recording of ${recordings.length} disks (${disks.join(', ')}${recordings.length > 5 ? ', …' : ''}); make a workspace of it with weir import, which gives each disk a device`
  return failed([{ path: '', code: 'trace-disks', message }])
}

/** Reads a file into columns that are not sorted yet. */
export async function gatherTrace(file: string, options: OpenTraceOptions): Promise<Result<Gathered>> {
  const reading = new TraceReading(options.dialect ?? null)
  try {
    const { size } = await fs.promises.stat(file)
    const source = fs.createReadStream(file, { highWaterMark: CHUNK_BYTES })
    const decoder = new TextDecoder('utf-8', { fatal: true })
    let toldMs = performance.now()
    for await (const chunk of await unpacked(file, source)) {
      reading.push(decoder.decode(chunk as Buffer, { stream: true })) // no encoding is set
      if (reading.isOver()) break
      if (options.signal?.aborted === true) throw new EngineError('cancelled', `stopped while reading ${file}`, '')
      const nowMs = performance.now()
      if (nowMs - toldMs < PROGRESS_MS) continue
      toldMs = nowMs
      options.onProgress?.(size === 0 ? 0 : Math.min(1, source.bytesRead / size), reading.count())
    }
    if (!reading.isOver()) reading.push(decoder.decode())
  } catch (error) {
    if (error instanceof EngineError) throw error
    return failed([{ path: '', code: 'trace-unreadable', message: `${file}: ${reasonOf(error)}` }])
  }
  return named(file, reading.finish())
}

const PROGRESS_MS = 300

async function unpacked(file: string, source: fs.ReadStream): Promise<Readable> {
  if (!isPacked(await beginningOf(file))) return source
  const gunzip = zlib.createGunzip({ chunkSize: CHUNK_BYTES })
  source.on('error', (error) => gunzip.destroy(error))
  return source.pipe(gunzip)
}

function isPacked(bytes: Buffer): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

async function beginningOf(file: string): Promise<Buffer> {
  const handle = await fs.promises.open(file, 'r')
  try {
    if (!(await handle.stat()).isFile()) return Buffer.alloc(0)
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(CHUNK_BYTES), 0, CHUNK_BYTES, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/**
 * The beginning of a file as text, unpacked if it is packed with gzip; '' for what is not a regular file (it could be
 * read only once) or cannot be read: reading it whole tells the reason.
 */
export async function headOf(file: string): Promise<{ readonly text: string; readonly isPacked: boolean }> {
  const bytes = await beginningOf(file).catch(() => Buffer.alloc(0))
  if (!isPacked(bytes)) return { text: bytes.toString('utf8'), isPacked: false }
  try {
    const text = zlib.gunzipSync(bytes, { finishFlush: zlib.constants.Z_SYNC_FLUSH, maxOutputLength: MAX_HEAD_BYTES })
    return { text: text.toString('utf8').slice(0, TRACE_HEAD_CHARS), isPacked: true }
  } catch {
    return { text: '', isPacked: true }
  }
}

/** 64 KiB of gzip unpack to a thousand times as much at most. */
const MAX_HEAD_BYTES = 80 * 1024 * 1024

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException // what streams and decoders reject with
  if (code === 'ENOENT') return 'there is no such file; check the name'
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') return 'this is not UTF-8 text; give the text form of the trace'
  if (code?.startsWith('Z_') === true) return `this gzip file is damaged: ${message}`
  return message
}

function named<T>(file: string, result: Result<T>): Result<T> {
  if (result.ok) return result
  const place = (each: string) => (each === '' ? file : `${file}, ${each}`)
  return failed(
    result.issues.map((issue) => ({ ...issue, path: '', message: `${place(issue.path)}: ${issue.message}` })),
  )
}
