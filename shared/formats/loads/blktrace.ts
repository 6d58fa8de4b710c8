import type { Result } from '#shared/issue.ts'
import type { Format, Imported, ReadOptions } from '../format.ts'
import { checkText } from '../text/guard.ts'
import { addRequest, eachLine, finishTrace, newTraceDraft, skip, skipLine } from './trace-draft.ts'

// blkparse's text of a blktrace: `  8,0  1  17  0.003502 697  Q  WS 223490 + 8 [kjournald]`. One request passes several
// events; the one closest to the guest is taken: queued, else inserted, issued, completed.

const SECTOR_BYTES = 512
const LINE = /^\s*(\d+,\d+)\s+\d+\s+\d+\s+(\d+\.\d+)\s+\d+\s+([A-Z]+)\s+([A-Z]+)(?:\s+(\d+)\s+\+\s+(\d+))?/
const EVENTS = { Q: 'queued', I: 'inserted', D: 'issued', C: 'completed' } as const

type Event = keyof typeof EVENTS

/** The first of the events that has a read or write with a place. */
function bestEvent(text: string): Event | null {
  for (const event of Object.keys(EVENTS) as Event[]) {
    if (
      new RegExp(
        `^[ \\t]*\\d+,\\d+[ \\t]+\\d+[ \\t]+\\d+[ \\t]+\\d+\\.\\d+[ \\t]+\\d+[ \\t]+${event}[ \\t]+[A-Z]+[ \\t]+\\d+[ \\t]+\\+`,
        'm',
      ).test(text)
    ) {
      return event
    }
  }
  return null
}

function readBlktrace(text: string, options: ReadOptions): Result<Imported> {
  const checked = checkText(text, 'trace')
  if (!checked.ok) return checked
  const trace = newTraceDraft()
  const event = bestEvent(checked.value)
  let inSummary = false
  eachLine(checked.value, (line, number) => {
    // The totals that blkparse prints at the end.
    if (/^(CPU\d|Total|Throughput|Events|Skips|\s*Reads? )/.test(line)) inSummary = true
    if (inSummary || line.trim() === '') return
    const found = LINE.exec(line)
    if (!found) {
      skipLine(trace, number, line)
      return
    }
    const [, device = '', time, action, kind = '', sector, sectors] = found
    if (action !== event) return
    if (sector === undefined || sectors === undefined) {
      skip(trace, 'events without a place (flushes)')
      return
    }
    if (!/[RW]/.test(kind)) {
      skip(trace, 'discards and flushes')
      return
    }
    addRequest(trace, device, {
      timeS: Number(time),
      isWrite: kind.includes('W'),
      offset: Number(sector) * SECTOR_BYTES,
      bytes: Number(sectors) * SECTOR_BYTES,
    })
  })
  if (event !== null && event !== 'Q') {
    trace.draft.losses.push({
      path: '',
      kind: 'converted',
      message: `no request is seen as it was queued; the times are those at which requests were ${EVENTS[event]}`,
    })
  }
  return finishTrace(trace, options)
}

export const blktrace: Format = {
  id: 'blktrace',
  title: 'blktrace text',
  family: 'Loads',
  direction: 'in',
  fileExtension: '.blktrace.txt',
  note: 'what blkparse prints; one disk per device number',
  options: [],
  read: readBlktrace,
  detect: (text) =>
    text
      .slice(0, 8192)
      .split('\n')
      .some((line) => LINE.test(line))
      ? 0.9
      : 0,
}
