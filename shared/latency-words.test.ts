import { expect, test } from 'vitest'
import { boundsWords } from './latency-words.ts'

test.each([
  [1_584_893, 1_995_262, '1.6–2 ms'],
  [794_328, 1_000_000, '790 µs – 1 ms'],
  [0, 10_000, '< 10 µs'],
  [10_000_000_000, null, '> 10 s'],
])('from %d to %s ns is %s', (fromNs, toNs, words) => {
  expect(boundsWords({ fromNs, toNs }).replace(/\s/g, ' ')).toBe(words)
})
