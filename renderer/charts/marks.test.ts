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

function place(
  events: readonly LoggedEvent[],
  subject: ShownSubject = { kind: 'group', name: 'gold' },
  chain: readonly string[] = [],
) {
  return placeMarks(events, subject, { fromS: 0, toS: 100, widthPx: 1000, chain })
}

const labels = (events: readonly LoggedEvent[]) => place(events).map(({ label }) => label?.text ?? null)

test('a change stands at its moment with its words', () => {
  const label = { text: 'gold: IOPS 1 → 2', list: null, tone: 'change', widthPx: 240, side: 'right' }
  expect(place([event(1, 25)])).toEqual([{ id: 1, at: 0.25, isOwn: true, tone: 'change', label }])
})

test('changes closer than any words are told together at the newest, and each keeps its line', () => {
  const failed = event(3, 47, { kind: 'failed', text: 'db cannot be read', device: 'db' })
  const marks = place([event(1, 41, { count: 3 }), event(2, 46.96), failed])
  expect(marks.map(({ at, tone, label }) => [at, tone, label?.text ?? null])).toEqual([
    [0.41, 'change', null],
    [0.4696, 'change', null],
    [0.47, 'problem', '3 changes, last db cannot be read'],
  ])
  expect(marks[2]?.label).toMatchObject({
    tone: 'problem',
    list: '00:47  db cannot be read\n00:47  gold: IOPS 1 → 2\n00:41  gold: IOPS 1 → 2 (3 steps)',
  })
})

test('a list that would be too long says how many more there are', () => {
  const many = Array.from({ length: 20 }, (_, index) => event(index + 1, 50 + index / 10))
  expect(place(many).at(-1)?.label?.list?.split('\n')).toMatchObject({ length: 13, 12: 'and 8 earlier' })
})

test('a change with room for some words has its own', () => {
  expect(labels([event(1, 40), event(2, 49), event(3, 60)])).toEqual([
    null,
    '2 changes, last gold: IOPS 1 → 2',
    'gold: IOPS 1 → 2',
  ])
  expect(labels([event(1, 40), event(2, 50), event(3, 60)])).toEqual(Array(3).fill('gold: IOPS 1 → 2'))
})

test('no words run into others or out of the chart, however the changes lie (seed 7)', () => {
  let seed = 7
  const random = () => {
    seed = (seed * 48271) % 2147483647
    return seed / 2147483647
  }
  for (let round = 0; round < 300; round += 1) {
    const times = Array.from({ length: 1 + Math.floor(random() * 12) }, () => random() * 100).sort((a, b) => a - b)
    const boxes = place(times.map((atS, index) => event(index, atS))).flatMap(({ at, label }) => {
      if (label === null) return []
      const width = Math.min(label.widthPx, label.text.length * 6.2 + 22)
      return label.side === 'right' ? [[at * 1000, at * 1000 + width]] : [[at * 1000 - width, at * 1000]]
    })
    const edges = [0, ...boxes.flat(), 1000]
    expect(edges).toEqual([...edges].sort((a, b) => a - b))
  }
})

test('at the right edge the words stand to the left of their line', () => {
  expect(place([event(1, 97)])[0]?.label).toMatchObject({ side: 'left', widthPx: 240 })
})

test('changes outside the chart have no mark', () => {
  expect(place([event(1, -3), event(2, 101)])).toEqual([])
})

test('changes of others are lines without words', () => {
  expect(place([event(1, 50, { group: 'bulk', text: 'bulk: IOPS 1 → 2' })])).toMatchObject([
    { isOwn: false, label: null },
  ])
})

test('a move concerns the group that was left, too', () => {
  const move = event(1, 50, { kind: 'moved', text: 'etl moved gold → bulk', group: 'bulk', device: 'etl' })
  expect(place([move])[0]?.isOwn).toBe(true)
  expect(place([move], { kind: 'device', id: 'etl' })[0]?.isOwn).toBe(true)
  expect(place([move], { kind: 'device', id: 'db' })[0]?.isOwn).toBe(false)
})

test('the steps of a drag are told by their number', () => {
  expect(place([event(1, 50, { count: 14 })])[0]?.label?.text).toBe('gold: IOPS 1 → 2 (14 steps)')
})

test('a change of the limits of a level concerns the device that is held there, a neighbour’s move does not', () => {
  const events = [
    event(1, 20, { text: 'db-own: IOPS unlimited → 400', group: 'db-own' }),
    event(2, 50, { kind: 'moved', text: 'etl moved bulk → vm', group: 'vm', device: 'etl' }),
    event(3, 80),
  ]
  const isOwn = (chain: readonly string[]) =>
    place(events, { kind: 'device', id: 'db' }, chain).map((mark) => mark.isOwn)
  expect([isOwn(['vm', 'db-own']), isOwn([])]).toEqual([
    [true, false, false],
    [false, false, false],
  ])
})
