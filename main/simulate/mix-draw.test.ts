import { expect, test } from 'vitest'
import type { LoadMix } from '#main/load/load-mix.ts'
import { MixDraw } from './mix-draw.ts'

const MIX: LoadMix = {
  readShare: 0.3,
  sizesBytes: Float64Array.of(4096, 65_536),
  sizeBelow: Float64Array.of(0.75, 1),
}

/** Requests and bytes per direction after draws of these counts. */
function drawn(mix: LoadMix, counts: readonly number[], salt = 'a'): readonly number[] {
  const draw = new MixDraw(mix, 1, salt)
  const sums = [0, 0, 0, 0]
  for (const count of counts) {
    draw.draw(count)
    for (const [index, value] of [...draw.requests, ...draw.bytes].entries()) sums[index]! += value
  }
  return sums
}

test('what the first requests were does not depend on how often somebody asked', () => {
  const whole = drawn(MIX, [100_000])
  expect(drawn(MIX, [1, 4095, 5000, 1, 1, 90_902])).toEqual(whole)
  expect(
    drawn(
      MIX,
      Array.from({ length: 1000 }, () => 100),
    ),
  ).toEqual(whole)
  expect(drawn(MIX, [100_000], 'b')).not.toEqual(whole)
})

test('reads and sizes come with their shares, in a million and in the first thousand alike', () => {
  for (const [count, within] of [
    [1_000_000, 0.005],
    [1000, 0.06],
  ] as const) {
    const [reads = 0, writes = 0, readBytes = 0, writtenBytes = 0] = drawn(MIX, [count])
    expect(reads + writes).toBe(count)
    expect(Math.abs(reads / count - 0.3)).toBeLessThan(within)
    const meanBytes = 0.75 * 4096 + 0.25 * 65_536
    expect(Math.abs(readBytes / reads / meanBytes - 1)).toBeLessThan(within * 4)
    expect(Math.abs(writtenBytes / writes / meanBytes - 1)).toBeLessThan(within * 4)
  }
})

test('a load of one kind needs no chance', () => {
  const reads: LoadMix = { readShare: 1, sizesBytes: Float64Array.of(512), sizeBelow: Float64Array.of(1) }
  expect(drawn(reads, [7, 12_345])).toEqual([12_352, 0, 12_352 * 512, 0])
})

test('reads of several sizes are never writes', () => {
  const [, writes] = drawn({ ...MIX, readShare: 1 }, [1_000_000])
  expect(writes).toBe(0)
})
