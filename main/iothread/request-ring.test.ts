import { expect, test } from 'vitest'
import { RequestRing } from './request-ring.ts'
import { BATCH_LIMIT, SubmitBatch } from './submit-batch.ts'

/** A ring of eight places that has wrapped: the requests 5 to 10 in it, by their size. */
function wrapped(): RequestRing {
  const ring = new RequestRing()
  ring.reserve(8)
  for (let request = 0; request < 5; request += 1) {
    ring.push(0, 0, request, 0)
    ring.shift()
  }
  for (let request = 5; request < 11; request += 1)
    ring.push(request % 2 === 0 ? 0 : 1, request * 10, request, -request)
  return ring
}

function emptied(ring: RequestRing): readonly (readonly number[])[] {
  const requests: number[][] = []
  while (ring.length > 0) {
    ring.shift()
    requests.push([ring.direction, ring.offset, ring.bytes, ring.ns])
  }
  return requests
}

const rows = (...requests: readonly number[]) =>
  requests.map((request) => [request % 2, request * 10, request, -request])

test('first in, first out, round the end, and while it grows', () => {
  expect(emptied(wrapped())).toEqual(rows(5, 6, 7, 8, 9, 10))
  const ring = wrapped()
  ring.reserve(100)
  ring.push(1, 110, 11, -11)
  expect(emptied(ring)).toEqual(rows(5, 6, 7, 8, 9, 10, 11))
})

test('it takes as many as were reserved', () => {
  const ring = wrapped()
  for (let request = 0; request < 2; request += 1) ring.push(0, 0, 0, 0)
  expect(() => ring.push(0, 0, 0, 0)).toThrow('room')
})

test('its tail moves in order and leaves the rest', () => {
  const [ring, other] = [wrapped(), new RequestRing()]
  other.reserve(8)
  ring.moveTail(2, other)
  expect(emptied(other)).toEqual(rows(7, 8, 9, 10))
  expect(emptied(ring)).toEqual(rows(5, 6))
})

test('a batch is the tail of the ring, and what is held back of a full one has room', () => {
  const [ring, batch] = [wrapped(), new SubmitBatch()]
  batch.beTailOf(ring, 2)
  const inBatch = Array.from({ length: batch.count }, (_, index) => (batch.first + index) & batch.mask)
  expect(inBatch.map((row) => batch.sizesBytes[row])).toEqual([7, 8, 9, 10])
  expect(inBatch.map((row) => batch.directions[row])).toEqual([1, 0, 1, 0])
  ring.reserve(BATCH_LIMIT + 8)
  while (ring.length < BATCH_LIMIT) ring.push(0, 0, 0, 0)
  ring.moveTail(0, batch.aside)
  expect(batch.aside.length).toBe(BATCH_LIMIT)
})
