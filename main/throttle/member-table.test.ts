import { expect, test } from 'vitest'
import { createLocalThrottleMemory } from './create-memory.ts'
import { grantFirst, hasGranted, publishGranted, pushWaiting, resetMember, takeGranted } from './member-table.ts'
import type { DirectionIndex } from './throttle-memory.ts'

test.each<DirectionIndex>([0, 1])(
  'a grant in direction %i is there once it is published, until it is taken',
  (direction) => {
    const memory = createLocalThrottleMemory({ groups: 1, members: 2, iodepth: 4 })
    resetMember(memory, 1)
    pushWaiting(memory, 1, direction, 4096)
    grantFirst(memory, 1, direction, 7)
    expect(hasGranted(memory, 1)).toBe(false)
    publishGranted(memory, 1, direction)
    expect([hasGranted(memory, 1), hasGranted(memory, 0)]).toEqual([true, false])
    expect(takeGranted(memory, 1, direction)).toBe(7)
    expect(hasGranted(memory, 1)).toBe(false)
  },
)
