import { isOwnTrace } from '#shared/formats/loads/trace-csv.ts'
import { type ReadLine, TRACE_HEAD_CHARS, type TraceDialect } from '#shared/formats/loads/trace-dialect.ts'
import { guessTraceDialect } from '#shared/formats/loads/trace-dialects.ts'
import { newTraceDraft, type TraceDraft } from '#shared/formats/loads/trace-draft.ts'
import { readTraceHead } from '#shared/formats/loads/trace-head.ts'
import { failed, ok, type Result } from '#shared/issue.ts'
import { sharedMemory, TraceReader } from './trace.ts'

/** No line of any recording is longer. */
const MAX_LINE_CHARS = 1024 * 1024

export interface Gathered {
  /** Its columns are not sorted yet. */
  readonly trace: TraceDraft
  readonly format: string
}

/** Text in pieces → lines → requests. What the file is written in is told from its beginning. */
export class TraceReading {
  readonly #trace = newTraceDraft(sharedMemory)
  #dialect: TraceDialect | null
  #head: string | null = ''
  #own: TraceReader | null = null
  #readLine: ReadLine | null = null
  #problem: Result<never> | null = null
  #rest = ''
  #line = 0

  constructor(dialect: TraceDialect | null) {
    this.#dialect = dialect
  }

  push(chunk: string): void {
    if (this.#head === null) {
      this.#take(chunk)
      return
    }
    this.#head += chunk
    if (this.#head.length >= TRACE_HEAD_CHARS) this.#begin()
  }

  count(): number {
    return this.#own?.columns.count ?? this.#trace.count
  }

  isOver(): boolean {
    return this.#problem !== null || this.#trace.full !== null
  }

  finish(): Result<Gathered> {
    if (this.#head !== null) this.#begin()
    if (this.#rest !== '') this.#readLine?.(this.#rest, this.#line + 1)
    if (this.#problem !== null) return this.#problem
    if (this.#own === null) return ok({ trace: this.#trace, format: this.#dialect?.id ?? '' })
    const read = this.#own.finish()
    if (!read.ok) return read
    this.#trace.columns.set('disk', this.#own.columns)
    this.#trace.count = this.#own.columns.count
    return ok({ trace: this.#trace, format: 'trace-csv' })
  }

  #begin(): void {
    const text = (this.#head ?? '').replace(/^\uFEFF/, '')
    const head = text.slice(0, TRACE_HEAD_CHARS)
    this.#head = null
    this.#trace.head = readTraceHead(head)
    this.#dialect ??= guessTraceDialect(head)
    // What looks like none is read as Weir's own, which says what is wrong with its lines.
    if (this.#dialect === null || (this.#dialect.id === 'trace-csv' && isOwnTrace(head))) {
      this.#own = new TraceReader()
    } else {
      const opened = this.#dialect.open(head, this.#trace)
      if (opened.ok) this.#readLine = opened.value
      else this.#problem = opened
    }
    this.#take(text)
  }

  #take(chunk: string): void {
    if (this.#own !== null) {
      this.#own.push(chunk)
      return
    }
    if (this.#readLine === null) return
    const lines = (this.#rest + chunk).split('\n')
    this.#rest = lines.pop() ?? ''
    if (this.#rest.length > MAX_LINE_CHARS) {
      this.#problem = failed([
        {
          path: `line ${this.#line + lines.length + 1}`,
          code: 'line-too-long',
          message: `this line has more than ${MAX_LINE_CHARS} characters; this is probably not the file you meant`,
        },
      ])
    }
    for (const line of lines) {
      this.#line += 1
      this.#readLine(line.endsWith('\r') ? line.slice(0, -1) : line, this.#line)
    }
  }
}
