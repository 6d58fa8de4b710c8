import { failed, ok, type Result } from '#shared/issue.ts'
import { type CsvSeparator, plainCell, separatorOf } from '../text/csv-rows.ts'
import { traceCell, traceNumber } from './trace-cells.ts'
import { traceClock } from './trace-clock.ts'
import { firstLines, type ReadLine, type TraceDialect, traceFormat } from './trace-dialect.ts'
import { addRequest, skip, skipLine, type TraceDraft } from './trace-draft.ts'

// Traces as CSV with a heading: Weir's own columns (time_s,op,offset,bytes) under many names and units.

interface Columns {
  readonly separator: CsvSeparator
  readonly time: number
  readonly timeName: string
  readonly op: number
  readonly offset: number
  readonly offsetUnit: number
  readonly bytes: number
  readonly bytesUnit: number
  /** Column that names the disk; -1: one disk. */
  readonly device: number
  /** Whether that is the last one: a name may hold commas. */
  readonly isDeviceLast: boolean
  readonly unused: readonly string[]
}

/** Ns; null: the name leaves open what is counted. */
const TIMES: ReadonlyMap<string, number | null> = new Map([
  ['time_s', 1e9],
  ['seconds', 1e9],
  ['time_ms', 1e6],
  ['timestamp_ms', 1e6],
  ['time_us', 1e3],
  ['timestamp_us', 1e3],
  ['time_ns', 1],
  ['timestamp_ns', 1],
  ['time', null],
  ['timestamp', null],
])
const UNITS: ReadonlyMap<string, number> = new Map([
  ['sector', 512],
  ['lba', 512],
  ['sectors', 512],
  ['blocks', 512],
])
const OFFSETS = ['offset', 'offset_bytes', 'sector', 'lba']
const SIZES = ['bytes', 'size', 'length', 'len', 'sectors', 'blocks']
const OPS = ['op', 'type', 'rw', 'operation', 'direction', 'opcode', 'iotype']
const DEVICES = ['device', 'disk', 'dev', 'volume', 'device_id', 'lun', 'volumeid']

const PLAIN_LINE = /^\s*\d+(\.\d+)?([eE][-+]?\d+)?\s*,\s*(r|w|read|write)\s*,\s*\d+\s*,\s*\d+\s*$/i

const PLAIN: Columns = {
  separator: ',',
  time: 0,
  timeName: 'time_s',
  op: 1,
  offset: 2,
  offsetUnit: 1,
  bytes: 3,
  bytesUnit: 1,
  device: -1,
  isDeviceLast: false,
  unused: [],
}

function columnsOfHeading(line: string): Columns | null {
  const separator = separatorOf(line)
  const names = line.split(separator).map((name) => traceCell(name).toLowerCase())
  const find = (wanted: readonly string[]) => names.findIndex((name) => wanted.includes(name))
  const time = find([...TIMES.keys()])
  const op = find(OPS)
  const offset = find(OFFSETS)
  const bytes = find(SIZES)
  if (time < 0 || op < 0 || offset < 0 || bytes < 0) return null
  const device = find(DEVICES)
  const used = new Set([time, op, offset, bytes, device])
  return {
    separator,
    time,
    timeName: names[time] ?? '',
    op,
    offset,
    offsetUnit: UNITS.get(names[offset] ?? '') ?? 1,
    bytes,
    bytesUnit: UNITS.get(names[bytes] ?? '') ?? 1,
    device,
    isDeviceLast: device === names.length - 1,
    unused: names.filter((_, index) => !used.has(index)),
  }
}

interface Found {
  readonly columns: Columns
  /** Number of the heading's line; 0: there is none. */
  readonly heading: number
}

function find(head: string): Found | null {
  const [first] = firstLines(head)
  if (first === undefined) return null
  if (PLAIN_LINE.test(first.line)) return { columns: PLAIN, heading: 0 }
  const columns = columnsOfHeading(first.line)
  return columns === null ? null : { columns, heading: first.number }
}

function open(head: string, trace: TraceDraft): Result<ReadLine> {
  const found = find(head)
  const lines = firstLines(head)
  if (found === null) {
    return failed([
      {
        path: `line ${lines[0]?.number ?? 1}`,
        code: 'not-a-trace',
        message: `${JSON.stringify(lines[0]?.line.slice(0, 80) ?? '')} is not the heading of a trace; use time_s,op,offset,bytes`,
      },
    ])
  }
  const { columns, heading } = found
  if (columns.unused.length > 0) {
    trace.losses.push({
      path: `line ${heading}`,
      kind: 'dropped',
      message: `the columns ${columns.unused.join(', ')} are not used`,
    })
  }
  const sample = traceCell(lines[heading === 0 ? 0 : 1]?.line.split(columns.separator)[columns.time] ?? '')
  const readTime = traceClock(nsPerUnit(columns, decimalPoint(sample, columns), trace))
  return ok((line, number) => {
    if (line.trim() === '' || line.startsWith('#') || number === heading) return
    readCells(trace, columns, { line, number, readTime })
  })
}

const DIGITS: readonly (readonly [digits: number, name: string, ns: number])[] = [
  [18, 'nanoseconds', 1],
  [15, 'microseconds', 1e3],
  [12, 'milliseconds', 1e6],
  [0, 'seconds', 1e9],
]

/** By the column's name, or else by how long its numbers are, taking them for times of this age; then that is said. */
function nsPerUnit({ timeName }: Columns, sample: string, trace: TraceDraft): number {
  const named = TIMES.get(timeName) ?? null
  if (named !== null) return named
  if (Number.isNaN(traceNumber(sample))) {
    const message = `${JSON.stringify(sample.slice(0, 40))} is not a number; times are read as numbers of one unit`
    trace.losses.push({ path: timeName, kind: 'not-understood', message })
    return 1e9
  }
  const whole = sample.replace(/\..*$/, '')
  const [, name, ns] = DIGITS.find(([digits]) => whole.length > digits) ?? ([0, 'seconds', 1e9] as const)
  trace.losses.push({
    path: timeName,
    kind: 'converted',
    message: `the heading does not say the unit of time; ${name} are assumed, as ${JSON.stringify(sample.slice(0, 40))} suggests. Name the column time_s, time_ms, time_us or time_ns to be sure`,
  })
  return ns
}

function readCells(
  trace: TraceDraft,
  columns: Columns,
  {
    line,
    number,
    readTime,
  }: { readonly line: string; readonly number: number; readonly readTime: (text: string) => number },
): void {
  const cells = line.split(columns.separator)
  const cell = (index: number) => traceCell(cells[index] ?? '')
  const op = cell(columns.op).toLowerCase()
  const timeNs = readTime(decimalPoint(cell(columns.time), columns))
  const offset = traceNumber(cell(columns.offset))
  const bytes = traceNumber(cell(columns.bytes))
  if (Number.isNaN(timeNs) || Number.isNaN(offset) || Number.isNaN(bytes)) {
    skipLine(trace, number, line)
  } else if (!/^(r|w|read|write)/.test(op)) {
    skip(trace, `${op === '' ? 'unnamed' : op.slice(0, 20)} requests`)
  } else {
    const device = columns.isDeviceLast
      ? nameOf(cells.slice(columns.device).join(columns.separator))
      : cell(columns.device)
    addRequest(trace, (columns.device < 0 ? '' : device) || 'disk', {
      timeNs,
      isWrite: op.startsWith('w'),
      offset: offset * columns.offsetUnit,
      bytes: bytes * columns.bytesUnit,
    })
  }
}

/** Where semicolons part cells, the comma is the decimal one. */
function decimalPoint(text: string, { separator }: Columns): string {
  return separator === ';' ? text.replace(',', '.') : text
}

/** As `csvCell` writes it. */
function nameOf(cell: string): string {
  const text = cell.trim()
  return plainCell(/^".*"$/.test(text) ? text.slice(1, -1).replaceAll('""', '"') : text)
}

/** Weir's own columns, which are read strictly: a line that is not of them is an error. */
export function isOwnTrace(head: string): boolean {
  const found = find(head)
  if (found === null || found.columns.device >= 0) return false
  const { columns, heading } = found
  const inPlace = columns.time === 0 && columns.op === 1 && columns.offset === 2 && columns.bytes === 3
  return (
    heading === 0 ||
    (inPlace &&
      columns.separator === ',' &&
      columns.timeName === 'time_s' &&
      columns.unused.length === 0 &&
      columns.offsetUnit === 1 &&
      columns.bytesUnit === 1)
  )
}

export const csvDialect: TraceDialect = {
  id: 'trace-csv',
  title: 'Trace, CSV',
  fileExtension: '.csv',
  note: 'time_s,op,offset,bytes, under these or similar names',
  detect: (head) => (find(head) === null ? 0 : 0.85),
  open,
}

export const traceCsv = traceFormat(csvDialect)
