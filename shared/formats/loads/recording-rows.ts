import { type IntervalLatency, latencyCell, parseLatencyCell } from './latency-cell.ts'

// The rows of a recording: counters of a VM's disks, interval by interval, as `weir record` writes them.

export const RECORDING_HEAD = '# weir-recording/1'
export const RECORDING_COLUMNS = 'from_s,to_s,device,reads,read_bytes,writes,write_bytes,limit_share,outstanding'
/** Where latency is counted, too. A heading counts from its line on: these may begin in the middle. */
export const LATENCY_COLUMNS = `${RECORDING_COLUMNS},read_latency,write_latency`

/** One interval of one disk; seconds since the recording began. */
export interface Interval {
  readonly fromS: number
  readonly toS: number
  readonly reads: number
  readonly readBytes: number
  readonly writes: number
  readonly writeBytes: number
  /** The largest share of any limit over the disk that its members used, 0…1 and more; null: no limit, or not told. */
  readonly limitShare: number | null
  /** Requests under way on average; null: not told. */
  readonly outstanding: number | null
  /** How long its requests took; left out: the recording has no such columns. */
  readonly latency?: IntervalLatency
}

const LEAST_COLUMNS = 7

export interface RecordingRow {
  readonly device: string
  readonly interval: Interval
  /** Cells of latency that are none; the interval is right without them. */
  readonly damaged: readonly { readonly column: string; readonly value: string }[]
}

/** Names of the columns behind the least ones, by the heading: recordings of an earlier Weir have none or fewer. */
export function moreColumns(heading: string): readonly string[] {
  const names = heading.split(',').map((name) => name.trim())
  return names.slice(LEAST_COLUMNS)
}

/** A name may hold commas: it is what lies between two numbers and four, and the columns `more` behind them. */
export function parseRecordingRow(line: string, more: readonly string[]): RecordingRow | null {
  const cells = line.trim().split(',')
  if (cells.length < LEAST_COLUMNS + more.length) return null
  const tail = cells.slice(cells.length - 4 - more.length)
  const [fromS = 0, toS = 0, reads = 0, readBytes = 0, writes = 0, writeBytes = 0] = [
    ...cells.slice(0, 2),
    ...tail.slice(0, 4),
  ].map(Number)
  const device = cells.slice(2, cells.length - 4 - more.length).join(',')
  const counts = [reads, readBytes, writes, writeBytes]
  const isRight =
    fromS >= 0 && toS > fromS && device !== '' && counts.every((count) => Number.isSafeInteger(count) && count >= 0)
  if (!isRight) return null
  const cell = (name: string) => tail.slice(4)[more.indexOf(name)]
  const [limitShare, outstanding] = [figureOf(cell('limit_share')), figureOf(cell('outstanding'))]
  const { latency, damaged } = latencyOf(cell)
  const figures = { fromS, toS, reads, readBytes, writes, writeBytes, limitShare, outstanding }
  return { device, interval: latency === null ? figures : { ...figures, latency }, damaged }
}

function latencyOf(cell: (name: string) => string | undefined): {
  readonly latency: IntervalLatency | null
  readonly damaged: RecordingRow['damaged']
} {
  const damaged: { readonly column: string; readonly value: string }[] = []
  const bins = (column: string) => {
    const value = cell(column) ?? ''
    const parsed = parseLatencyCell(value)
    if (parsed !== 'damaged') return parsed
    damaged.push({ column, value })
    return null
  }
  if (cell('read_latency') === undefined && cell('write_latency') === undefined) return { latency: null, damaged }
  return { latency: { read: bins('read_latency'), write: bins('write_latency') }, damaged }
}

function figureOf(cell: string | undefined): number | null {
  const figure = cell === undefined || cell.trim() === '' ? Number.NaN : Number(cell)
  return figure >= 0 ? figure : null
}

export function recordingRow(device: string, interval: Interval): string {
  const { fromS, toS, reads, readBytes, writes, writeBytes, limitShare, outstanding, latency } = interval
  const figure = (value: number | null) => (value === null ? '' : String(Number(value.toFixed(3))))
  const counts = `${reads},${readBytes},${writes},${writeBytes}`
  // QEMU's ids hold no line ends; a name that does must not make a second row.
  const name = device.replace(/[\r\n]/g, ' ')
  const took = latency === undefined ? '' : `,${latencyCell(latency.read)},${latencyCell(latency.write)}`
  return `${fromS.toFixed(6)},${toS.toFixed(6)},${name},${counts},${figure(limitShare)},${figure(outstanding)}${took}\n`
}
