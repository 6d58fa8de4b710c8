import { expect, test } from 'vitest'
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
