import { expect, test } from 'vitest'
import type { LimitKey } from '#shared/throttle/limits.ts'
import type { ByteUnits } from '#shared/units.ts'
import { likelyMeant, limitText, limitWordsOf, parseLimit } from './limit-text.ts'

function shown(key: LimitKey, value: number, units: ByteUnits = 'binary'): string {
  const { value: number, unit } = limitText(key, value, units)
  return `${number}|${unit}`.replaceAll('\u2009', ' ')
}

test('values show with their unit, 0 as the word for it', () => {
  expect(shown('iops-total', 1000)).toBe('1 000|/s')
  expect(shown('bps-read', 67_108_864)).toBe('64|MiB/s')
  expect(shown('bps-read', 64_000_000, 'decimal')).toBe('64|MB/s')
  expect(shown('iops-total-max-length', 10)).toBe('10|s')
  expect(shown('iops-size', 16_384)).toBe('16|KiB')
  expect([shown('iops-total', 0), shown('bps-read-max', 0), shown('iops-size', 0)]).toEqual([
    'unlimited|',
    'none|',
    'off|',
  ])
})

test('people may type rates in many ways', () => {
  const read = (text: string) => parseLimit('iops-total', text)
  expect(['1.5k', '1 000', '1,5k', '500/s', '2M', '0', 'unlimited', '250 IOPS'].map(read)).toEqual([
    1500, 1000, 1500, 500, 2_000_000, 0, 0, 250,
  ])
})

test('bandwidth takes binary and decimal multiples and plain bytes', () => {
  const read = (text: string) => parseLimit('bps-total', text)
  expect(['64 MiB/s', '100MB', '1GiB', '52428800', '64Mi', 'none'].map(read)).toEqual([
    67_108_864, 100_000_000, 1_073_741_824, 52_428_800, 67_108_864, 0,
  ])
})

test('a bandwidth of a few bytes is taken, and the one that was meant is known', () => {
  const meant = (key: LimitKey, text: string, units: ByteUnits = 'binary') => {
    const value = parseLimit(key, text)
    return typeof value === 'number' ? likelyMeant(key, value, units) : 'not taken'
  }
  expect([meant('bps-total', '64'), meant('bps-read-max', '1500', 'decimal')]).toEqual([67_108_864, 1_500_000_000])
  const plausible = [
    meant('bps-total', '4096'),
    meant('bps-total', '64 KiB/s'),
    meant('bps-total', 'unlimited'),
    meant('bps-total-max-length', '10'),
    meant('iops-total', '64'),
    meant('iops-size', '512'),
  ]
  expect(plausible.every((value) => value === null)).toBe(true)
})

test('what a field shows it reads back', () => {
  for (const [key, value] of [
    ['iops-total', 123_456],
    ['bps-total', 67_108_864],
    ['iops-total-max-length', 1800],
    ['iops-size', 262_144],
    ['iops-read', 0],
    ['iops-read-max', 0],
    ['iops-size', 0],
  ] as const) {
    const { value: number, unit } = limitText(key, value, 'binary')
    expect(parseLimit(key, `${number} ${unit}`)).toBe(value)
  }
})

test('a length is whole seconds, given as any time', () => {
  const read = (text: string) => parseLimit('iops-total-max-length', text)
  expect([read('90'), read('2 min'), read('0')]).toEqual([90, 120, 0])
  expect(read('1.5s')).toEqual({ problem: '1.5 s is not valid: use whole seconds' })
})

test('a text that is no number is told with what would be right', () => {
  expect(parseLimit('iops-total', 'fast')).toEqual({ problem: '“fast” is not a rate: use 500, 1.5k or unlimited' })
  expect(parseLimit('iops-total', '64 MB')).toEqual({ problem: '“64 MB” is not a rate: use 500, 1.5k or unlimited' })
  expect(parseLimit('bps-read-max', '-5')).toEqual({
    problem: '“-5” is not a bandwidth: use 64 MiB/s, 100MB or none',
  })
  expect(parseLimit('bps-read', ' ')).toEqual({
    problem: 'An empty field is not a bandwidth: use 64 MiB/s, 100MB or unlimited',
  })
  expect(parseLimit('iops-read', '99999999999G')).toEqual({
    problem: '“99999999999G” is more than any disk does: use less, or unlimited',
  })
})

test('assistive technology hears words', () => {
  expect(limitWordsOf('iops-total', 250, 'binary')).toBe('250 per second')
  expect(limitWordsOf('bps-total', 0, 'binary')).toBe('unlimited')
})

test('a fraction of a request and a comma that may mean two things are refused with what to type', () => {
  expect(parseLimit('iops-total', '0.5')).toEqual({ problem: '0.5 is not a whole number: use 1' })
  expect(parseLimit('iops-total', '1,000')).toEqual({ problem: '“1,000” can be read in two ways: type 1000 or 1' })
  expect(parseLimit('iops-total', '5,000 IOPS')).toEqual({ problem: '“5,000” can be read in two ways: type 5000 or 5' })
  expect(parseLimit('bps-total', '1,024 MiB')).toEqual({
    problem: '“1,024” can be read in two ways: type 1024 or 1.024',
  })
  expect(parseLimit('iops-total-max-length', '1,800')).toEqual({
    problem: '“1,800” can be read in two ways: type 1800 or 1.8',
  })
})
