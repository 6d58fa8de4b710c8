import type { Result } from '#shared/issue.ts'
import { MIB } from '#shared/units.ts'
import { DEFAULT_DISK, type Disk, MAX_DISK_BYTES, MAX_REQUEST_BYTES } from '#shared/workspace/workspace.ts'
import { type Draft, finishDraft, newDraft, workspaceName } from '../draft.ts'
import type { Imported, ReadOptions } from '../format.ts'

// Recorded requests on their way from somebody's trace to Weir's CSV (`time_s,op,offset,bytes`, by time): columns per
// device, and counts of what was no request that Weir plays.

interface Column {
  readonly timesS: number[]
  readonly writes: boolean[]
  readonly offsets: number[]
  readonly sizes: number[]
}

export interface TraceDraft {
  readonly columns: Map<string, Column>
  /** What was passed over, with how often. */
  readonly skipped: Map<string, number>
  readonly draft: Draft
  split: number
}

const MAX_COMPLAINTS = 20

export function newTraceDraft(): TraceDraft {
  return { columns: new Map(), skipped: new Map(), draft: newDraft(), split: 0 }
}

export interface TraceRequest {
  readonly timeS: number
  readonly isWrite: boolean
  readonly offset: number
  readonly bytes: number
}

export function addRequest(trace: TraceDraft, device: string, request: TraceRequest): void {
  const { timeS, offset, bytes } = request
  if (bytes === 0) {
    skip(trace, 'requests of no bytes')
    return
  }
  const possible =
    Number.isFinite(timeS) && Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(bytes) && bytes > 0
  if (!possible || offset + bytes > MAX_DISK_BYTES) {
    skip(trace, 'requests with impossible numbers')
    return
  }
  const column = trace.columns.get(device) ?? { timesS: [], writes: [], offsets: [], sizes: [] }
  trace.columns.set(device, column)
  if (bytes > MAX_REQUEST_BYTES) trace.split += 1
  for (let done = 0; done < bytes; done += MAX_REQUEST_BYTES) {
    column.timesS.push(timeS)
    column.writes.push(request.isWrite)
    column.offsets.push(offset + done)
    column.sizes.push(Math.min(MAX_REQUEST_BYTES, bytes - done))
  }
}

export function skip(trace: TraceDraft, what: string): void {
  trace.skipped.set(what, (trace.skipped.get(what) ?? 0) + 1)
}

/** A line that is none of the trace's: the first ones are shown, all are counted. */
export function skipLine(trace: TraceDraft, line: number, text: string): void {
  skip(trace, 'lines that are none of this format')
  if (trace.draft.losses.length >= MAX_COMPLAINTS) return
  trace.draft.losses.push({
    path: `line ${line}`,
    kind: 'not-understood',
    message: `${JSON.stringify(text.slice(0, 80))} is no line of this format`,
  })
}

/** Lines of a long text, without an array of them all. */
export function eachLine(text: string, use: (line: string, number: number) => void): void {
  let start = 0
  for (let number = 1; start < text.length; number += 1) {
    const found = text.indexOf('\n', start)
    const end = found < 0 ? text.length : found
    use(text.slice(start, text.charCodeAt(end - 1) === 0x0d && end > start ? end - 1 : end), number)
    start = end + 1
  }
}

export function finishTrace(trace: TraceDraft, options: ReadOptions): Result<Imported> {
  const { draft } = trace
  const base = workspaceName(options.fileName).replace(/[^\p{L}\p{N}._-]+/gu, '-')
  const names = new Set<string>()
  for (const [device, column] of trace.columns) {
    const slug = device.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+/, '') || 'disk'
    const stem = trace.columns.size === 1 ? base : `${base}-${slug}`
    const name = freeFileName(names, stem)
    names.add(name)
    draft.files.push({ name, text: csvOf(column) })
    draft.devices.push({
      id: device,
      group: null,
      disk: diskFor(column),
      workload: { kind: 'trace', path: name, iodepth: 64, speed: 1, loop: false },
    })
  }
  for (const [what, count] of trace.skipped) {
    draft.losses.push({ path: '', kind: 'dropped', message: `${count} × ${what} left out` })
  }
  if (trace.split > 0) {
    draft.losses.push({
      path: '',
      kind: 'converted',
      message: `${trace.split} × requests of more than ${MAX_REQUEST_BYTES / MIB} MiB are cut into such pieces`,
    })
  }
  const count = [...trace.columns.values()].reduce((sum, column) => sum + column.timesS.length, 0)
  if (count > 0)
    draft.notes.push(
      `${count} requests, written to ${[...names].join(', ')} beside the workspace; time 0 is the first of each disk.`,
    )
  return finishDraft(draft, options)
}

function freeFileName(taken: ReadonlySet<string>, stem: string): string {
  const short = stem.slice(0, 100)
  for (let number = 1; ; number += 1) {
    const name = `${short}${number === 1 ? '' : `-${number}`}.trace.csv`
    if (!taken.has(name)) return name
  }
}

function diskFor(column: Column): Disk {
  let end = 0
  for (const [index, offset] of column.offsets.entries()) end = Math.max(end, offset + (column.sizes[index] ?? 0))
  return { ...DEFAULT_DISK, sizeBytes: Math.min(MAX_DISK_BYTES, Math.max(MIB, Math.ceil(end / MIB) * MIB)) }
}

function csvOf(column: Column): string {
  const order = Array.from(column.timesS.keys())
  const times = column.timesS
  const at = (index: number) => times[index] ?? 0
  if (times.some((time, index) => index > 0 && time < at(index - 1))) order.sort((a, b) => at(a) - at(b) || a - b)
  const first = at(order[0] ?? 0)
  const lines = order.map((index) => {
    const op = column.writes[index] ? 'write' : 'read'
    return `${formatSeconds(at(index) - first)},${op},${column.offsets[index]},${column.sizes[index]}\n`
  })
  return `time_s,op,offset,bytes\n${lines.join('')}`
}

/** To the nanosecond, without trailing zeros. */
function formatSeconds(seconds: number): string {
  const text = seconds.toFixed(9)
  return text.replace(/\.?0+$/, '')
}
