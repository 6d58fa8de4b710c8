import { expect, test } from 'vitest'
import { originOf } from './page-origin.ts'

test('pages of the app, of the web and of nobody have different origins', () => {
  const addresses = [
    'app://weir/index.html',
    'app://other/',
    'http://localhost:5173/x',
    'data:text/html,x',
    'about:blank',
    '',
  ]
  expect(addresses.map(originOf)).toEqual(['app://weir', 'app://other', 'http://localhost:5173', '', '', ''])
})
