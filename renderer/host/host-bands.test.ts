import { expect, test } from 'vitest'
import { bandsOf } from './host-bands.ts'

const values = (...of: readonly number[]) => Float32Array.from(of)

test('the noisiest now is the lowest band, and the last edge is the whole host', () => {
  const { noisiest, edges } = bandsOf(
    new Map([
      ['quiet', values(5, 10)],
      ['noisy', values(1, 30)],
      ['new', values(Number.NaN, 20)],
    ]),
    values(6, 60),
  )
  expect(noisiest).toEqual({ id: 'noisy', share: 0.5 })
  expect(edges.map((edge) => [...edge])).toEqual([
    [1, 30],
    [1, 50],
    [6, 60],
  ])
})

test('beyond five VMs all others are one band; a time at which none was known is not zero', () => {
  const many = new Map(
    Array.from({ length: 200 }, (_, index) => [`vm${index}`, values(Number.NaN, 200 - index)] as const),
  )
  const { edges } = bandsOf(many, values(Number.NaN, 20_100))
  expect(edges).toHaveLength(6)
  expect([edges[0]?.[1], edges[4]?.[1], edges[5]?.[1]]).toEqual([200, 990, 20_100])
  expect(edges.every((edge) => Number.isNaN(edge[0]))).toBe(true)
  expect(bandsOf(new Map(), values())).toEqual({ noisiest: null, edges: [] })
})
