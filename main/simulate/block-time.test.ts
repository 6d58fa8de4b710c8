import { expect, test } from 'vitest'
import { BlockTime } from './block-time.ts'

/** The sizes of `count` blocks of a load that does `rate` requests a second. */
function blocks(time: BlockTime, rate: number, count: number, from: number): readonly number[] {
  let total = from
  return Array.from({ length: count }, () => {
    const done = Math.round((time.next(total) / 1e9) * rate)
    total += done
    return done
  })
}

test('a block is of about a thousand requests, whatever the rate, and follows a rate that changes', () => {
  const time = new BlockTime()
  let from = 0
  for (const rate of [50, 1_000_000, 300]) {
    const sizes = blocks(time, rate, 40, from)
    from += sizes.reduce((sum, size) => sum + size, 0)
    const settled = sizes.slice(-10)
    for (const size of settled) {
      expect(size).toBeGreaterThanOrEqual(512)
      expect(size).toBeLessThanOrEqual(2048)
    }
  }
})

test('a load that does nothing is looked at again within an hour', () => {
  const idle = new BlockTime()
  for (let block = 0; block < 100; block += 1) expect(idle.next(0)).toBeLessThanOrEqual(3600e9)
})
