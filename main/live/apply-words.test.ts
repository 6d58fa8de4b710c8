import { expect, test } from 'vitest'
import type { StepAnswer } from './apply-plan.ts'
import { applyReply } from './apply-words.ts'

const CASES: readonly (readonly [readonly StepAnswer['outcome'][], string])[] = [
  [['done', 'done'], '2 commands sent, all accepted.'],
  [['refused'], 'The command did not take effect.'],
  [['refused', 'unsent'], 'None of 2 commands took effect.'],
  [['done', 'refused'], '1 of 2 commands did not take effect.'],
  [['unknown'], 'It is not known whether the command took effect.'],
  [['unknown', 'unknown'], 'It is not known whether the 2 commands took effect.'],
  [
    ['done', 'unknown', 'unsent'],
    '1 of 3 commands did not take effect. It is not known whether 1 of 3 commands took effect.',
  ],
]

test.each(CASES)('of commands that are %s the report says so', (outcomes, words) => {
  const command = { execute: 'qom-get', arguments: { path: '/', property: 'type' } } as const
  const answers = outcomes.map((outcome) => ({ command, outcome, answer: '' }))
  expect(applyReply(answers, [], []).message).toBe(words)
})
