import { expect, test } from 'vitest'
import type { LevelSnapshot } from '#shared/snapshot.ts'
import { bindingLevel, waitWords, wholeWaitNs } from './level-waits.ts'

function level(waitMeanNs: number | null, queued: number | null = 0): LevelSnapshot {
  return { group: 'any', queued, waitMeanNs, throttledShare: null }
}

test('the level where requests wait longest binds', () => {
  expect(bindingLevel([level(3e6), level(9e6)])).toBe(1)
  expect(bindingLevel([level(9e6), level(3e6)])).toBe(0)
})

test('where nothing waits, or nothing is known, no level binds', () => {
  expect(bindingLevel([level(0), level(15_000)])).toBeNull()
  expect(bindingLevel([level(null, null), level(null, null)])).toBeNull()
  expect(bindingLevel(undefined)).toBeNull()
})

test('where nothing has gone lately the level with the queue binds', () => {
  expect(bindingLevel([level(null, 0), level(null, 4)])).toBe(1)
})

test('a wait is told by levels, in the unit of the whole', () => {
  const words = (...waits: readonly (number | null)[]) =>
    waitWords(waits.map((waitMeanNs, index) => ({ name: ['web01', 'own', 'tier'][index] ?? '', waitMeanNs })))
  expect(words(9e6, 3e6)).toBe('waits 12 ms: web01 9, own 3')
  expect(words(160e6, 1.21e9)).toBe('waits 1.4 s: web01 0.2, own 1.2')
  expect(words(330_000, 20_000, 0)).toBe('waits 350 µs: web01 330, own 20, tier 0')
  expect(words(0, 0)).toBe('waits 0')
  expect([words(0, null), words(null, null), words()]).toEqual([null, null, null])
  expect(waitWords([{ name: 'vm', waitMeanNs: 2e6 }], 'waits ≈')).toBe('waits ≈ 2 ms: vm 2')
})

test('the whole wait is known where that of each level is', () => {
  expect(wholeWaitNs([level(2e6), level(1e6)])).toBe(3e6)
  expect([wholeWaitNs([level(2e6), level(null)]), wholeWaitNs([])]).toEqual([null, null])
})
