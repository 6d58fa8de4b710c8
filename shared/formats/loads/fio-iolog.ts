import { failed, type Result } from '#shared/issue.ts'
import type { Format, Imported, ReadOptions } from '../format.ts'
import { checkText } from '../text/guard.ts'
import { addRequest, eachLine, finishTrace, newTraceDraft, skip, skipLine, type TraceDraft } from './trace-draft.ts'

// fio's iolog, versions 2 and 3. Version 2 has no times, only `wait`s; version 3 begins each line with microseconds since
// the start of the run (as fio 3.33 was seen to write them).

const FIRST_LINE = /^fio version (\d+) iolog\s*$/

interface Clock {
  timeS: number
  waits: number
}

function readIolog(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'trace')
  if (!checked.ok) return checked
  const version = FIRST_LINE.exec(checked.value.slice(0, 100).split('\n')[0] ?? '')?.[1]
  if (version !== '2' && version !== '3') {
    return failed([
      {
        path: 'line 1',
        code: 'not-iolog',
        message:
          'this is no fio iolog that Weir reads; its first line is "fio version 2 iolog" or "fio version 3 iolog"',
      },
    ])
  }
  const trace = newTraceDraft()
  const clock: Clock = { timeS: 0, waits: 0 }
  eachLine(checked.value, (line, number) => {
    if (number === 1 || line.trim() === '') return
    const words = line.trim().split(/\s+/)
    if (version === '3') clock.timeS = Number(words.shift()) / 1e6
    readWords(trace, clock, words, { line, number })
  })
  if (version === '2' && clock.waits === 0) {
    trace.draft.losses.push({
      path: '',
      kind: 'converted',
      message:
        'version 2 of the iolog has no times and this one no waits: all requests are there at once, and go as the disk lets them',
    })
  }
  return finishTrace(trace, options)
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
  if (!Number.isFinite(clock.timeS)) {
    clock.timeS = 0
    skipLine(trace, at.number, at.line)
  } else if (action === 'read' || action === 'write') {
    // A file name may hold spaces; action, offset and length are the last three words.
    addRequest(trace, words.slice(0, -3).join(' '), { timeS: clock.timeS, isWrite: action === 'write', offset, bytes })
  } else if (action === 'wait' && Number.isFinite(offset)) {
    clock.waits += 1
    clock.timeS += offset / 1e6
  } else if (action === 'trim' || action === 'sync' || action === 'datasync' || action === 'sync_file_range') {
    skip(trace, `${action} requests`)
  } else if (!['add', 'open', 'close'].includes(words[words.length - 1] ?? '')) {
    skipLine(trace, at.number, at.line)
  }
}

export const fioIolog: Format = {
  id: 'fio-iolog',
  title: 'fio iolog',
  family: 'Loads',
  direction: 'in',
  fileExtension: '.iolog',
  note: 'recorded with fio --write_iolog; one disk per file',
  options: [],
  read: readIolog,
  detect: (text) => (/^\uFEFF?fio version \d+ iolog/.test(text) ? 1 : 0),
}
