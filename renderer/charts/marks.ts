import { NS_PER_S } from '#shared/units.ts'
import type { LoggedEvent } from '../store/events.ts'
import type { ShownSubject } from './subject.ts'

/** One change in the chart: a line, and its words where there is room. */
export interface Mark {
  readonly id: number
  /** Share of the plot's width. */
  readonly at: number
  readonly text: string
  /** About the group or device that is shown. */
  readonly isOwn: boolean
  readonly tone: 'change' | 'problem'
  /** Room for words: px to its right before the next labelled mark; null: none. */
  readonly labelPx: number | null
}

const PROBLEMS: ReadonlySet<LoggedEvent['kind']> = new Set(['failed', 'disconnected'])
/** Half a sentence; anything shorter says nothing. */
const MIN_LABEL_PX = 90
const MAX_LABEL_PX = 240
const CHAR_PX = 6.2

/** The changes from `fromS` to `toS`, words for the newest ones first, as far as they do not run into each other. */
export function placeMarks(
  events: readonly LoggedEvent[],
  subject: ShownSubject,
  { fromS, toS, widthPx }: { readonly fromS: number; readonly toS: number; readonly widthPx: number },
): readonly Mark[] {
  const spanS = Math.max(1e-9, toS - fromS)
  const shown = events.filter(({ atNs }) => atNs >= fromS * NS_PER_S && atNs <= toS * NS_PER_S)
  let freeUntilPx = widthPx
  const marks: Mark[] = []
  for (const event of [...shown].reverse()) {
    const at = (event.atNs / NS_PER_S - fromS) / spanS
    const text = event.count > 1 ? `${event.text} (${event.count} steps)` : event.text
    const isOwn = concerns(event, subject)
    const room = Math.min(MAX_LABEL_PX, freeUntilPx - at * widthPx - 8)
    const wanted = text.length * CHAR_PX + 18
    const hasLabel = isOwn && room >= Math.min(wanted, MIN_LABEL_PX)
    if (hasLabel) freeUntilPx = at * widthPx
    marks.push({
      id: event.id,
      at,
      text,
      isOwn,
      tone: PROBLEMS.has(event.kind) ? 'problem' : 'change',
      labelPx: hasLabel ? room : null,
    })
  }
  return marks.reverse()
}

function concerns(event: LoggedEvent, subject: ShownSubject): boolean {
  if (subject.kind === 'all' || (event.group === null && event.device === null)) return true
  // A move is told with the group it went to; the one it left reads its name in the words.
  if (subject.kind === 'group') return event.group === subject.name || event.text.includes(` ${subject.name} `)
  return event.device === subject.id
}
