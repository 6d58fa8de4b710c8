import { expect, test } from 'vitest'
import type { LimitFacts } from '#shared/frontier.ts'
import { queuePath, raceSpanS, raceWords, runnerAt } from './race.ts'

function facts(spanS: number, maxS: number): LimitFacts {
  return {
    requests: 6,
    delayedShare: 0.5,
    waitS: { p95: maxS, p99: maxS, p999: maxS, max: maxS },
    atLimitShare: 0,
    longestAtLimitS: 0,
    waitsOverTime: { binS: 1, values: [1, maxS, 0] },
    queue: { spanS, waiting: { binS: 1, values: [2, 3, 1] }, gone: { binS: 1, values: [1, 3, 6] } },
  }
}

test('a runner shows the queue of its time, and the longest wait until then', () => {
  const runner = facts(2.5, 4)
  expect(runnerAt(runner, 0)).toEqual({ waiting: 2, gone: 1, longestWaitS: 1, isDone: false })
  expect(runnerAt(runner, 1.9)).toEqual({ waiting: 3, gone: 3, longestWaitS: 4, isDone: false })
  expect(runnerAt(runner, 2.5)).toEqual({ waiting: 0, gone: 6, longestWaitS: 4, isDone: true })
})

test('both run on the clock of the later one, and the line ends where the clock is', () => {
  expect(raceSpanS(facts(2.5, 4), facts(2, 1))).toBe(2.5)
  const box = { width: 30, height: 32, spanS: 3, most: 3 }
  expect(queuePath(facts(3, 4).queue.waiting, 1.5, box)).toBe('M0 32L0.0 12.0H10.0L10.0 2.0H15.0V32Z')
})

test('who is done first is said, with what the longest wait becomes', () => {
  const seconds = (value: number) => `${value} s`
  const said = (today: LimitFacts, proposed: LimitFacts) => raceWords(today, proposed, seconds)
  expect(said(facts(2.5, 4), facts(2, 1))).toBe(
    'With the proposed limits the last request goes 0.5 s before today’s; longest wait 1 s instead of 4 s.',
  )
  expect(said(facts(2, 1), facts(2.5, 4))).toContain('0.5 s after today’s')
  expect(said(facts(2, 1), facts(2, 1))).toContain('at the same time')
})
