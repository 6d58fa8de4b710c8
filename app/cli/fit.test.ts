import { expect, test } from 'vitest'
import { columnsThatFit, fitted, linesThatFit } from './fit.ts'

test('what is cut bears a mark', () => {
  expect([fitted('noisy', 5), fitted('noisy', 4), fitted('noisy', 1), fitted('noisy', 0)]).toEqual([
    'noisy',
    'noi…',
    '…',
    '',
  ])
})

test('columns go whole, in their order of importance, and no more than must', () => {
  const columns = ['IOPS', 'bandwidth', 'queued'].map((name) => ({ name, width: 10 }))
  const names = (room: number) => columnsThatFit(columns, room, ['bandwidth', 'queued']).map(({ name }) => name)
  expect([names(30), names(29), names(19), names(0)]).toEqual([
    ['IOPS', 'bandwidth', 'queued'],
    ['IOPS', 'queued'],
    ['IOPS'],
    ['IOPS'],
  ])
})

test('lines leave the cursor its own, and tell how many more there are', () => {
  const lines = ['a', 'b', 'c', 'd']
  expect([linesThatFit(lines, 5), linesThatFit(lines, 4), linesThatFit(lines, 2)]).toEqual([
    lines,
    ['a', 'b', '… 2 more'],
    ['a', '… 3 more'],
  ])
})
