import { expect, test } from 'vitest'
import { rank } from './match.ts'

const ITEMS = [
  'Show timeline',
  'Start or pause',
  'Save',
  'Save as…',
  'db-primary',
  'mail',
  'web-01',
  'New group',
  'Toggle dock',
]

function check(query: string, expected: readonly string[]): void {
  expect(rank(ITEMS, query, (item) => item, 3)).toEqual(expected)
}

test('an empty query keeps the order', () => check('', ['Show timeline', 'Start or pause', 'Save']))
test('a beginning is best', () => check('sa', ['Save', 'Save as…', 'Start or pause']))
test('first letters of words find a name', () => check('ng', ['New group']))
test('letters in order find a name in spite of what stands between', () => check('dbp', ['db-primary']))
test('upper case and spaces in the query do not matter', () => check('NEW G', ['New group']))
test('letters out of order find nothing', () => check('liam', []))
