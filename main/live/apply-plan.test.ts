import { expect, test } from 'vitest'
import { EngineError, NotRunningError, UnsentError } from '#main/engine-error.ts'
import { isCutOff, sendSteps } from './apply-plan.ts'
import type { PlanStep } from './steps.ts'

const step = (name: string): PlanStep => ({
  command: { execute: 'qom-set', arguments: { path: name, property: 'limits', value: {} } },
  into: [],
  makes: null,
  empties: null,
})
const LOST = new EngineError('qmp-lost', 'It is lost.', '')

test.each([
  ['lost while it was under way', LOST, 'unknown'],
  ['lost before it was sent', new UnsentError(LOST), 'unsent'],
  ['of a VM that does not run', new NotRunningError('qmp-refused', 'It does not run.', ''), 'unsent'],
])('a command %s is so, and nothing goes after it', async (_what, error, outcome) => {
  let asked = 0
  const answers = await sendSteps(async () => {
    asked += 1
    throw error
  }, [step('a'), step('b')])
  expect([asked, answers.map((answer) => answer.outcome), isCutOff(answers)]).toEqual([1, [outcome, 'unsent'], true])
})

test('what is refused is an answer: the connection did not fail', async () => {
  const answers = await sendSteps(async () => ({ ok: false, class: '', desc: 'no' }), [step('a')])
  expect([answers.map(({ outcome }) => outcome), isCutOff(answers)]).toEqual([['refused'], false])
})
