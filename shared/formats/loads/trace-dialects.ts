import { blktraceDialect } from './blktrace.ts'
import { iologDialect } from './fio-iolog.ts'
import { csvDialect } from './trace-csv.ts'
import type { TraceDialect } from './trace-dialect.ts'
import { PUBLISHED_TRACES } from './trace-published.ts'
import { recordingDialect } from './weir-recording.ts'

/** Every way in which recordings are written that Weir reads. */
export const TRACE_DIALECTS: readonly TraceDialect[] = [
  recordingDialect,
  iologDialect,
  blktraceDialect,
  ...PUBLISHED_TRACES,
  csvDialect,
]

/** The one that is surest of a file that begins with `head`; null: it is not a recording that Weir knows. */
export function guessTraceDialect(head: string): TraceDialect | null {
  let best: TraceDialect | null = null
  let sure = 0
  for (const dialect of TRACE_DIALECTS) {
    const own = dialect.detect(head)
    if (own > sure) [best, sure] = [dialect, own]
  }
  return best
}
