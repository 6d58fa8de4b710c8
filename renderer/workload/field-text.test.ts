import { expect, test } from 'vitest'
import { bytesText, countText, decimalText, NEVER, percentText, secondsText } from './field-text.ts'

const block = bytesText({ min: 512, max: 64 * 1024 * 1024 }, 'binary')
const depth = countText({ min: 1, max: 1024 }, '')
const rate = countText({ min: 0, max: 1e9 }, '/s', 'no ceiling')
const stop = secondsText({ min: 0, max: 1e9 }, 'never')

test('sizes are read in any unit and kept inside what a request may be', () => {
  expect(['4 KiB', '4k', '1MB', '512'].map(block.parse)).toEqual([4096, 4000, 1_000_000, 512])
  expect(block.parse('100')).toEqual({ problem: 'At least 512 B' })
  expect(block.parse('1 GiB')).toEqual({ problem: 'At most 64 MiB' })
  expect(block.parse('big')).toEqual({ problem: '“big” is not a size: use 4 KiB, 1 MB' })
})

test('counts know their bounds, their unit and their word for 0', () => {
  expect([depth.parse('16'), rate.parse('1.5k/s'), rate.parse('no ceiling'), rate.parse('0')]).toEqual([16, 1500, 0, 0])
  expect(depth.parse('0')).toEqual({ problem: 'At least 1' })
  expect([rate.format(0), rate.format(2500)]).toEqual([
    { value: 'no ceiling', unit: '' },
    { value: '2\u2009500', unit: '/s' },
  ])
})

test('a time may be never', () => {
  expect([stop.parse('never'), stop.parse(''), stop.parse('2 min'), stop.parse('500ms')]).toEqual([
    NEVER,
    NEVER,
    120,
    0.5,
  ])
  expect(stop.format(NEVER)).toEqual({ value: 'never', unit: '' })
  expect(secondsText({ min: 0, max: 10 }).parse('never')).toHaveProperty('problem')
})

test('percentages and weights', () => {
  const percent = percentText()
  expect([percent.parse('70 %'), percent.parse('12,5'), percent.parse('101')]).toEqual([
    70,
    12.5,
    { problem: 'At most 100 %' },
  ])
  expect(decimalText({ min: 0, max: 100 }, 'µs').parse('2.5 µs')).toBe(2.5)
  expect(decimalText({ min: 0, max: 100 }, '').parse('')).toHaveProperty('problem')
})

test('what a field shows it reads back', () => {
  for (const [text, value] of [
    [block, 65_536],
    [depth, 128],
    [rate, 0],
    [stop, NEVER],
    [stop, 90],
    [percentText(), 70],
  ] as const) {
    const { value: number, unit } = text.format(value)
    expect(text.parse(`${number} ${unit}`)).toBe(value)
  }
})

test('a comma that may mean two things is refused in every field', () => {
  const problem = '“1,000” can be read in two ways: type 1000 or 1'
  const fields = [block, depth, rate, stop, percentText(), decimalText({ min: 0, max: 1e6 }, 'µs')]
  expect(fields.map(({ parse }) => parse('1,000'))).toEqual(fields.map(() => ({ problem })))
})

test('a fraction of a request is refused, not rounded', () => {
  expect(depth.parse('0.5')).toEqual({ problem: '0.5 is not a whole number: use 1' })
})
