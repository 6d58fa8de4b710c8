import { expect, test } from 'vitest'
import { Random } from '#main/load/random.ts'
import { FINISH_NS, FLOW, ServiceQueue } from './service-queue.ts'

test('requests inserted by the time at which they are done come out by it, equal ones in their order', () => {
  const queue = new ServiceQueue(8)
  const out: (readonly [flow: number, finishNs: number])[] = []
  const takeFirst = () => {
    const at = queue.shift()
    out.push([queue.numbers[at + FLOW]!, queue.numbers[at + FINISH_NS]!])
  }
  // Round the ring more than once.
  for (const [flow, finishNs] of [50, 20, 50, 10, 50, 20, 60, 70, 70, 55, 70, 65].entries()) {
    const at = queue.insert(finishNs)
    queue.numbers[at + FLOW] = flow
    queue.numbers[at + FINISH_NS] = finishNs
    if (flow > 4) takeFirst()
  }
  while (queue.count > 0) takeFirst()
  expect(out).toEqual([
    [3, 10],
    [1, 20],
    [5, 20],
    [0, 50],
    [2, 50],
    [4, 50],
    [9, 55],
    [6, 60],
    [11, 65],
    [7, 70],
    [8, 70],
    [10, 70],
  ])
})

test('so do any, wherever they stand in the ring', () => {
  const random = new Random(1, 'queue')
  const queue = new ServiceQueue(16)
  let expected: number[] = []
  for (let round = 0; round < 2000; round += 1) {
    if (queue.count === 0 || (queue.count < 16 && random.unit() < 0.55)) {
      const finishNs = round + random.below(12)
      queue.numbers[queue.insert(finishNs) + FINISH_NS] = finishNs
      expected = [...expected, finishNs].sort((a, b) => a - b)
    } else {
      queue.shift()
      expected.shift()
    }
    const found = expected.map((_, index) => queue.numbers[queue.at(index) + FINISH_NS]!)
    if (found.join() !== expected.join()) throw new Error(`${found} in the order of ${expected}`)
  }
})
