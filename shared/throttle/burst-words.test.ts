import { expect, test } from 'vitest'
import { type BurstWordsOptions, burstSentence, plainSentence } from './burst-words.ts'

function told(avg: number, max: number, lengthS: number, options: Partial<BurstWordsOptions> = {}): string {
  const sentence = burstSentence({ avg, max, lengthS }, { unit: 'iops', demand: Infinity, bytes: 'binary', ...options })
  return plainSentence(sentence).replaceAll('\u2009', ' ')
}

test('an enforced burst says how long, at what rate, what comes then and how it comes back', () => {
  expect(told(1000, 4000, 10)).toBe(
    'At full demand the burst lasts 13.2 s, enforced at 4 000 IOPS; then the group is held at 1 000 IOPS. It refills in 40 s of idle time.',
  )
})

test('a burst of one second is a pool', () => {
  expect(told(100, 2000, 1)).toBe(
    'The burst is a pool of 2 000 requests, served as fast as the disk can. Then the group is held at 100 IOPS. It refills in 20 s of idle time.',
  )
})

test('a pool under a known load says how long it lasts', () => {
  expect(told(100, 2000, 1, { demand: 1100 })).toContain('At the 1 100 IOPS asked for now it lasts 2 s.')
  expect(told(100, 2000, 1, { demand: 90 })).toContain('The load asks for 90 IOPS, which never empties it.')
})

test('without a burst a tenth of a second goes at once', () => {
  expect(told(1000, 0, 1)).toBe(
    'No burst: after a pause 100 requests may go at once, then the group is held at 1 000 IOPS.',
  )
  expect(told(64 * 1024 * 1024, 0, 1, { unit: 'bps' })).toBe(
    'No burst: after a pause 6.4 MiB may go at once, then the group is held at 64 MiB/s.',
  )
  expect(told(64e6, 0, 1, { unit: 'bps', bytes: 'decimal' })).toContain('6.4 MB may go at once')
})

test('long refills are told in hours', () => {
  expect(told(300, 3000, 1800)).toContain('lasts 33.3 min')
  expect(told(300, 3000, 1800)).toContain('refills in 5 h of idle time')
})

test('no limit is no burst', () => {
  expect(told(0, 0, 1)).toBe('No limit: requests pass at once.')
})
