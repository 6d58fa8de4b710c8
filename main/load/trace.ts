import type { Interval } from '#shared/formats/loads/recording-rows.ts'
import { traceCell, traceNumber } from '#shared/formats/loads/trace-cells.ts'
import { MAX_TRACE_REQUESTS, TraceColumns } from '#shared/formats/loads/trace-columns.ts'
import { failed, type Issue, ok, type Result } from '#shared/issue.ts'
import { NS_PER_S } from '#shared/units.ts'
import { MAX_REQUEST_BYTES } from '#shared/workspace/workspace.ts'

// A recorded load in memory, and the strict reader of Weir's own CSV: `time_s,op,offset,bytes`, one request a line, a
// heading allowed, `#` begins a comment. Columns in shared buffers, so that an iothread sees what the main process read
// without a copy.

const MAX_ISSUES = 20

export interface Trace {
  readonly count: number
  /** Since the first request; never falls. */
  readonly timesNs: Float64Array
  readonly offsets: Float64Array
  /** Bytes, and the direction in the top bit. */
  readonly sizes: Uint32Array
  /** Left out: nothing is known beside the requests. */
  readonly about?: TraceAbout
}

/** Recorded loads by the absolute path of their file. */
export type Traces = ReadonlyMap<string, Trace>

/** What a file says of a load beside its requests. */
export interface TraceAbout {
  /** When the trace's time 0 was, ms since 1970; null: the file does not say. */
  readonly zeroMs: number | null
  /** The same on the file's own clock, which all disks of a file share; ms. */
  readonly fileMs: number
  /** Only counters are known: the requests of each interval are laid evenly over it. null: each request is timed. */
  readonly intervals: readonly Interval[] | null
  /** The load followed what it was given when it was recorded. */
  readonly isClosedLoop: boolean
}

/** A device that plays a recorded load, and what its file says of it. */
export interface RecordedLoad {
  readonly id: string
  readonly about: TraceAbout
}

export function sharedMemory(bytes: number): SharedArrayBuffer {
  return new SharedArrayBuffer(bytes)
}

/** Plain data, which threads can be given. */
export function traceOf({ count, timesNs, offsets, sizes }: TraceColumns): Trace {
  return { count, timesNs, offsets, sizes }
}

/** Reads a trace piece by piece: `push` each chunk of text, then `finish`. Keeps no text but an unfinished line. */
export class TraceReader {
  readonly columns = new TraceColumns(sharedMemory)
  #lastNs = 0
  #line = 0
  #rest = ''
  readonly #issues: Issue[] = []

  push(chunk: string): void {
    const lines = (this.#rest + chunk).split('\n')
    this.#rest = lines.pop() ?? ''
    for (const line of lines) this.#readLine(line)
  }

  finish(): Result<Trace> {
    if (this.#rest !== '') this.#readLine(this.#rest)
    this.#rest = ''
    if (this.columns.count === 0 && this.#issues.length === 0) {
      this.#complain('trace-empty', 'there is no request in this trace; give lines of time_s,op,offset,bytes')
    }
    if (this.#issues.length > 0) return failed(this.#issues)
    this.columns.settle()
    return ok(traceOf(this.columns))
  }

  #readLine(raw: string): void {
    this.#line += 1
    if (this.#issues.length >= MAX_ISSUES) return
    const text = raw.trim()
    if (text === '' || text.startsWith('#')) return
    const [time, op, offset, bytes, ...more] = text.split(',').map(traceCell)
    if (this.columns.count === 0 && time !== undefined && /^time(_s)?$/i.test(time)) return
    if (bytes === undefined || more.length > 0) {
      this.#complain('trace-columns', `${JSON.stringify(text.slice(0, 80))} is not time_s,op,offset,bytes`)
      return
    }
    this.#append({ time: time ?? '', op: op ?? '', offset: offset ?? '', bytes })
  }

  #append(line: Fields): void {
    const [offset, bytes, op] = [traceNumber(line.offset), traceNumber(line.bytes), line.op.toLowerCase()]
    const timeNs = Math.round(traceNumber(line.time) * NS_PER_S)
    if (!(timeNs >= 0 && timeNs <= Number.MAX_SAFE_INTEGER))
      this.#complain('trace-time', `time ${shown(line.time)} is not valid; use seconds, 0 or more`)
    else if (timeNs < this.#lastNs)
      this.#complain('trace-order', `time ${shown(line.time)} lies before the line above; sort the trace by time`)
    else if (!/^(r|read|w|write)$/.test(op))
      this.#complain('trace-op', `op ${shown(line.op)} is not valid; use read or write`)
    else if (!Number.isSafeInteger(offset) || offset < 0)
      this.#complain(
        'trace-offset',
        `offset ${shown(line.offset)} is not valid; use a whole number of bytes, 0 or more`,
      )
    else if (!Number.isInteger(bytes) || bytes < 1 || bytes > MAX_REQUEST_BYTES)
      this.#complain(
        'trace-bytes',
        `size ${shown(line.bytes)} is not valid; use a whole number of bytes from 1 to ${MAX_REQUEST_BYTES}`,
      )
    else if (this.columns.count >= MAX_TRACE_REQUESTS)
      this.#complain('trace-too-long', `a trace holds at most ${MAX_TRACE_REQUESTS} requests; cut it into parts`)
    else {
      this.columns.add({ timeNs, isWrite: op.startsWith('w'), offset, bytes })
      this.#lastNs = timeNs
    }
  }

  #complain(code: string, message: string): void {
    this.#issues.push({ path: `line ${this.#line}`, code, message })
  }
}

/** As the line has them. */
interface Fields {
  readonly time: string
  readonly op: string
  readonly offset: string
  readonly bytes: string
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 40))
}
