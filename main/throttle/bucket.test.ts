import fc from 'fast-check'
import { expect, test } from 'vitest'
import { bucketUnit, directionsOf, requestUnits } from '#shared/throttle/counting.ts'
import { BUCKETS, DIRECTIONS, type Limits } from '#shared/throttle/limits.ts'
import {
  accountGroup,
  accountWhileRoom,
  bucketBurstLevel,
  bucketLevel,
  groupWaitNs,
  leakGroup,
  type RequestColumns,
} from './bucket.ts'
import { configureGroup } from './configure-group.ts'
import { createLocalThrottleMemory } from './create-memory.ts'
import type { DirectionIndex, ThrottleMemory } from './throttle-memory.ts'

const COUNT = 40
const RING = 64

function groupWith(limits: Limits): ThrottleMemory {
  const memory = createLocalThrottleMemory({ groups: 1, members: 1, iodepth: 1 })
  configureGroup(memory, 0, limits, 0)
  return memory
}

function levels(memory: ThrottleMemory): readonly number[] {
  return BUCKETS.flatMap((_, bucket) => [bucketLevel(memory, 0, bucket), bucketBurstLevel(memory, 0, bucket)])
}

const limits = fc
  .record({
    'iops-total': fc.integer({ min: 0, max: 300 }),
    'bps-read': fc.integer({ min: 0, max: 1_000_000 }),
    'bps-write': fc.constantFrom(0, 70_000),
    burst: fc.integer({ min: 1, max: 3 }),
    lengthS: fc.integer({ min: 1, max: 3 }),
    'iops-size': fc.constantFrom(0, 3000),
  })
  .map(({ burst, lengthS, 'iops-total': avg, ...rest }): Limits => {
    const bursts = avg > 0 && burst > 1 ? { 'iops-total-max': avg * burst, 'iops-total-max-length': lengthS } : {}
    return { 'iops-total': avg, ...bursts, ...rest }
  })

const requests = fc.array(
  fc.record({ direction: fc.constantFrom<DirectionIndex>(0, 1), bytes: fc.integer({ min: 512, max: 20_000 }) }),
  { minLength: 1, maxLength: COUNT },
)

const place = fc.integer({ min: 0, max: RING - 1 })

/** The requests in a ring, from `first` on. */
function ringOf(
  batch: readonly { readonly direction: DirectionIndex; readonly bytes: number }[],
  first: number,
): RequestColumns {
  const [directions, sizesBytes] = [new Uint8Array(RING), new Uint32Array(RING)]
  for (const [index, { direction, bytes }] of batch.entries()) {
    directions[(first + index) % RING] = direction
    sizesBytes[(first + index) % RING] = bytes
  }
  return { directions, sizesBytes, first, mask: RING - 1, count: batch.length }
}

test('requests charged together get what they would have got one after the other, to the bit', () => {
  fc.assert(
    fc.property(limits, fc.array(requests, { minLength: 1, maxLength: 4 }), place, (ofGroup, batches, first) => {
      const [together, single] = [groupWith(ofGroup), groupWith(ofGroup)]
      for (const [turn, batch] of batches.entries()) {
        const nowNs = turn * 33_333_333
        for (const memory of [together, single]) leakGroup(memory, 0, nowNs)
        const went = accountWhileRoom(together, 0, ringOf(batch, first))
        let expected = 0
        for (const { direction, bytes } of batch) {
          if (groupWaitNs(single, 0, direction) > 0) break
          accountGroup(single, 0, direction, bytes)
          expected += 1
        }
        expect(went).toBe(expected)
        expect(levels(together)).toEqual(levels(single))
      }
    }),
  )
})

test.each(DIRECTIONS.flatMap((direction) => [4096, 6144].map((bytes) => ({ direction, bytes }))))(
  'a $direction of $bytes bytes is charged as shared/throttle/counting.ts says, alone and in a batch',
  ({ direction, bytes }) => {
    const limited = { 'iops-size': 4096, ...Object.fromEntries(BUCKETS.map((bucket) => [bucket, 1_000_000])) }
    const charged = BUCKETS.flatMap((bucket) => {
      const units = bucketUnit(bucket) === 'bps' ? bytes : requestUnits(bytes, 4096)
      return [directionsOf(bucket).includes(direction) ? units : 0, 0]
    })
    const index = direction === 'read' ? 0 : 1
    const alone = groupWith(limited)
    accountGroup(alone, 0, index, bytes)
    const batch = groupWith(limited)
    const columns = { directions: Uint8Array.of(index), sizesBytes: Uint32Array.of(bytes) }
    accountWhileRoom(batch, 0, { ...columns, first: 0, mask: 0, count: 1 })
    expect([levels(alone), levels(batch)]).toEqual([charged, charged])
  },
)
