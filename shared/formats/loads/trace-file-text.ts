import { NS_PER_MS } from '#shared/units.ts'
import { NO_LATENCY } from './latency-cell.ts'
import { type Interval, LATENCY_COLUMNS, RECORDING_COLUMNS, RECORDING_HEAD, recordingRow } from './recording-rows.ts'
import { TRACE_HEADING, type TraceColumns, traceCsvLines } from './trace-columns.ts'
import { type TraceHead, traceHeadLine } from './trace-head.ts'

/** What of a trace goes into its files; all but the head by device. */
interface TraceContent {
  readonly columns: ReadonlyMap<string, TraceColumns>
  readonly intervals: ReadonlyMap<string, readonly Interval[]>
  readonly head: TraceHead
}

/** One disk of a settled trace as a file of its own: a recording stays one. */
export function* traceFileText(trace: TraceContent, device: string): Generator<string> {
  const column = trace.columns.get(device)
  if (column === undefined) return
  const { startedMs, closedLoops } = trace.head
  const intervals = trace.intervals.get(device)
  if (intervals !== undefined) {
    const isTimed = intervals.some(({ latency }) => latency !== undefined)
    const columns = isTimed ? LATENCY_COLUMNS : RECORDING_COLUMNS
    yield `${RECORDING_HEAD}\n${startedMs === null ? '' : traceHeadLine({ startedMs })}${columns}\n`
    for (const interval of intervals)
      yield recordingRow(device, isTimed ? { latency: NO_LATENCY, ...interval } : interval)
    return
  }
  if (startedMs !== null) {
    const own = closedLoops.includes(device) ? { closedLoops: ['disk'] } : {}
    yield traceHeadLine({ startedMs: startedMs + column.zeroNs / NS_PER_MS, ...own })
  }
  yield TRACE_HEADING
  yield* traceCsvLines(column)
}
