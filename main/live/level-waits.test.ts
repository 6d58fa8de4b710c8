import { expect, test } from 'vitest'
import { levelSnapshots } from './level-waits.ts'

const room = (group: string, read: boolean, write = read) => ({ group, hasRoom: { read, write } })
const waits = (read: number | null, write: number | null, requests = { read: 30, write: 10 }) => ({
  requests,
  waitMeanNs: { read, write },
})
const means = (...[rooms, looked]: Parameters<typeof levelSnapshots>) =>
  levelSnapshots(rooms, looked).map(({ waitMeanNs }) => waitMeanNs)

test('the wait arose at the one level that had no room', () => {
  expect(means([room('vm', false), room('disk', true)], waits(8e6, 4e6))).toEqual([7e6, 0])
  expect(means([room('vm', true), room('disk', false)], waits(8e6, 4e6))).toEqual([0, 7e6])
  expect(means([room('vm', false, true), room('disk', true, false)], waits(8e6, 4e6))).toEqual([6e6, 1e6])
})

test('where several had none, and where the wait is not known, nobody can tell; room is room all the same', () => {
  expect(means([room('vm', false), room('mid', true), room('disk', false)], waits(8e6, 4e6))).toEqual([null, 0, null])
  expect(means([room('vm', false), room('disk', true)], waits(null, 4e6))).toEqual([null, 0])
})

test('no request, no wait; a direction without requests does not count', () => {
  expect(means([room('vm', true), room('disk', true)], waits(null, null, { read: 0, write: 0 }))).toEqual([null, null])
  expect(means([room('vm', false), room('disk', true)], waits(8e6, null, { read: 30, write: 0 }))).toEqual([8e6, 0])
})
