import { expect, test } from 'vitest'
import { goalRows } from './goals.ts'
import type { Measured } from './measured.ts'
import { ratioSpread } from './numbers.ts'

const spread = (median: number) => ({ median, least: median / 2, most: median * 2 })

/** A brief run in which nothing but these was measured. */
function measured(part: Partial<Measured>): Measured {
  const none = { unthrottled: [], depth: [], levels: [], scaling: [], simulation: [], idle: null }
  const frontier = { rates: 1, requests: 1, ms: 1, vsPlainLoop: spread(0.5) }
  return { ...none, cost: { weir: [], qemu: [], vsQemuOne: null, vsQemuTwo: null }, frontier, ...part } as Measured // goals look at no more
}

test('a ratio is that of each round by itself, with its least and most', () => {
  expect(ratioSpread([10, 30, 8], [5, 10, 8])).toEqual({ median: 2, least: 1, most: 3 })
  expect(ratioSpread([10], [])).toBeNull()
})

test('a goal is met by its median, and open where a side is absent', () => {
  const fio = (name: string, median: number) => ({
    name,
    weirIops: 1,
    bareIops: null,
    fioIops: 1,
    ratio: spread(median),
  })
  const idle = { devices: 100, iops: 1000, cpuShare: 0.2, bareShare: 0.1, vsBare: spread(2) }
  const deep = (rw: 'randread' | 'randwrite', iodepth: number, ratio: number) => {
    const rates = { weirIops: 1, uringIops: 1 }
    return { rw, iodepth, ...rates, vsUring: spread(ratio), vsLibaio: spread(1) }
  }
  const rows = goalRows(
    measured({
      unthrottled: [fio('randread cached', 0.9), fio('randwrite cached', 0.89)],
      depth: [deep('randread', 4, 0.1), deep('randread', 16, 0.8), deep('randwrite', 16, 0.79)],
      idle,
    }),
  )
  expect(goalRows(measured({ idle: { ...idle, vsBare: { median: 1, least: -1, most: 3 } } })).at(-4)).toMatchObject({
    ratio: { median: 1 },
    isMet: null,
  })
  const answers = rows.filter(({ isMet }) => isMet !== null).map(({ name, isMet }) => [name, isMet])
  expect(answers).toEqual([
    ['randread cached, requests a second', true],
    ['randwrite cached, requests a second', false],
    ['randread direct at depth 16, requests a second', true],
    ['randwrite direct at depth 16, requests a second', false],
    ['processor time of 100 devices at 10 IOPS', false],
    ['time of all curves at 200 rates', true],
  ])
})
