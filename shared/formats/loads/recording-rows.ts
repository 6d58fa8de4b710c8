// The rows of a recording: counters of a VM's disks, interval by interval, as `weir record` writes them.

export const RECORDING_HEAD = '# weir-recording/1'
export const RECORDING_COLUMNS = 'from_s,to_s,device,reads,read_bytes,writes,write_bytes,limit_share,outstanding'

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
}

const LEAST_COLUMNS = 7

export interface RecordingRow {
  readonly device: string
  readonly interval: Interval
}

/**
 * Columns behind the least ones, by the heading: recordings of an earlier Weir have none.
 */
export function moreColumns(heading: string): number {
  return Math.max(0, heading.split(',').length - LEAST_COLUMNS)
}

/** A name may hold commas: it is what lies between two numbers and four, and `more` columns behind them. */
export function parseRecordingRow(line: string, more: number): RecordingRow | null {
  const cells = line.trim().split(',')
  if (cells.length < LEAST_COLUMNS + more) return null
  const tail = cells.slice(cells.length - 4 - more)
  const [fromS = 0, toS = 0, reads = 0, readBytes = 0, writes = 0, writeBytes = 0] = [
    ...cells.slice(0, 2),
    ...tail.slice(0, 4),
  ].map(Number)
  const device = cells.slice(2, cells.length - 4 - more).join(',')
  const counts = [reads, readBytes, writes, writeBytes]
  const isRight =
    fromS >= 0 && toS > fromS && device !== '' && counts.every((count) => Number.isSafeInteger(count) && count >= 0)
  if (!isRight) return null
  const [limitShare, outstanding] = [figureOf(tail[4]), figureOf(tail[5])]
  return { device, interval: { fromS, toS, reads, readBytes, writes, writeBytes, limitShare, outstanding } }
}

function figureOf(cell: string | undefined): number | null {
  const figure = cell === undefined || cell.trim() === '' ? Number.NaN : Number(cell)
  return figure >= 0 ? figure : null
}

export function recordingRow(device: string, interval: Interval): string {
  const { fromS, toS, reads, readBytes, writes, writeBytes, limitShare, outstanding } = interval
  const figure = (value: number | null) => (value === null ? '' : String(Number(value.toFixed(3))))
  const counts = `${reads},${readBytes},${writes},${writeBytes}`
  // QEMU's ids hold no line ends; a name that does must not make a second row.
  const name = device.replace(/[\r\n]/g, ' ')
  return `${fromS.toFixed(6)},${toS.toFixed(6)},${name},${counts},${figure(limitShare)},${figure(outstanding)}\n`
}
