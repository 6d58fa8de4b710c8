import { expect, test } from 'vitest'
import { RateWindow } from './rate-window.ts'

const MS = 1e6

/** Shown rates for requests finished in each tenth of a second. */
function shown(requests: readonly number[], spanMs = 100): readonly number[] {
  const window = new RateWindow()
  return requests.map((count) => {
    window.add(spanMs * MS, count * (1000 / spanMs), count * (1000 / spanMs) * 4096)
    return Math.round(window.rates.iops * 10) / 10
  })
}

const every = (period: number, length: number): readonly number[] =>
  Array.from({ length }, (_none, index) => (index % period === 0 ? 1 : 0))

const always = (count: number, length: number): readonly number[] => Array.from({ length }, () => count)

test('a disk of 10/3 requests a second reads 3.3, never 0 nor 10', () => {
  const late = shown(every(3, 60)).slice(30)
  expect(Math.min(...late)).toBeGreaterThan(3)
  expect(Math.max(...late)).toBeLessThan(3.8)
})

test('cards that share 100 requests a second add up to them', () => {
  const windows = Array.from({ length: 30 }, () => new RateWindow())
  for (let sample = 0; sample < 100; sample += 1) {
    for (const [index, window] of windows.entries()) {
      const isTurn = Math.floor(((sample + 1) * 10) / 30 - index / 30) > Math.floor((sample * 10) / 30 - index / 30)
      window.add(100 * MS, isTurn ? 10 : 0, isTurn ? 40_960 : 0)
    }
  }
  const sum = windows.reduce((total, { rates }) => total + rates.iops, 0)
  expect(sum).toBeGreaterThan(95)
  expect(sum).toBeLessThan(105)
})

test('one request in five seconds is 0.2 a second', () => {
  expect(shown(every(50, 260)).at(-1)).toBeCloseTo(0.2, 1)
})

test('a fast disk is read at once and over a second', () => {
  expect(shown([100, 120, 80])).toEqual([1000, 1100, 1000])
  expect(shown([...always(100, 10), ...always(10, 10)]).at(-1)).toBe(100)
})

test('a fast disk that becomes slow is not held up by what it did before', () => {
  const slow = shown([...always(100, 20), ...every(3, 14)])
  expect(slow.at(-1)).toBeLessThan(4)
})

test('what stops reads 0 after a second, a rare one after several of its gaps', () => {
  const stop = shown([...always(100, 20), ...always(0, 10)])
  expect(stop.at(-2)).toBeGreaterThan(0)
  expect(stop.at(-1)).toBe(0)
  expect(shown([...every(10, 50), ...always(0, 20)]).at(-1)).toBeGreaterThan(0)
  expect(shown([...every(10, 50), ...always(0, 60)]).at(-1)).toBe(0)
})

test('what was not measured is no rate', () => {
  const window = new RateWindow()
  window.add(100 * MS, 1000, 4e6)
  window.add(100 * MS, Number.NaN, Number.NaN)
  expect(window.rates).toEqual({ iops: 0, bps: 0 })
})

test('after the last request has left the window the rate is 0, not next to 0', () => {
  const window = new RateWindow()
  for (let sample = 0; sample < 40; sample += 1) {
    window.add(101.3 * MS, sample < 20 ? 123.7 + sample / 3 : 0, sample < 20 ? 1234.567 : 0)
    expect(window.rates.iops).toBeGreaterThanOrEqual(0)
    expect(window.rates.bps).toBeGreaterThanOrEqual(0)
  }
  expect(window.rates).toEqual({ iops: 0, bps: 0 })
})

test('looked at once a second, a rate is that of the second', () => {
  expect(shown([50, 60], 1000)).toEqual([50, 60])
})
