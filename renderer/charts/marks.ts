import { NS_PER_S } from '#shared/units.ts'
import type { LoggedEvent } from '../store/events.ts'
import { shortenPaths } from '../store/short-paths.ts'
import { formatMoment } from '../ui/axis.ts'
import type { ShownSubject } from './subject.ts'

/** One change in the chart: a line, and words where there is room. */
export interface Mark {
  readonly id: number
  /** Share of the plot's width. */
  readonly at: number
  /** About the group or device that is shown. */
  readonly isOwn: boolean
  readonly tone: Tone
  /** null: its words stand at another mark, or nowhere. */
  readonly label: MarkLabel | null
}

export interface MarkLabel {
  /** `gold: IOPS 1 → 2`; `4 changes, last …` for those that lie too close together for words of their own. */
  readonly text: string
  /** What those changes are, one a line; null: the text says it. */
  readonly list: string | null
  readonly tone: Tone
  /** Room in px. */
  readonly widthPx: number
  /** Beside which edge of the line it stands. */
  readonly side: 'left' | 'right'
}

type Tone = 'change' | 'problem'

const PROBLEMS: ReadonlySet<LoggedEvent['kind']> = new Set(['failed', 'disconnected'])
/** Half a sentence; anything shorter says nothing. */
const MIN_LABEL_PX = 90
const MAX_LABEL_PX = 240
const CHAR_PX = 6.2
/** Between a label and what comes next. */
const GAP_PX = 8
const MAX_LISTED = 12

/** Changes that share one label, the newest first: it stands at that one. */
interface Pile {
  readonly events: [LoggedEvent, ...LoggedEvent[]]
  readonly newestPx: number
  oldestPx: number
}

interface Frame {
  readonly fromS: number
  readonly toS: number
  readonly widthPx: number
  /** Of a device that is held at several levels: its groups. */
  readonly chain: readonly string[]
}

/** The changes from `fromS` to `toS`. Words are for those that concern `subject`; none run into each other. */
export function placeMarks(
  events: readonly LoggedEvent[],
  subject: ShownSubject,
  { fromS, toS, widthPx, chain }: Frame,
): readonly Mark[] {
  const spanS = Math.max(1e-9, toS - fromS)
  const shareOf = ({ atNs }: LoggedEvent) => (atNs / NS_PER_S - fromS) / spanS
  const shown = events.filter(({ atNs }) => atNs >= fromS * NS_PER_S && atNs <= toS * NS_PER_S)
  const own = shown.filter((event) => concerns(event, subject) || isOfLevel(event, chain))
  const labels = placeLabels(
    pileUp(own, (event) => shareOf(event) * widthPx),
    widthPx,
  )
  const ownIds = new Set(own.map(({ id }) => id))
  return shown.map((event) => ({
    id: event.id,
    at: shareOf(event),
    isOwn: ownIds.has(event.id),
    tone: toneOf(event),
    label: labels.get(event.id) ?? null,
  }))
}

/** Neighbours between which not even the shortest label has room, the newest pile first. */
function pileUp(events: readonly LoggedEvent[], pxOf: (event: LoggedEvent) => number): readonly Pile[] {
  const piles: Pile[] = []
  for (const event of [...events].reverse()) {
    const atPx = pxOf(event)
    const pile = piles.at(-1)
    if (pile !== undefined && pile.newestPx - atPx < MIN_LABEL_PX + GAP_PX) {
      pile.events.push(event)
      pile.oldestPx = atPx
    } else piles.push({ events: [event], newestPx: atPx, oldestPx: atPx })
  }
  return piles
}

/** Each pile's label by the id of its newest event: to the right of its line, else as far left as the older line. */
function placeLabels(piles: readonly Pile[], widthPx: number): ReadonlyMap<number, MarkLabel> {
  const labels = new Map<number, MarkLabel>()
  let freeUntilPx = widthPx
  for (const [index, { events, newestPx, oldestPx }] of piles.entries()) {
    const { text, list } = wordsOf(events)
    const wantedPx = Math.min(MAX_LABEL_PX, text.length * CHAR_PX + 22)
    const rightPx = freeUntilPx - newestPx - GAP_PX
    const leftPx = newestPx - (piles[index + 1]?.newestPx ?? 0) - GAP_PX
    const side = rightPx >= wantedPx || rightPx >= leftPx ? 'right' : 'left'
    const roomPx = Math.min(MAX_LABEL_PX, side === 'right' ? rightPx : leftPx)
    const hasLabel = roomPx >= Math.min(wantedPx, MIN_LABEL_PX)
    freeUntilPx = Math.min(oldestPx, hasLabel && side === 'left' ? newestPx - Math.min(roomPx, wantedPx) : newestPx)
    const tone = events.some((event) => toneOf(event) === 'problem') ? 'problem' : 'change'
    if (hasLabel) labels.set(events[0].id, { text, list, tone, widthPx: roomPx, side })
  }
  return labels
}

function wordsOf(events: Pile['events']): Pick<MarkLabel, 'text' | 'list'> {
  const [newest, ...older] = events
  if (older.length === 0) return { text: sentenceOf(newest), list: null }
  const lines = events.slice(0, MAX_LISTED).map((event) => {
    const seconds = Math.round((event.atNs / NS_PER_S) * 10) / 10
    return `${formatMoment(seconds)}  ${sentenceOf(event)}`
  })
  const rest = events.length - lines.length
  const earlier = rest > 0 ? [`and ${rest} earlier`] : []
  return { text: `${events.length} changes, last ${sentenceOf(newest)}`, list: [...lines, ...earlier].join('\n') }
}

function sentenceOf({ text, count }: LoggedEvent): string {
  const said = shortenPaths(text)
  return count > 1 ? `${said} (${count} steps)` : said
}

function toneOf({ kind }: LoggedEvent): Tone {
  return PROBLEMS.has(kind) ? 'problem' : 'change'
}

function concerns(event: LoggedEvent, subject: ShownSubject): boolean {
  if (subject.kind === 'all' || (event.group === null && event.device === null)) return true
  // A move is told with the group it went to; the one it left reads its name in the words.
  if (subject.kind === 'group') return event.group === subject.name || event.text.includes(` ${subject.name} `)
  return event.device === subject.id
}

/** A change of the limits of one of the levels; not what happens to other devices there. */
function isOfLevel({ group, device }: LoggedEvent, chain: readonly string[]): boolean {
  return group !== null && device === null && chain.includes(group)
}
