import { expect, test } from 'vitest'
import { listed } from './listed.ts'

test('names are listed as people say them', () => {
  expect([listed([]), listed(['a']), listed(['a', 'b']), listed(['a', 'b', 'c'])]).toEqual([
    '',
    'a',
    'a and b',
    'a, b and c',
  ])
  expect(listed(['a', 'b', 'c'], { last: 'or' })).toBe('a, b or c')
})

test('of a long list the rest is counted', () => {
  expect(['a', 'b', 'c', 'd', 'e'].map((_, count, all) => listed(all.slice(0, count + 1), { most: 3 }))).toEqual([
    'a',
    'a and b',
    'a, b and c',
    'a, b and 2 more',
    'a, b and 3 more',
  ])
})
