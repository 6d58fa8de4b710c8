import { expect, test } from 'vitest'
import { NS_PER_S } from '#shared/units.ts'
import type { LoggedEvent } from '../store/events.ts'
import { placeMarks } from './marks.ts'
import type { ShownSubject } from './subject.ts'

function event(id: number, atS: number, part: Partial<LoggedEvent> = {}): LoggedEvent {
  const atNs = atS * NS_PER_S
  return {
    id,
    atNs,
    firstNs: atNs,
    kind: 'limits',
    text: 'gold: IOPS 1 → 2',
    group: 'gold',
    device: null,
    count: 1,
    ...part,
  }
}

function place(events: readonly LoggedEvent[], subject: ShownSubject = { kind: 'group', name: 'gold' }) {
  return placeMarks(events, subject, { fromS: 0, toS: 100, widthPx: 1000 })
}

test('a change stands at its moment with its words', () => {
  expect(place([event(1, 25)])).toEqual([
    { id: 1, at: 0.25, text: 'gold: IOPS 1 → 2', isOwn: true, tone: 'change', labelPx: 240, side: 'right' },
  ])
})

test('of changes close together the newest keeps its words', () => {
  expect(place([event(1, 5), event(2, 6)]).map(({ labelPx }) => labelPx !== null)).toEqual([false, true])
})

test('at the right edge the words stand to the left of their line', () => {
  expect(place([event(1, 97)])[0]).toMatchObject({ side: 'left', labelPx: 240 })
})

test('changes outside the picture have no mark', () => {
  expect(place([event(1, -3), event(2, 101)])).toEqual([])
})

test('changes of others are lines without words', () => {
  expect(place([event(1, 50, { group: 'bulk', text: 'bulk: IOPS 1 → 2' })])).toMatchObject([
    { isOwn: false, labelPx: null },
  ])
})

test('a move concerns the group that was left, too', () => {
  const move = event(1, 50, { kind: 'moved', text: 'etl moved gold → bulk', group: 'bulk', device: 'etl' })
  expect(place([move])[0]?.isOwn).toBe(true)
  expect(place([move], { kind: 'device', id: 'etl' })[0]?.isOwn).toBe(true)
  expect(place([move], { kind: 'device', id: 'db' })[0]?.isOwn).toBe(false)
})

test('the steps of a drag are told by their number', () => {
  expect(place([event(1, 50, { count: 14 })])[0]?.text).toBe('gold: IOPS 1 → 2 (14 steps)')
})
