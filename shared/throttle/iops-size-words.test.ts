import { expect, test } from 'vitest'
import { plainSentence } from './burst-words.ts'
import { iopsSizeSentence, meanUnits, type RequestSizes } from './iops-size-words.ts'

const KIB = 1024

function load(id: string, ...sizes: readonly number[]): RequestSizes {
  return { id, sizes: sizes.map((bytes) => ({ bytes, weight: 1 })) }
}

function told(size: number, avg: number, ...loads: readonly RequestSizes[]): string {
  return plainSentence(iopsSizeSentence(size, avg, loads)).replaceAll('\u2009', ' ')
}

test('a mix counts as its mean, the small ones as one each', () => {
  expect(meanUnits(load('mix', 4 * KIB, 64 * KIB), 16 * KIB)).toBe(2.5)
})

test('large requests of the load at hand are named with what is left of their rate', () => {
  expect(told(16 * KIB, 1000, load('db', 4 * KIB), load('mail', 64 * KIB))).toBe(
    'A 64 KiB request of mail counts as 4, alone 250 a second at most. Large requests are held to 15.6 MiB/s in all.',
  )
})

test('many large loads are not all named', () => {
  const loads = ['a', 'b', 'c', 'd', 'e'].map((id) => load(id, 32 * KIB))
  expect(told(16 * KIB, 0, ...loads)).toMatch(
    /^A 32 KiB request of a counts as 2; .* of c counts as 2; and so on for 2 more\.$/,
  )
})

test('small requests are not touched', () => {
  expect(told(16 * KIB, 1000, load('db', 4 * KIB))).toBe(
    'No request of the load at hand is above 16 KiB: it changes nothing now. Large requests are held to 15.6 MiB/s in all.',
  )
})

test('off', () => {
  expect(told(0, 1000, load('db', 4 * KIB))).toBe('Off: each request counts once, however large it is.')
})
