import { failed, type Result } from '#shared/issue.ts'
import type { Format, Imported, ReadOptions } from '../format.ts'
import { checkText } from '../text/guard.ts'
import { addRequest, eachLine, finishTrace, newTraceDraft, skip, skipLine } from './trace-draft.ts'

// Traces as CSV: Weir's own columns (time_s,op,offset,bytes) under many names and units, or without a heading the seven
// columns of the Microsoft Research traces (time in 100 ns, host, disk, Read/Write, offset, bytes, response time).

interface Columns {
  readonly time: number
  readonly secondsPerTick: number
  readonly op: number
  readonly offset: number
  readonly offsetUnit: number
  readonly bytes: number
  readonly bytesUnit: number
  /** Columns that together name the disk; none: one disk. */
  readonly device: readonly number[]
  readonly unused: readonly string[]
}

const TIMES: Readonly<Record<string, number>> = {
  time_s: 1,
  time: 1,
  timestamp: 1,
  seconds: 1,
  time_ms: 1e-3,
  time_us: 1e-6,
  time_ns: 1e-9,
}
const UNITS: Readonly<Record<string, number>> = {
  offset: 1,
  offset_bytes: 1,
  bytes: 1,
  size: 1,
  length: 1,
  len: 1,
  sector: 512,
  lba: 512,
  sectors: 512,
  blocks: 512,
}
const OFFSETS = ['offset', 'offset_bytes', 'sector', 'lba']
const SIZES = ['bytes', 'size', 'length', 'len', 'sectors', 'blocks']
const OPS = ['op', 'type', 'rw', 'operation', 'direction']
const DEVICES = ['device', 'disk', 'dev', 'volume']

const MSR: Columns = {
  time: 0,
  secondsPerTick: 1e-7,
  op: 3,
  offset: 4,
  offsetUnit: 1,
  bytes: 5,
  bytesUnit: 1,
  device: [1, 2],
  unused: ['response time'],
}
const MSR_LINE = /^\d{15,19},[^,]+,\d+,(Read|Write),\d+,\d+,\d+\s*$/i
const PLAIN_LINE = /^\s*\d+(\.\d+)?\s*,\s*(r|w|read|write)\s*,\s*\d+\s*,\s*\d+\s*$/i

const PLAIN: Columns = {
  time: 0,
  secondsPerTick: 1,
  op: 1,
  offset: 2,
  offsetUnit: 1,
  bytes: 3,
  bytesUnit: 1,
  device: [],
  unused: [],
}

function columnsOfHeading(line: string): Columns | null {
  const names = line.split(',').map((name) => name.trim().toLowerCase().replace(/^"|"$/g, ''))
  const find = (wanted: readonly string[]) => names.findIndex((name) => wanted.includes(name))
  const time = find(Object.keys(TIMES))
  const op = find(OPS)
  const offset = find(OFFSETS)
  const bytes = find(SIZES)
  if (time < 0 || op < 0 || offset < 0 || bytes < 0) return null
  const device = find(DEVICES)
  const used = new Set([time, op, offset, bytes, device])
  return {
    time,
    secondsPerTick: TIMES[names[time] ?? ''] ?? 1,
    op,
    offset,
    offsetUnit: UNITS[names[offset] ?? ''] ?? 1,
    bytes,
    bytesUnit: UNITS[names[bytes] ?? ''] ?? 1,
    device: device < 0 ? [] : [device],
    unused: names.filter((_, index) => !used.has(index)),
  }
}

function firstLine(text: string): { readonly line: string; readonly number: number } {
  const lines = text.slice(0, 8192).split(/\r?\n/)
  const index = lines.findIndex((line) => line.trim() !== '' && !line.startsWith('#'))
  return { line: lines[index]?.replace(/^\uFEFF/, '') ?? '', number: index + 1 }
}

function columnsOf(line: string): { readonly columns: Columns; readonly hasHeading: boolean } | null {
  if (MSR_LINE.test(line)) return { columns: MSR, hasHeading: false }
  if (PLAIN_LINE.test(line)) return { columns: PLAIN, hasHeading: false }
  const columns = columnsOfHeading(line)
  return columns === null ? null : { columns, hasHeading: true }
}

function readTraceCsv(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'trace')
  if (!checked.ok) return checked
  const first = firstLine(checked.value)
  const found = columnsOf(first.line)
  if (found === null) {
    return failed([
      {
        path: `line ${first.number}`,
        code: 'not-a-trace',
        message: `${JSON.stringify(first.line.slice(0, 80))} is no heading of a trace; use time_s,op,offset,bytes`,
      },
    ])
  }
  const { columns } = found
  const trace = newTraceDraft()
  const secondsOf = tickReader(columns.secondsPerTick)
  if (columns.unused.length > 0) {
    trace.draft.losses.push({
      path: `line ${first.number}`,
      kind: 'dropped',
      message: `the columns ${columns.unused.join(', ')} are not used`,
    })
  }
  eachLine(checked.value, (line, number) => {
    if (line.trim() === '' || line.startsWith('#') || (found.hasHeading && number <= first.number)) return
    const cells = line.split(',').map((cell) => cell.trim().replace(/^"|"$/g, ''))
    const cell = (index: number) => cells[index] ?? ''
    const op = cell(columns.op).toLowerCase()
    const numbers = [cell(columns.time), cell(columns.offset), cell(columns.bytes)]
    if (!numbers.every((each) => /^\d+(\.\d+)?([eE][-+]?\d+)?$/.test(each))) {
      skipLine(trace, number, line)
      return
    }
    if (!/^(r|w|read|write)/.test(op)) {
      skip(trace, `${op === '' ? 'unnamed' : op.slice(0, 20)} requests`)
      return
    }
    addRequest(trace, columns.device.map(cell).join('-') || 'disk', {
      timeS: secondsOf(cell(columns.time)),
      isWrite: op.startsWith('w'),
      offset: Number(cell(columns.offset)) * columns.offsetUnit,
      bytes: Number(cell(columns.bytes)) * columns.bytesUnit,
    })
  })
  return finishTrace(trace, options)
}

/** File times (100 ns since 1601) are beyond 2^53, so that the first one is taken off before they become numbers. */
function tickReader(secondsPerTick: number): (text: string) => number {
  let first: bigint | null = null
  return (text) => {
    if (!/^\d{16,}$/.test(text)) return Number(text) * secondsPerTick
    first ??= BigInt(text)
    return Number(BigInt(text) - first) * secondsPerTick
  }
}

export const traceCsv: Format = {
  id: 'trace-csv',
  title: 'Trace, CSV',
  family: 'Loads',
  direction: 'in',
  fileExtension: '.csv',
  note: 'time_s,op,offset,bytes, or the traces of Microsoft Research',
  options: [],
  read: readTraceCsv,
  detect: (text) => (columnsOf(firstLine(text).line) === null ? 0 : 0.9),
}
