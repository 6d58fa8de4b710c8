import { expect, test } from 'vitest'
import type { JudgedGoal } from '../result.ts'
import { changeBar, goalBar, spareWords } from './report-marks.ts'

function judged(waitMs: number | null, goalMs = 50): JudgedGoal {
  const goal = { device: 'db', percentile: 99, waitMs: goalMs } as const
  return { goal, waitNs: waitMs === null ? null : waitMs * 1e6, met: waitMs !== null && waitMs <= goalMs }
}

test.each([
  [31, 'Met, with 38 % to spare'],
  [49.9, 'Met, with nothing to spare'],
  [50, 'Met, with nothing to spare'],
  [0, 'Met: nothing waits'],
  [70, 'Missed by 20 ms'],
  [null, 'Missed: no request'],
])('a wait of %s ms for a goal of 50', (waitMs, words) => {
  expect(spareWords(judged(waitMs))).toBe(words)
})

const at = (bar: string, mark: string) => Number(bar.match(new RegExp(`class="${mark}[^"]*" cx="([\\d.]+)"`))?.[1])

test('what keeps a goal is left of it, what misses it right, and both stay on the axis', () => {
  const bar = goalBar(judged(31), judged(170))
  const goalAt = Number(bar.match(/class="goal" d="M([\d.]+)/)?.[1])
  expect(at(bar, 'is')).toBeLessThan(goalAt)
  expect(at(bar, 'was')).toBeGreaterThan(goalAt)
  const far = goalBar(judged(1e9), judged(0))
  expect([at(far, 'was'), at(far, 'is')]).toEqual([6, 184])
  expect(goalBar(judged(5), judged(null))).not.toContain('class="was"')
  expect(goalBar(judged(null), judged(5))).toBe('')
})

test('a bar leads from its axis to the side of the change, and no further than the greatest', () => {
  const rect = (bar: string) =>
    bar
      .match(/x="([\d.]+)" y="3" width="([\d.]+)"/)
      ?.slice(1)
      .map(Number)
  expect(rect(changeBar(1, 2, 'good'))).toEqual([55, 25])
  expect(rect(changeBar(-0.5, 1, 'bad'))).toEqual([30, 25])
  expect(rect(changeBar(9, 1, ''))).toEqual([55, 50])
  expect(changeBar(null, 1, '')).toBe('')
})
