import { expect, test } from 'vitest'
import { WaitBaseline } from './wait-baseline.ts'

/** Looks of `[mean latency, room?]`; 0: no request. What each says of the wait. */
function check(looks: readonly (readonly [number, boolean])[], expected: readonly (number | null)[]) {
  const baseline = new WaitBaseline()
  expect(
    looks.map(([meanNs, hasRoom]) =>
      baseline.meanWaitNs({ requests: meanNs === 0 ? 0 : 10, totalTimeNs: 10 * meanNs }, hasRoom),
    ),
  ).toEqual(expected)
}

test('what is above the least latency seen with room is the wait', () => {
  check(
    [
      [8, true],
      [5, true],
      [7, true],
      [40, false],
    ],
    [0, 0, 0, 35],
  )
})

test('attached while the group was busy, the wait stays unknown until there was room', () => {
  check(
    [
      [40, false],
      [40, false],
      [6, true],
      [40, false],
    ],
    [null, null, 0, 34],
  )
})

test('a look in which load began teaches nothing', () => {
  check(
    [
      [0, true],
      [2, true],
      [40, false],
    ],
    [null, 0, null],
  )
})
