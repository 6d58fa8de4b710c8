import type { Result } from '#shared/issue.ts'
import type { Format, FormatFamily, Imported, ReadOptions } from '../format.ts'
import { checkText } from '../text/guard.ts'
import { eachLine, finishTrace, newTraceDraft, type TraceDraft } from './trace-draft.ts'
import { readTraceHead } from './trace-head.ts'

// How a recording is written: told from its beginning, read line by line, so that a file of any length can be read in
// pieces.

/** As much of a file as a dialect looks at to know itself. */
export const TRACE_HEAD_CHARS = 64 * 1024

export type ReadLine = (line: string, number: number) => void

export interface TraceDialect {
  readonly id: string
  /** For people: `Alibaba block trace`. */
  readonly title: string
  readonly note: string
  readonly fileExtension: string
  /** How sure it is that a file that begins with `head` is of this dialect: 0 not at all … 1 certainly. */
  readonly detect: (head: string) => number
  /** What takes the lines of a file that begins with `head`; issues where it cannot be of this dialect. */
  readonly open: (head: string, trace: TraceDraft) => Result<ReadLine>
}

/** The first lines that say something, without comments. */
export function firstLines(head: string): readonly { readonly line: string; readonly number: number }[] {
  return head
    .replace(/^\uFEFF/, '')
    .slice(0, 8192)
    .split(/\r?\n/)
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '' && !line.startsWith('#'))
}

export function traceFormat(dialect: TraceDialect): Format {
  return {
    id: dialect.id,
    title: dialect.title,
    family: 'Loads' satisfies FormatFamily,
    direction: 'in',
    fileExtension: dialect.fileExtension,
    note: dialect.note,
    options: [],
    read: (text, options) => readTrace(dialect, text, options),
    detect: (text) => dialect.detect(text.slice(0, TRACE_HEAD_CHARS)),
  }
}

function readTrace(dialect: TraceDialect, text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'trace')
  if (!checked.ok) return checked
  const trace = newTraceDraft()
  trace.head = readTraceHead(checked.value.slice(0, TRACE_HEAD_CHARS))
  const reading = dialect.open(checked.value.slice(0, TRACE_HEAD_CHARS), trace)
  if (!reading.ok) return reading
  eachLine(checked.value, reading.value)
  return finishTrace(trace, options)
}
