import { failed, ok, type Result } from '#shared/issue.ts'
import { MIB } from '#shared/units.ts'
import { DEFAULT_DISK, type Disk, MAX_DEVICES, MAX_DISK_BYTES, MAX_REQUEST_BYTES } from '#shared/workspace/workspace.ts'
import { type Draft, finishDraft, newDraft, workspaceName } from '../draft.ts'
import type { Imported, Loss, ReadOptions } from '../format.ts'
import type { Interval } from './recording-rows.ts'
import { type Allocate, MAX_TRACE_REQUESTS, piecesOf, TraceColumns, type TraceRequest } from './trace-columns.ts'
import { traceFileText } from './trace-file-text.ts'
import type { TraceHead } from './trace-head.ts'

// Recorded requests on their way from somebody's trace to Weir: columns per device, and counts of what was no request
// that Weir plays.

export interface TraceDraft {
  readonly columns: Map<string, TraceColumns>
  /** What was passed over, with how often. */
  readonly skipped: Map<string, number>
  readonly losses: Loss[]
  readonly notes: string[]
  /** By device, where only counters are known; its columns have the requests evenly. */
  readonly intervals: Map<string, Interval[]>
  head: TraceHead
  readonly allocate: Allocate
  count: number
  split: number
  /** Why nothing more is taken. */
  full: string | null
}

const MAX_COMPLAINTS = 20
/** 2^40 pieces would come of one wrong number. */
const MAX_RECORDED_BYTES = 64 * MAX_REQUEST_BYTES

export function newTraceDraft(allocate: Allocate = (bytes) => new ArrayBuffer(bytes)): TraceDraft {
  return {
    columns: new Map(),
    skipped: new Map(),
    losses: [],
    notes: [],
    intervals: new Map(),
    head: { startedMs: null, closedLoops: [] },
    allocate,
    count: 0,
    split: 0,
    full: null,
  }
}

export function addRequest(trace: TraceDraft, device: string, request: TraceRequest): void {
  const { timeNs, offset, bytes } = request
  if (bytes === 0) {
    skip(trace, 'requests of no bytes')
    return
  }
  const possible =
    Number.isFinite(timeNs) && Number.isSafeInteger(offset) && offset >= 0 && Number.isSafeInteger(bytes) && bytes > 0
  if (!possible || offset + bytes > MAX_DISK_BYTES || bytes > MAX_RECORDED_BYTES) {
    skip(trace, 'requests with impossible numbers')
    return
  }
  const column = columnOf(trace, device)
  if (column === null) return
  if (bytes <= MAX_REQUEST_BYTES) {
    column.add(request)
    trace.count += 1
    return
  }
  trace.split += 1
  for (const piece of piecesOf(request)) {
    column.add(piece)
    trace.count += 1
  }
}

function columnOf(trace: TraceDraft, device: string): TraceColumns | null {
  if (trace.full !== null) return null
  if (trace.count >= MAX_TRACE_REQUESTS) {
    trace.full = `a trace holds at most ${MAX_TRACE_REQUESTS} requests; cut it into parts`
    return null
  }
  const known = trace.columns.get(device)
  if (known !== undefined) return known
  if (trace.columns.size === MAX_DEVICES) {
    trace.full = `this trace has more than ${MAX_DEVICES} disks; cut out those that you want to look at`
    return null
  }
  const column = new TraceColumns(trace.allocate)
  trace.columns.set(device, column)
  return column
}

export function skip(trace: TraceDraft, what: string): void {
  trace.skipped.set(what, (trace.skipped.get(what) ?? 0) + 1)
}

/** A line that is none of the trace's: the first ones are shown, all are counted. */
export function skipLine(trace: TraceDraft, line: number, text: string): void {
  skip(trace, 'lines that are not of this format')
  if (trace.losses.length >= MAX_COMPLAINTS) return
  trace.losses.push({
    path: `line ${line}`,
    kind: 'not-understood',
    message: `${JSON.stringify(text.slice(0, 80))} is not a line of this format`,
  })
}

/** A cell that is none of its column's, in a line that is right without it. */
export function skipCell(
  trace: TraceDraft,
  cell: { readonly line: number; readonly column: string; readonly value: string; readonly right: string },
): void {
  const { line, column, value, right } = cell
  skip(trace, `cells of ${column} that are not of this format`)
  if (trace.losses.length >= MAX_COMPLAINTS) return
  trace.losses.push({
    path: `line ${line}, ${column}`,
    kind: 'not-understood',
    message: `${JSON.stringify(value.slice(0, 80))} is not valid; use ${right}`,
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

/** Sorts the columns and says what was left out or changed; the issues are why there is nothing to play. */
export function settleTrace(trace: TraceDraft): Result<readonly Loss[]> {
  if (trace.full !== null) return failed([{ path: '', code: 'trace-too-long', message: trace.full }])
  const losses = [...trace.losses]
  for (const [what, count] of trace.skipped) {
    losses.push({ path: '', kind: 'dropped', message: `${count} × ${what} left out` })
  }
  if (trace.split > 0) {
    losses.push({
      path: '',
      kind: 'converted',
      message: `${trace.split} × requests of more than ${MAX_REQUEST_BYTES / MIB} MiB are cut into such pieces`,
    })
  }
  for (const [device, column] of trace.columns) {
    column.settle(trace.intervals.has(device) ? 'of the file' : 'first request')
  }
  return ok(losses)
}

/** The disks of settled columns, each playing the file that `names` gives it. */
export function traceDraft(trace: TraceDraft, losses: readonly Loss[], names: ReadonlyMap<string, string>): Draft {
  const draft = newDraft()
  draft.losses.push(...losses)
  draft.notes.push(...trace.notes)
  for (const [device, column] of trace.columns) {
    const path = names.get(device) ?? ''
    draft.devices.push({
      id: device,
      group: null,
      disk: diskFor(column),
      workload: { kind: 'trace', path, iodepth: 64, speed: 1, loop: false },
    })
  }
  if (trace.count > 0)
    draft.notes.push(
      `${trace.count} requests, written to ${inShort([...names.values()])} beside the workspace; time 0 is the ${trace.intervals.size > 0 ? 'beginning of the recording' : 'first of each disk'}.`,
    )
  return draft
}

function inShort(names: readonly string[]): string {
  return names.length <= 5 ? names.join(', ') : `${names.slice(0, 4).join(', ')} and ${names.length - 4} more`
}

/** File names for the traces of each device, from the name of the file they were read from. */
export function traceFileNames(trace: TraceDraft, fileName: string | undefined): ReadonlyMap<string, string> {
  const base = workspaceName(fileName?.replace(/\.gz$/i, '')).replace(/[^\p{L}\p{N}._-]+/gu, '-')
  const taken = new Set<string>()
  const names = new Map<string, string>()
  for (const device of trace.columns.keys()) {
    const slug = device.replace(/[^\p{L}\p{N}._-]+/gu, '-').replace(/^[-.]+/, '') || 'disk'
    const name = freeFileName(taken, trace.columns.size === 1 ? base : `${base}-${slug}`)
    taken.add(name)
    names.set(device, name)
  }
  return names
}

/** For texts that are in memory anyway: the workspace with its traces as texts. */
export function finishTrace(trace: TraceDraft, options: ReadOptions): Result<Imported> {
  const losses = settleTrace(trace)
  if (!losses.ok) return losses
  const names = traceFileNames(trace, options.fileName)
  const draft = traceDraft(trace, losses.value, names)
  for (const device of trace.columns.keys()) {
    draft.files.push({ name: names.get(device) ?? '', text: [...traceFileText(trace, device)].join('') })
  }
  return finishDraft(draft, options)
}

function freeFileName(taken: ReadonlySet<string>, stem: string): string {
  const short = stem.slice(0, 100)
  for (let number = 1; ; number += 1) {
    const name = `${short}${number === 1 ? '' : `-${number}`}.trace.csv`
    if (!taken.has(name)) return name
  }
}

function diskFor({ endBytes }: TraceColumns): Disk {
  return { ...DEFAULT_DISK, sizeBytes: Math.min(MAX_DISK_BYTES, Math.max(MIB, Math.ceil(endBytes / MIB) * MIB)) }
}
