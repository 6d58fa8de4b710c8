import { ok } from '#shared/issue.ts'
import { NS_PER_S } from '#shared/units.ts'
import { MAX_REQUEST_BYTES } from '#shared/workspace/workspace.ts'
import { LATENCY_CELL } from './latency-cell.ts'
import { moreColumns, parseRecordingRow, RECORDING_HEAD, type RecordingRow } from './recording-rows.ts'
import { type TraceDialect, traceFormat } from './trace-dialect.ts'
import { addRequest, skipCell, skipLine, type TraceDraft } from './trace-draft.ts'

// A recording of intervals as a load. When the requests of an interval came is not known. To be played they are laid
// evenly over it, reads and writes mixed, each of its interval's mean size, one behind the other on the disk; whoever
// reckons with them has the intervals beside.

/** Offsets are not recorded: they run through the first GiB. */
const WALK_BYTES = 2 ** 30
const SECTOR_BYTES = 512

export const recordingDialect: TraceDialect = {
  id: 'weir-recording',
  title: 'Recording of weir record',
  fileExtension: '.csv',
  note: 'counters per interval; requests are spread evenly over each',
  detect: (head) => (head.replace(/^\uFEFF/, '').startsWith(RECORDING_HEAD) ? 1 : 0),
  open: (_head, trace) => {
    const cursors = new Map<string, number>()
    let more: readonly string[] = []
    return ok((line, number) => {
      if (line.trim() === '' || line.startsWith('#')) return
      if (line.startsWith('from_s,')) {
        more = moreColumns(line)
        return
      }
      const row = parseRecordingRow(line, more)
      if (row === null) {
        skipLine(trace, number, line)
        return
      }
      for (const { column, value } of row.damaged) skipCell(trace, { line: number, column, value, right: LATENCY_CELL })
      addInterval(trace, row, cursors)
    })
  },
}

export const weirRecording = traceFormat(recordingDialect)

function addInterval(trace: TraceDraft, { device, interval }: RecordingRow, cursors: Map<string, number>): void {
  const known = trace.intervals.get(device)
  if (known === undefined) trace.intervals.set(device, [interval])
  else known.push(interval)
  const { fromS, toS, reads, writes } = interval
  const all = reads + writes
  let cursor = cursors.get(device) ?? 0
  const done = { read: 0, write: 0 }
  for (let index = 0; index < all && trace.full === null; index += 1) {
    const isWrite = Math.floor(((index + 1) * writes) / all) > Math.floor((index * writes) / all)
    const bytes = isWrite
      ? shareOf(interval.writeBytes, writes, done.write)
      : shareOf(interval.readBytes, reads, done.read)
    done[isWrite ? 'write' : 'read'] += 1
    if (cursor + bytes > WALK_BYTES) cursor = 0
    const timeNs = Math.round((fromS + ((index + 0.5) * (toS - fromS)) / all) * NS_PER_S)
    addRequest(trace, device, { timeNs, isWrite, offset: cursor, bytes })
    cursor += bytes
  }
  cursors.set(device, cursor)
}

/** Of the `index`-th of `count` requests that come to `bytes` together: whole sectors where those are. */
function shareOf(bytes: number, count: number, index: number): number {
  const unit = bytes % SECTOR_BYTES === 0 ? SECTOR_BYTES : 1
  const units = bytes / unit
  const own = Math.floor(((index + 1) * units) / count) - Math.floor((index * units) / count)
  return Math.min(MAX_REQUEST_BYTES, Math.max(1, own) * unit)
}
