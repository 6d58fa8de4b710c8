// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import { drawSparkline, type Spark } from './sparkline.ts'

/** A canvas that counts how often it was drawn. */
function startCanvas() {
  const count = { draws: 0 }
  const nothing = () => {}
  const context = new Proxy(
    {},
    {
      get: (_target, key) =>
        key === 'clearRect'
          ? () => {
              count.draws += 1
            }
          : nothing,
      set: () => true,
    },
  )
  const canvas = { width: 0, height: 0, getContext: () => context } as unknown as HTMLCanvasElement // as drawn on
  const at = (nowMs: number, spark: Partial<Spark> = {}) => {
    const before = count.draws
    drawSparkline(canvas, { id: 'vda', widthPx: 300, nowNs: nowMs * 1e6, limitIops: 100, ...spark })
    return count.draws > before
  }
  return { at }
}

test('the line is drawn once per point, not once per snapshot', () => {
  const { at } = startCanvas()
  // 300 px hold 151 points: one is 0.2 s.
  const drawn = Array.from({ length: 20 }, (_, tenth) => at(1000 + tenth * 100))
  expect(drawn.filter((isDrawn) => isDrawn)).toHaveLength(10)
})

test('within a point it is drawn again for another limit at a standstill, another device or width, or an earlier time', () => {
  const { at } = startCanvas()
  expect([at(1000), at(1100)]).toEqual([true, false])
  expect(at(1100, { limitIops: 200 })).toBe(true)
  expect(at(1110, { id: 'vdb' })).toBe(true)
  expect(at(1120, { id: 'vdb', widthPx: 302 })).toBe(true)
  expect(at(1000, { id: 'vdb', widthPx: 302 })).toBe(true)
})
