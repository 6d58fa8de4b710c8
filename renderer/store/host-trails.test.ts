import { expect, test } from 'vitest'
import type { VmLook } from '#shared/host-look.ts'
import { HostTrails } from './host-trails.ts'

/** Looks, one after the other: the IOPS of each VM. */
function whole(looks: readonly Readonly<Record<string, number | null>>[]): readonly number[] {
  const trails = new HostTrails()
  for (const look of looks) {
    // What is asked of them.
    trails.see(Object.entries(look).map(([id, iops]) => ({ id, iops, bps: iops }) as VmLook))
  }
  expect(trails.whole.bps).toEqual(trails.whole.iops)
  return [...trails.whole.iops.slice(-looks.length)]
}

test('all VMs together are the sum of those that are known', () => {
  expect(whole([{ a: null }, { a: 1, b: null }, { a: 1, b: 2 }, { a: 0 }])).toEqual([Number.NaN, 1, 1, 0])
})

test('of a VM that is gone nothing stays in the sum, and a look at nobody is not zero', () => {
  expect(whole([{ a: 1, b: 2 }, { a: 3, b: 4 }, { b: 5 }, {}])).toEqual([
    Number.NaN,
    Number.NaN,
    Number.NaN,
    Number.NaN,
  ])
  expect(whole([{ a: 1, b: 2 }, { a: 3, b: 4 }, { b: 5 }])).toEqual([2, 4, 5])
})
