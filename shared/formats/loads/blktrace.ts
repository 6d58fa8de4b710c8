import { ok, type Result } from '#shared/issue.ts'
import { traceClock } from './trace-clock.ts'
import { type ReadLine, type TraceDialect, traceFormat } from './trace-dialect.ts'
import { addRequest, skip, skipLine, type TraceDraft } from './trace-draft.ts'

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

function open(head: string, trace: TraceDraft): Result<ReadLine> {
  const event = bestEvent(head)
  const readTime = traceClock(1e9)
  if (event !== null && event !== 'Q') {
    trace.losses.push({
      path: '',
      kind: 'converted',
      message: `no request is seen as it was queued; the times are those at which requests were ${EVENTS[event]}`,
    })
  }
  let inSummary = false
  return ok((line, number) => {
    // The totals that blkparse prints at the end.
    if (/^(CPU\d|Total|Throughput|Events|Skips|\s*Reads? )/.test(line)) inSummary = true
    if (inSummary || line.trim() === '') return
    const found = LINE.exec(line)
    if (!found) {
      skipLine(trace, number, line)
      return
    }
    const [, device = '', time = '', action, kind = '', sector, sectors] = found
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
      timeNs: readTime(time),
      isWrite: kind.includes('W'),
      offset: Number(sector) * SECTOR_BYTES,
      bytes: Number(sectors) * SECTOR_BYTES,
    })
  })
}

export const blktraceDialect: TraceDialect = {
  id: 'blktrace',
  title: 'blktrace text',
  fileExtension: '.blktrace.txt',
  note: 'what blkparse prints; one disk per device number',
  detect: (head) =>
    head
      .slice(0, 8192)
      .split('\n')
      .some((line) => LINE.test(line))
      ? 0.9
      : 0,
  open,
}

export const blktrace = traceFormat(blktraceDialect)
