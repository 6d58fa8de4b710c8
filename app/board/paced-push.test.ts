import { expect, test } from 'vitest'
import { joinParts } from '#shared/ipc/join-parts.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { hearParts } from '../ipc/hear-parts.ts'
import { PacedPush } from './paced-push.ts'

function snapshotOf(count: number, revision = 1): Snapshot {
  const device = { group: 'gold', iothread: 0, status: 'running', reason: null, demandIops: 7.25 }
  return {
    source: 'lab',
    revision,
    events: [],
    groups: { gold: { members: ['a "b"'] } },
    devices: Object.fromEntries(Array.from({ length: count }, (_, index) => [`"${index}",{`, { ...device, index }])),
  } as unknown as Snapshot // what is pushed is not looked at
}

/** As it is put together: its devices last. */
function inOrder({ devices, ...rest }: Snapshot) {
  return { ...rest, devices }
}

/** A main process whose turns are taken by hand, and what its page heard. */
function startPush() {
  const heard: { readonly channel: string; readonly value: unknown }[] = []
  const turns: (() => void)[] = []
  const sizes: number[] = []
  const listeners = new Map<string, Set<(json: string, isMore: boolean) => void>>()
  const listen = (channel: string) => {
    const listener = joinParts((value) => heard.push({ channel, value }))
    listeners.set(channel, (listeners.get(channel) ?? new Set()).add(listener))
  }
  for (const channel of ['snapshot', 'mode']) listen(channel)
  const hear = hearParts((channel) => listeners.get(channel) ?? [])
  const paced = new PacedPush({
    send: (channel, text, isMore) => {
      sizes.push(text.length)
      hear(channel, text, isMore)
    },
    later: (callback) => turns.push(callback),
  })
  const turn = () => turns.shift()?.()
  return { paced, heard, turns, sizes, turn, listen }
}

test('a large snapshot goes in parts, a turn each, and arrives as it was', () => {
  const { paced, heard, turns, sizes, turn } = startPush()
  const snapshot = snapshotOf(1000)
  paced.push('snapshot', snapshot)
  expect(sizes).toEqual([])
  while (turns.length > 0) {
    expect(heard).toEqual([])
    turn()
  }
  expect(heard).toEqual([{ channel: 'snapshot', value: snapshot }])
  const [{ value } = { value: null }] = heard
  expect(JSON.stringify(value)).toBe(JSON.stringify(inOrder(snapshot)))
  expect(Math.max(...sizes)).toBeLessThan(JSON.stringify(snapshot).length / 7)
})

test('a small one goes at once', () => {
  const { paced, heard, turns } = startPush()
  paced.push('snapshot', snapshotOf(100))
  expect([heard.length, turns.length]).toEqual([1, 0])
})

test('what is pushed meanwhile comes after the snapshot, and does not wait for its turns', () => {
  const { paced, heard, turns, turn } = startPush()
  paced.push('snapshot', snapshotOf(400, 1))
  turn()
  paced.push('mode', 'predict')
  paced.push('snapshot', snapshotOf(400, 2))
  paced.push('snapshot', snapshotOf(400, 3))
  while (turns.length > 0) turn()
  const told = heard.map(({ channel, value }) => (channel === 'mode' ? value : (value as Snapshot).revision))
  expect(told).toEqual([1, 'predict', 2, 3])
})

test('a tick that comes while the last snapshot is under way holds nobody up; who is far behind sends all at once', () => {
  const { paced, heard, turns, sizes, turn } = startPush()
  const revisions = () => heard.map(({ value }) => (value as Snapshot).revision)
  paced.push('snapshot', snapshotOf(400, 1))
  turn()
  for (const revision of [2, 3, 4]) paced.push('snapshot', snapshotOf(400, revision))
  expect([sizes.length, revisions()]).toEqual([1, []])
  let most = 0
  while (turns.length > 0) {
    const before = sizes.length
    turn()
    most = Math.max(most, sizes.length - before)
  }
  expect([most, revisions()]).toEqual([1, [1, 2, 3, 4]])
  for (const revision of [5, 6, 7, 8, 9]) paced.push('snapshot', snapshotOf(400, revision))
  expect(revisions()).toEqual([1, 2, 3, 4, 5, 6, 7, 8])
  while (turns.length > 0) turn()
  expect(revisions()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
})

test('a page that is gone gets no rest of what it had begun to get', () => {
  const { paced, heard, turns, turn, sizes } = startPush()
  paced.push('snapshot', snapshotOf(400, 1))
  turn()
  paced.push('snapshot', snapshotOf(400, 2))
  paced.forget()
  while (turns.length > 0) turn()
  expect([heard, sizes.length]).toEqual([[], 1])
})

test('who begins to listen within a snapshot hears the next one, whole', () => {
  const { paced, heard, turns, turn, listen } = startPush()
  paced.push('snapshot', snapshotOf(400, 1))
  turn()
  listen('snapshot')
  while (turns.length > 0) turn()
  expect(heard).toHaveLength(1)
  paced.push('snapshot', snapshotOf(400, 2))
  while (turns.length > 0) turn()
  expect(heard).toHaveLength(3)
  expect(heard.every(({ value }) => Object.keys((value as Snapshot).devices).length === 400)).toBe(true)
})
