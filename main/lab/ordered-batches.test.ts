import { expect, test } from 'vitest'
import type { Operation } from '#main/iothread/messages.ts'
import { OrderedBatches } from './ordered-batches.ts'

function join(slot: number): Operation {
  return { kind: 'join', slot, levels: [{ member: slot, group: 0 }] }
}

test('a batch for another iothread waits until the one before it was carried out', async () => {
  const carriedOut: string[] = []
  const batches = new OrderedBatches({
    post: async (iothread, operations) => {
      if (iothread === 0) await new Promise((resolve) => setTimeout(resolve, 20)) // the slower of the two
      for (const operation of operations) carriedOut.push(`${iothread}: ${operation.kind === 'join' && operation.slot}`)
      return []
    },
  })
  for (const [iothread, slot] of [
    [0, 1],
    [0, 2],
    [1, 3],
    [0, 4],
  ] as const)
    await batches.add(iothread, join(slot))
  await batches.flush()
  expect(carriedOut).toEqual(['0: 1', '0: 2', '1: 3', '0: 4'])
})
