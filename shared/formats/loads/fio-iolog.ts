import { failed, ok, type Result } from '#shared/issue.ts'
import { type ReadLine, type TraceDialect, traceFormat } from './trace-dialect.ts'
import { addRequest, skip, skipLine, type TraceDraft } from './trace-draft.ts'

// fio's iolog, versions 2 and 3. Version 2 has no times, only `wait`s; version 3 begins each line with microseconds since
// the start of the run (as fio 3.33 was seen to write them).

const FIRST_LINE = /^fio version (\d+) iolog\s*$/

interface Clock {
  timeNs: number
  waits: number
}

function open(head: string, trace: TraceDraft): Result<ReadLine> {
  const version = FIRST_LINE.exec(
    head
      .slice(0, 100)
      .replace(/^\uFEFF/, '')
      .split('\n')[0] ?? '',
  )?.[1]
  if (version !== '2' && version !== '3') {
    return failed([
      {
        path: 'line 1',
        code: 'not-iolog',
        message:
          'this is not a fio iolog that Weir reads; its first line is "fio version 2 iolog" or "fio version 3 iolog"',
      },
    ])
  }
  const clock: Clock = { timeNs: 0, waits: 0 }
  // Waits may come late in the file; whether there are any is seen in its beginning.
  if (version === '2' && !/ wait \d/.test(head)) {
    trace.losses.push({
      path: '',
      kind: 'converted',
      message:
        'version 2 of the iolog has no times and this one no waits: all requests are there at once, and go as the disk lets them',
    })
  }
  return ok((line, number) => {
    if (number === 1 || line.trim() === '') return
    const words = line.trim().split(/\s+/)
    if (version === '3') clock.timeNs = Number(words.shift()) * 1e3
    readWords(trace, clock, words, { line, number })
  })
}

function readWords(
  trace: TraceDraft,
  clock: Clock,
  words: readonly string[],
  at: { readonly line: string; readonly number: number },
): void {
  const numbers = words.slice(-2).map(Number)
  const [offset = Number.NaN, bytes = Number.NaN] = numbers
  const action = words.length >= 4 ? words[words.length - 3] : words[words.length - 1]
  if (!Number.isFinite(clock.timeNs)) {
    clock.timeNs = 0
    skipLine(trace, at.number, at.line)
  } else if (action === 'read' || action === 'write') {
    // A file name may hold spaces; action, offset and length are the last three words.
    addRequest(trace, words.slice(0, -3).join(' '), {
      timeNs: clock.timeNs,
      isWrite: action === 'write',
      offset,
      bytes,
    })
  } else if (action === 'wait' && Number.isFinite(offset)) {
    clock.waits += 1
    clock.timeNs += offset * 1e3
  } else if (action === 'trim' || action === 'sync' || action === 'datasync' || action === 'sync_file_range') {
    skip(trace, `${action} requests`)
  } else if (!['add', 'open', 'close'].includes(words[words.length - 1] ?? '')) {
    skipLine(trace, at.number, at.line)
  }
}

export const iologDialect: TraceDialect = {
  id: 'fio-iolog',
  title: 'fio iolog',
  fileExtension: '.iolog',
  note: 'recorded with fio --write_iolog; one disk per file',
  detect: (head) => (/^\uFEFF?fio version \d+ iolog/.test(head) ? 1 : 0),
  open,
}

export const fioIolog = traceFormat(iologDialect)
