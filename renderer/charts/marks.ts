import { NS_PER_S } from '#shared/units.ts'
import type { LoggedEvent } from '../store/events.ts'
import { shortenPaths } from '../store/short-paths.ts'
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
  /** Room for words in px; null: none. */
  readonly labelPx: number | null
  /** Beside which edge of the line they stand. */
  readonly side: 'left' | 'right'
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
    const said = shortenPaths(event.text)
    const text = event.count > 1 ? `${said} (${event.count} steps)` : said
    const isOwn = concerns(event, subject)
    const atPx = at * widthPx
    const wantedPx = Math.min(MAX_LABEL_PX, text.length * CHAR_PX + 22)
    const rightPx = freeUntilPx - atPx - 8
    const leftPx = Math.min(atPx, freeUntilPx) - 8
    const side = rightPx >= wantedPx || rightPx >= leftPx ? 'right' : 'left'
    const room = Math.min(MAX_LABEL_PX, side === 'right' ? rightPx : leftPx)
    const hasLabel = isOwn && room >= Math.min(wantedPx, MIN_LABEL_PX)
    if (hasLabel) freeUntilPx = side === 'right' ? atPx : atPx - Math.min(room, wantedPx)
    const tone = PROBLEMS.has(event.kind) ? 'problem' : 'change'
    marks.push({ id: event.id, at, text, isOwn, tone, labelPx: hasLabel ? room : null, side })
  }
  return marks.reverse()
}

function concerns(event: LoggedEvent, subject: ShownSubject): boolean {
  if (subject.kind === 'all' || (event.group === null && event.device === null)) return true
  // A move is told with the group it went to; the one it left reads its name in the words.
  if (subject.kind === 'group') return event.group === subject.name || event.text.includes(` ${subject.name} `)
  return event.device === subject.id
}
