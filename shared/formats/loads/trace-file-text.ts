import { NS_PER_MS } from '#shared/units.ts'
import { RECORDING_COLUMNS, RECORDING_HEAD, recordingRow } from './recording-rows.ts'
import { TRACE_HEADING, traceCsvLines } from './trace-columns.ts'
import type { TraceDraft } from './trace-draft.ts'
import { traceHeadLine } from './trace-head.ts'

/** One disk of a settled trace as a file of its own: a recording stays one. */
export function* traceFileText(trace: TraceDraft, device: string): Generator<string> {
  const column = trace.columns.get(device)
  if (column === undefined) return
  const { startedMs, closedLoops } = trace.head
  const intervals = trace.intervals.get(device)
  if (intervals !== undefined) {
    yield `${RECORDING_HEAD}\n${startedMs === null ? '' : traceHeadLine({ startedMs })}${RECORDING_COLUMNS}\n`
    for (const interval of intervals) yield recordingRow(device, interval)
    return
  }
  if (startedMs !== null) {
    const own = closedLoops.includes(device) ? { closedLoops: ['disk'] } : {}
    yield traceHeadLine({ startedMs: startedMs + column.zeroNs / NS_PER_MS, ...own })
  }
  yield TRACE_HEADING
  yield* traceCsvLines(column)
}
