import { expect, test } from 'vitest'
import { burstShape, usedX } from './burst-shape.ts'

test('an enforced burst is a step: at the burst rate, then at the limit', () => {
  const shape = burstShape({ avg: 1000, max: 4000, lengthS: 10 }, Infinity)
  expect(shape).toEqual({
    path: 'M0 18H150V58.5H340',
    burstY: 18,
    limitY: 58.5,
    fallX: 150,
    durationS: 13.2,
    baseY: 72,
  })
})

test('a pool under a known load falls from the load’s rate', () => {
  const shape = burstShape({ avg: 100, max: 2000, lengthS: 1 }, 1100)
  expect([shape?.fallX, shape?.durationS, shape?.burstY]).toEqual([150, 2, 18])
})

test('a pool at unknown speed is a spike', () => {
  expect(burstShape({ avg: 100, max: 2000, lengthS: 1 }, Infinity)?.fallX).toBeNull()
})

test('no burst, no curve', () => {
  expect(burstShape({ avg: 100, max: 0, lengthS: 1 }, Infinity)).toBeNull()
  expect(burstShape({ avg: 100, max: 50, lengthS: 1 }, Infinity)).toBeNull()
  expect(burstShape({ avg: 0, max: 0, lengthS: 1 }, 5000)).toBeNull()
})

test('the bucket’s level runs along the burst to its end', () => {
  const shape = burstShape({ avg: 1000, max: 4000, lengthS: 10 }, Infinity)
  expect(shape && [usedX(shape, 0), usedX(shape, 0.5), usedX(shape, 1.01)]).toEqual([0, 75, 150])
})
