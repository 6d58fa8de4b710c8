import { expect, test } from 'vitest'
import type { Limits } from '#shared/throttle/limits.ts'
import { giveOwnLimits } from '#shared/workspace/chain-edits.ts'
import { addDevice, addGroup } from '#shared/workspace/edits.ts'
import { EMPTY_WORKSPACE, type Workspace } from '#shared/workspace/workspace.ts'
import { laneBefore, laneMarkTop } from './lane-drag.ts'
import {
  type BoardLayout,
  CARD_HEIGHT,
  COLLAPSED_HEIGHT,
  cardHeight,
  cardPlace,
  findDropPlace,
  HEAD_WIDTH,
  LANE_GAP,
  laneInputs,
  layoutBoard,
  meterCount,
  PADDING,
  visibleCards,
  visibleLanes,
} from './layout.ts'
import { neighbourCard, stepPlace } from './steps.ts'

// Wide enough for three cards in a row: 14 + 262 + 12 + 3 × 232 + 2 × 10 + 12 + 14, and two pixels of frame.
const WIDTH = 1032

/** Groups with so many cards each, named a-1, a-2, …; the last number is of the free lane. */
function layoutOf(
  counts: Readonly<Record<string, number>>,
  free = 0,
  collapsed: readonly string[] = [],
  width = WIDTH,
): BoardLayout {
  let workspace: Workspace = EMPTY_WORKSPACE
  for (const [group, count] of Object.entries(counts)) {
    workspace = addGroup(workspace, group, { 'iops-total': 100 })
    for (let index = 1; index <= count; index += 1) workspace = addDevice(workspace, group, `${group}-${index}`)
  }
  for (let index = 1; index <= free; index += 1) workspace = addDevice(workspace, null, `free-${index}`)
  return layoutBoard(width, laneInputs(workspace, { collapsed, freeLane: '', head: 'ring' }))
}

test('lanes stand below each other, the free one last, the new one behind it', () => {
  const layout = layoutOf({ a: 1, b: 4 })
  const [a, b, free] = layout.lanes
  expect(layout.lanes.map((lane) => lane.group)).toEqual(['a', 'b', null])
  expect(b?.top).toBe((a?.top ?? 0) + (a?.height ?? 0) + LANE_GAP)
  expect(layout.newZoneTop).toBe((free?.top ?? 0) + (free?.height ?? 0) + LANE_GAP)
})

test('cards wrap at the width, and the lane grows by whole rows', () => {
  const [a, b] = layoutOf({ a: 3, b: 4 }).lanes
  expect([a?.columns, (b?.height ?? 0) - (a?.height ?? 0)]).toEqual([3, CARD_HEIGHT + 10])
})

test('where no card fits beside the head, the head stands above the cards', () => {
  const { lanes } = layoutOf({ a: 2, b: 1 }, 0, ['b'], 330)
  const [a, b] = lanes
  if (!a || !b || a.stackedHead === null) throw new Error('both are laid out')
  const place = cardPlace(a, 1)
  expect([a.columns, a.cardWidth, place.left]).toEqual([1, 330 - 28 - 24 - 2, 12])
  expect(place.top).toBe(a.stackedHead + 12 + CARD_HEIGHT + 10)
  expect(a.height).toBe(place.top + CARD_HEIGHT + 12 + 2)
  expect(b.height).toBe(COLLAPSED_HEIGHT)
  const layout = layoutOf({ a: 2, b: 1 }, 0, ['b'], 330)
  const drop = (y: number) => findDropPlace(layout, 40, a.top + y)
  expect([drop(20), drop(a.stackedHead + 20)]).toEqual([
    { kind: 'lane', group: 'a', index: 2 },
    { kind: 'lane', group: 'a', index: 0 },
  ])
  expect(visibleCards(a, a.top, a.top + a.stackedHead)).toEqual({ first: 0, end: 0 })
})

test('a collapsed lane shows no card', () => {
  const lane = layoutOf({ a: 9 }, 0, ['a']).lanes[0]
  expect(lane && [lane.height, visibleCards(lane, 0, 1e6)]).toEqual([COLLAPSED_HEIGHT, { first: 0, end: 0 }])
})

test('there is a meter for each limit and each burst', () => {
  const check = (limits: Limits, count: number) => expect(meterCount(limits)).toBe(count)
  check({}, 0)
  check({ 'iops-total': 1 }, 1)
  check({ 'iops-total': 1, 'iops-total-max': 2, 'bps-read': 1, 'bps-write': 1 }, 4)
})

test('of many lanes only those in the span are found', () => {
  const counts = Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`g${index}`, 1]))
  const layout = layoutOf(counts)
  const pitch = (layout.lanes[1]?.top ?? 0) - (layout.lanes[0]?.top ?? 0)
  expect(visibleLanes(layout, PADDING + 10 * pitch + 5, PADDING + 12 * pitch + 5)).toEqual({ first: 10, end: 13 })
  expect(visibleLanes(layout, 1e9, 2e9)).toEqual({ first: 0, end: 0 })
})

test('of many cards in one lane only the rows in the span are found', () => {
  const lane = layoutOf({ a: 300 }).lanes[0]
  if (!lane) throw new Error('there is a lane')
  const top = lane.top + cardPlace(lane, 30).top
  expect(visibleCards(lane, top + 5, top + 10)).toEqual({ first: 30, end: 33 })
})

test('a drop is in front of a card on its left half and behind it on its right half', () => {
  const layout = layoutOf({ a: 5 })
  const lane = layout.lanes[0]
  if (!lane) throw new Error('there is a lane')
  const at = (card: number, share: number, dy = 20) => {
    const place = cardPlace(lane, card)
    const found = findDropPlace(layout, PADDING + place.left + lane.cardWidth * share, lane.top + place.top + dy)
    return found?.kind === 'lane' ? found.index : found?.kind
  }
  expect([at(0, 0.2), at(0, 0.8), at(1, 0.2), at(2, 0.9), at(3, 0.1), at(4, 0.9)]).toEqual([0, 1, 1, 3, 3, 5])
})

test('a drop on the head, on a collapsed lane, behind the cards is at the end', () => {
  const layout = layoutOf({ a: 2, b: 3 }, 0, ['b'])
  const [a, b] = layout.lanes
  expect(findDropPlace(layout, 40, (a?.top ?? 0) + 30)).toEqual({ kind: 'lane', group: 'a', index: 2 })
  expect(findDropPlace(layout, 600, (b?.top ?? 0) + 10)).toEqual({ kind: 'lane', group: 'b', index: 3 })
  expect(findDropPlace(layout, WIDTH - 30, (a?.top ?? 0) + 30)).toEqual({ kind: 'lane', group: 'a', index: 2 })
})

test('below the last lane is the new group, below that nothing', () => {
  const layout = layoutOf({ a: 1 })
  expect([findDropPlace(layout, 50, layout.newZoneTop + 3), findDropPlace(layout, 50, layout.height + 50)]).toEqual([
    { kind: 'new' },
    null,
  ])
})

test('arrow keys steer a held card lane by lane and place by place', () => {
  const layout = layoutOf({ a: 2, b: 1 }, 1)
  const b = { kind: 'lane', group: 'b', index: 1 } as const
  const free = { kind: 'lane', group: null, index: 1 } as const
  const a = { kind: 'lane', group: 'a', index: 0 } as const
  expect(stepPlace(layout, a, 'down')).toEqual(b)
  expect(stepPlace(layout, b, 'down')).toEqual(free)
  expect(stepPlace(layout, free, 'down')).toEqual({ kind: 'new' })
  expect(stepPlace(layout, { kind: 'new' }, 'down')).toEqual({ kind: 'new' })
  expect(stepPlace(layout, { kind: 'new' }, 'up')).toEqual(free)
  expect(stepPlace(layout, a, 'up')).toEqual(a)
  expect(stepPlace(layout, a, 'left')).toEqual(a)
  expect(stepPlace(layout, a, 'last')).toEqual({ ...a, index: 2 })
  expect(stepPlace(layout, { ...a, index: 2 }, 'right')).toEqual({ ...a, index: 2 })
})

test('arrow keys walk over the cards and skip lanes without any', () => {
  const layout = layoutOf({ a: 4, empty: 0, b: 2 })
  const walk = (id: string, ...keys: readonly string[]) =>
    keys.reduce<string | null>((at, key) => at && neighbourCard(layout, at, key), id)
  expect(walk('a-1', 'ArrowRight')).toBe('a-2')
  expect(walk('a-1', 'ArrowDown')).toBe('a-4')
  expect(walk('a-4', 'ArrowDown')).toBe('b-1')
  expect(walk('b-2', 'ArrowUp')).toBe('a-4')
  expect(walk('a-4', 'ArrowRight', 'ArrowLeft')).toBe('a-4')
  expect(walk('a-1', 'ArrowLeft')).toBeNull()
})

test('a dragged lane goes in front of the lane whose upper half it is over', () => {
  const layout = layoutOf({ a: 1, b: 1, c: 1 })
  const middle = (index: number) => (layout.lanes[index]?.top ?? 0) + (layout.lanes[index]?.height ?? 0) / 2
  expect([laneBefore(layout, 0), laneBefore(layout, middle(1) - 1), laneBefore(layout, middle(1) + 1)]).toEqual([
    0, 1, 2,
  ])
  expect(laneBefore(layout, 1e6)).toBe(3)
})

test('no line is shown where a dragged lane would stay', () => {
  const layout = layoutOf({ a: 1, b: 1, c: 1 })
  expect([0, 1, 2, 3].map((before) => laneMarkTop(layout, { group: 'b', before }))).toEqual([
    layout.lanes[0]?.top,
    null,
    null,
    layout.lanes[3]?.top,
  ])
})

test('the head has its own width, cards begin behind it', () => {
  const lane = layoutOf({ a: 1 }).lanes[0]
  expect(lane && cardPlace(lane, 0).left).toBeGreaterThan(HEAD_WIDTH)
})

test('a goal is a row of its card, and its row of cards is as high', () => {
  let workspace = addGroup(EMPTY_WORKSPACE, 'vm', { 'iops-total': 100 })
  for (const id of ['a', 'b']) workspace = addDevice(workspace, 'vm', id)
  const heights = (of: Workspace) =>
    layoutBoard(WIDTH, laneInputs(of, { collapsed: [], freeLane: '', head: 'ring' })).lanes.map(
      (lane) => lane.cardHeight,
    )
  const promised: Workspace = { ...workspace, goals: [{ device: 'a', percentile: 99, waitMs: 5 }] }
  expect(heights(workspace)).toEqual([CARD_HEIGHT, CARD_HEIGHT])
  expect(heights(promised)).toEqual([158, CARD_HEIGHT])
  expect(heights(giveOwnLimits(promised, ['b']))).toEqual([158, CARD_HEIGHT])
  expect(heights(giveOwnLimits(promised, ['a']))).toEqual([185, CARD_HEIGHT])
})

test('a card with limits of its own is higher, and so is its row of cards; its own group has no lane', () => {
  let workspace = addGroup(EMPTY_WORKSPACE, 'vm', { 'iops-total': 100 })
  for (const id of ['a', 'b', 'c', 'd']) workspace = addDevice(workspace, 'vm', id)
  const inputs = (of: Workspace) => laneInputs(of, { collapsed: [], freeLane: '', head: 'ring' })
  const [plain] = layoutBoard(WIDTH, inputs(workspace)).lanes
  const { lanes } = layoutBoard(WIDTH, inputs(giveOwnLimits(workspace, ['b'])))
  const [lane] = lanes
  if (!plain || !lane) throw new Error('both are laid out')
  expect(lanes.map(({ group }) => group)).toEqual(['vm', null])
  expect([cardHeight(0), cardHeight(1), cardHeight(2)]).toEqual([CARD_HEIGHT, 158, 185])
  expect([plain.cardHeight, lane.cardHeight]).toEqual([CARD_HEIGHT, 158])
  expect(cardPlace(lane, 3).top - cardPlace(lane, 0).top).toBe(168)
  expect(lane.height - plain.height).toBe(2 * 16)
  // The second row of cards begins below the first, for a drop too.
  const point = { x: PADDING + HEAD_WIDTH + 20, y: lane.top + cardPlace(lane, 3).top + 10 }
  expect(findDropPlace(layoutBoard(WIDTH, inputs(giveOwnLimits(workspace, ['b']))), point.x, point.y)).toEqual({
    kind: 'lane',
    group: 'vm',
    index: 3,
  })
})
