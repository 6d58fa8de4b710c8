import { BUCKETS, hasAnyLimit, type Limits, limitOf, maxKey } from '#shared/throttle/limits.ts'
import { cardLevels, laneNames, laneOf } from '#shared/workspace/lanes.ts'
import type { Device, Workspace } from '#shared/workspace/workspace.ts'

// Where everything on the board stands, as plain numbers, so that only what is in view needs to be drawn and a drag can
// find its place without measuring the page. The style sheets take the same sizes.
//
//   ┌ lane ───────────────────────────────┐ ─ top
//   │ head (name, meters, ring) │ card card card
//   │                           │ card …
//   └─────────────────────────────────────┘ ─ top + height
//   ┌ lane …
//
// Where no card fits beside the head (a small window, a large zoom), the head stands above the cards.

export const PADDING = 14
export const LANE_GAP = 12
export const HEAD_WIDTH = 262
export const COLLAPSED_HEIGHT = 46
export const CARD_HEIGHT = 142
/** A level of the chain or the goal below the figures of a card, where these stand a little closer. */
const CARD_ROW_HEIGHT = 27
const CLOSER = 11
export const CARD_GAP = 10
export const CARDS_PADDING = 12
export const NEW_ZONE_HEIGHT = 48
const CARD_MIN_WIDTH = 232
const CARD_MAX_WIDTH = 340

const HEAD_PADDING = 26
const NAME_HEIGHT = 24
const METER_HEIGHT = 24
const RING_HEIGHT = 84
const NOTE_HEIGHT = 42
const LANE_MIN_HEIGHT = CARDS_PADDING * 2 + CARD_HEIGHT + 2

/** What the head of a lane shows below its name and meters. */
export type HeadKind = 'ring' | 'note'

export interface LaneInput {
  /** null: the devices that are not throttled. */
  readonly group: string | null
  readonly limits: Limits
  /** Whose cards stand here. */
  readonly devices: readonly Device[]
  /** How many devices the group holds, those whose cards stand in other lanes too. */
  readonly held: number
  /** The most rows below the figures of one card. */
  readonly cardRows: number
  readonly collapsed: boolean
  readonly head: HeadKind
}

export interface LaneLayout extends LaneInput {
  readonly top: number
  readonly height: number
  readonly columns: number
  readonly cardWidth: number
  /** Of the highest card: all rows of cards are as high. */
  readonly cardHeight: number
  /** Of the head where it stands above the cards; null: it stands beside them. */
  readonly stackedHead: number | null
}

export interface BoardLayout {
  readonly width: number
  readonly lanes: readonly LaneLayout[]
  readonly newZoneTop: number
  readonly height: number
}

/** Where a card would be put. */
export type DropPlace =
  | { readonly kind: 'lane'; readonly group: string | null; readonly index: number }
  | { readonly kind: 'new' }

/** Groups in their order, then the free devices; each with its devices in the order of the workspace. */
export function laneInputs(
  workspace: Workspace,
  view: { readonly collapsed: readonly string[]; readonly freeLane: string; readonly head: HeadKind },
): readonly LaneInput[] {
  const byLane = new Map<string | null, Device[]>([[null, []]])
  const held = new Map<string, number>()
  const promised = new Set(workspace.goals?.map((goal) => goal.device))
  for (const name of Object.keys(workspace.groups)) byLane.set(name, [])
  for (const device of workspace.devices) {
    byLane.get(laneOf(workspace, device))?.push(device)
    for (const group of new Set(device.groups)) held.set(group, (held.get(group) ?? 0) + 1)
  }
  const lane = (group: string | null) => {
    const devices = byLane.get(group) ?? []
    const rows = devices.map((device) => cardLevels(workspace, device).length + (promised.has(device.id) ? 1 : 0))
    const cardRows = Math.max(0, ...rows)
    return { group, devices, cardRows }
  }
  const groups = laneNames(workspace).map(
    (group): LaneInput => ({
      ...lane(group),
      limits: workspace.groups[group] ?? {},
      held: held.get(group) ?? 0,
      collapsed: view.collapsed.includes(group),
      head: view.head,
    }),
  )
  const free: LaneInput = {
    ...lane(null),
    limits: {},
    held: 0,
    collapsed: view.collapsed.includes(view.freeLane),
    head: 'note',
  }
  return [...groups, free]
}

export function cardHeight(rows: number): number {
  return rows === 0 ? CARD_HEIGHT : CARD_HEIGHT - CLOSER + rows * CARD_ROW_HEIGHT
}

/** How many rows of meters the limits need: one per average, one per bucket that may burst. */
export function meterCount(limits: Limits): number {
  const averages = BUCKETS.filter((bucket) => limitOf(limits, bucket) !== 0).length
  const bursts = BUCKETS.filter((bucket) => limitOf(limits, maxKey(bucket)) !== 0).length
  return averages + bursts
}

export function layoutBoard(width: number, inputs: readonly LaneInput[]): BoardLayout {
  const roomBeside = width - 2 * PADDING - HEAD_WIDTH - 2 * CARDS_PADDING - 2
  const isStacked = roomBeside < CARD_MIN_WIDTH
  const cardsWidth = isStacked ? Math.max(CARD_MIN_WIDTH, roomBeside + HEAD_WIDTH) : roomBeside
  const columns = Math.max(1, Math.floor((cardsWidth + CARD_GAP) / (CARD_MIN_WIDTH + CARD_GAP)))
  const cardWidth = Math.min(CARD_MAX_WIDTH, Math.floor((cardsWidth - (columns - 1) * CARD_GAP) / columns))
  let top = PADDING
  const lanes = inputs.map((input): LaneLayout => {
    const head = headHeight(input)
    const height = laneHeight(input, { columns, head, isStacked })
    const stackedHead = isStacked ? head : null
    const lane = { ...input, top, height, columns, cardWidth, cardHeight: cardHeight(input.cardRows), stackedHead }
    top += lane.height + LANE_GAP
    return lane
  })
  return { width, lanes, newZoneTop: top, height: top + NEW_ZONE_HEIGHT + PADDING }
}

/** Where the cards begin, from the lane's top left corner. */
function cardsPlace({ stackedHead }: LaneLayout): { readonly left: number; readonly top: number } {
  if (stackedHead === null) return { left: HEAD_WIDTH + CARDS_PADDING, top: CARDS_PADDING }
  return { left: CARDS_PADDING, top: stackedHead + CARDS_PADDING }
}

/** The place of card `index`, from the lane's top left corner. */
export function cardPlace(lane: LaneLayout, index: number): { readonly left: number; readonly top: number } {
  const { left, top } = cardsPlace(lane)
  return {
    left: left + (index % lane.columns) * (lane.cardWidth + CARD_GAP),
    top: top + Math.floor(index / lane.columns) * (lane.cardHeight + CARD_GAP),
  }
}

/** Lanes that touch the span from `from` to `to`; `end` is one behind the last. */
export function visibleLanes(
  layout: BoardLayout,
  from: number,
  to: number,
): { readonly first: number; readonly end: number } {
  const first = layout.lanes.findIndex((lane) => lane.top + lane.height >= from)
  if (first < 0) return { first: 0, end: 0 }
  const behind = layout.lanes.findIndex((lane) => lane.top > to)
  return { first, end: behind < 0 ? layout.lanes.length : behind }
}

/** Cards of a lane that touch the span, whole rows of them. */
export function visibleCards(
  lane: LaneLayout,
  from: number,
  to: number,
): { readonly first: number; readonly end: number } {
  if (lane.collapsed) return { first: 0, end: 0 }
  const pitch = lane.cardHeight + CARD_GAP
  const cardsTop = lane.top + cardsPlace(lane).top
  const firstRow = Math.max(0, Math.floor((from - cardsTop) / pitch))
  const lastRow = Math.floor((to - cardsTop) / pitch)
  return {
    first: Math.min(lane.devices.length, firstRow * lane.columns),
    end: Math.max(0, Math.min(lane.devices.length, (lastRow + 1) * lane.columns)),
  }
}

/** Where a card dropped at this point of the board would go; null: beside everything. */
export function findDropPlace(layout: BoardLayout, x: number, y: number): DropPlace | null {
  if (y >= layout.newZoneTop - LANE_GAP / 2) return y <= layout.height ? { kind: 'new' } : null
  const lane = layout.lanes.find((each) => y < each.top + each.height + LANE_GAP / 2)
  if (!lane || y < 0) return null
  return { kind: 'lane', group: lane.group, index: findCardIndex(lane, x - PADDING, y - lane.top) }
}

/** In front of which card a point inside the lane is: the left half of a card is in front of it, the right half behind. */
function findCardIndex(lane: LaneLayout, x: number, y: number): number {
  const count = lane.devices.length
  const { left, top } = cardsPlace(lane)
  const isOverHead = lane.stackedHead === null ? x < HEAD_WIDTH : y < lane.stackedHead
  if (lane.collapsed || isOverHead) return count
  const row = Math.max(0, Math.floor((y - top + CARD_GAP / 2) / (lane.cardHeight + CARD_GAP)))
  const column = Math.floor((x - left + lane.cardWidth / 2 + CARD_GAP / 2) / (lane.cardWidth + CARD_GAP))
  return Math.min(count, row * lane.columns + Math.max(0, Math.min(lane.columns, column)))
}

function headHeight(input: LaneInput): number {
  const hasRing = input.head === 'ring' && input.held > 0 && hasAnyLimit(input.limits)
  const below = hasRing ? RING_HEIGHT : NOTE_HEIGHT
  const meters = input.group === null ? 1 : meterCount(input.limits)
  return HEAD_PADDING + NAME_HEIGHT + meters * METER_HEIGHT + below
}

interface LaneSizes {
  readonly columns: number
  readonly head: number
  readonly isStacked: boolean
}

function laneHeight(input: LaneInput, { columns, head, isStacked }: LaneSizes): number {
  if (input.collapsed) return COLLAPSED_HEIGHT
  const rows = Math.max(1, Math.ceil(input.devices.length / columns))
  const cards = 2 * CARDS_PADDING + rows * cardHeight(input.cardRows) + (rows - 1) * CARD_GAP + 2
  return isStacked ? head + cards : Math.max(LANE_MIN_HEIGHT, head, cards)
}
