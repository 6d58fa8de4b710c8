import { expect, test } from 'vitest'
import { binaryStops, decimalStops, linearScale, logScale, roundBinary, roundDecimal } from './slider-scale.ts'

const KIB = 1024
const MIB = 1024 * 1024

const limit = logScale({
  min: 10,
  max: 1_000_000,
  zero: 'end',
  stops: decimalStops(10, 1_000_000),
  largeEvery: 10,
  round: roundDecimal,
})
const burst = logScale({
  min: 10,
  max: 1_000_000,
  zero: 'start',
  stops: decimalStops(10, 1_000_000),
  largeEvery: 10,
  round: roundDecimal,
})

test('every stop comes back from its own place', () => {
  for (const stop of [...decimalStops(10, 1_000_000), 0]) {
    expect(limit.toValue(limit.toPosition(stop))).toBe(stop)
    expect(burst.toValue(burst.toPosition(stop))).toBe(stop)
  }
})

test('decades are equally long', () => {
  const places = [10, 100, 1000, 10_000, 100_000].map(limit.toPosition)
  const gaps = places.slice(1).map((place, index) => Number((place - (places[index] ?? 0)).toFixed(9)))
  expect(new Set(gaps).size).toBe(1)
})

test('zero stands past the end or before the start, a gap apart', () => {
  expect([limit.toPosition(0), burst.toPosition(0)]).toEqual([1, 0])
  expect(limit.toPosition(1_000_000)).toBeLessThan(0.96)
  expect(burst.toPosition(10)).toBeGreaterThan(0.04)
  expect([limit.toValue(0.96), limit.toValue(0.99)]).toEqual([1_000_000, 0])
})

test('arrow keys go from stop to stop, also from a value between two', () => {
  expect(limit.step(1000, 'up', 'small')).toBe(1200)
  expect(limit.step(1000, 'down', 'small')).toBe(800)
  expect(limit.step(1100, 'up', 'small')).toBe(1200)
  expect(limit.step(1100, 'down', 'small')).toBe(1000)
  expect(limit.step(1000, 'up', 'large')).toBe(10_000)
  expect(limit.step(1000, 'down', 'large')).toBe(100)
})

test('above the largest stop comes zero where zero is "unlimited", and nothing comes after it', () => {
  expect(limit.step(1_000_000, 'up', 'small')).toBe(0)
  expect(limit.step(0, 'up', 'small')).toBe(0)
  expect(limit.step(0, 'down', 'small')).toBe(1_000_000)
})

test('below the smallest stop comes zero where zero is "none"', () => {
  expect(burst.step(10, 'down', 'small')).toBe(0)
  expect(burst.step(0, 'down', 'large')).toBe(0)
  expect(burst.step(0, 'up', 'small')).toBe(10)
})

test('a drag gives two significant digits', () => {
  expect([1234, 99, 5, 123_456].map(roundDecimal)).toEqual([1200, 99, 5, 120_000])
  expect([70e6, 3e6, 1000, 700 * MIB].map(roundBinary)).toEqual([67 * MIB, Math.round(2.9 * MIB), 1000, 700 * MIB])
})

test('binary stops are powers of two and their halves', () => {
  expect(binaryStops(64 * KIB, 512 * KIB).map((stop) => stop / KIB)).toEqual([64, 96, 128, 192, 256, 384, 512])
})

test('a linear scale steps evenly and stays inside', () => {
  const percent = linearScale({ min: 0, max: 100, step: 5, largeStep: 20 })
  expect([percent.toValue(0.33), percent.toPosition(70)]).toEqual([35, 0.7])
  expect([percent.step(95, 'up', 'large'), percent.step(0, 'down', 'small')]).toEqual([100, 0])
})
