import { expect, test } from 'vitest'
import { listProblems, type Problem, problemOf } from './problem.ts'

const wrong = (name: string): Problem => ({
  message: `${name} cannot be opened.`,
  advice: 'line 1: first\nline 2: second',
})

test('one wrong file is told with all that is wrong with it', () => {
  expect(listProblems([wrong('a')])).toEqual(wrong('a'))
})

test('several wrong files are one message with a line for each, ten at most', () => {
  expect(listProblems([wrong('a'), wrong('b')])).toEqual({
    message: '2 files cannot be opened.',
    advice: 'a cannot be opened. line 1: first\nb cannot be opened. line 1: first',
  })
  const many = listProblems([wrong('a'), ...Array.from({ length: 11 }, () => wrong('b'))])
  expect(many.message).toBe('12 files cannot be opened.')
  expect(many.advice.split('\n').slice(9)).toEqual(['b cannot be opened. line 1: first', 'and 2 more'])
})

test('what was done and what the user gave up is no problem', () => {
  expect([problemOf({ ok: true }), problemOf({ ok: false, message: '', issues: [] })]).toEqual([null, null])
})
