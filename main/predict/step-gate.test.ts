import { expect, test } from 'vitest'
import { createGateWords, StepGate } from './step-gate.ts'

// One thread plays them all here, so nobody may have to wait: threads take turns step by step.

function gate(): StepGate {
  return new StepGate(createGateWords(2))
}

function doStep(steps: StepGate, thread: number, step: number): boolean {
  const may = steps.mayBegin(thread, step)
  if (may) steps.finish(thread, step)
  return may
}

test('until it is stopped every step begins, and done is what both have done', () => {
  const steps = gate()
  expect([doStep(steps, 0, 0), doStep(steps, 0, 1), doStep(steps, 1, 0)]).toEqual([true, true, true])
  expect(steps.done()).toBe(1)
  steps.leave(1)
  expect(steps.done()).toBe(2)
})

test('stopped, the slower ones go on to where the farthest has begun, and no farther', () => {
  const steps = gate()
  for (const step of [0, 1, 2]) doStep(steps, 0, step)
  expect(steps.mayBegin(0, 3)).toBe(true) // under way when it is stopped
  steps.stop()
  steps.finish(0, 3)
  expect(steps.mayBegin(0, 4)).toBe(false)
  expect([0, 1, 2, 3, 4].map((step) => doStep(steps, 1, step))).toEqual([true, true, true, true, false])
})

test('stopped before anything began, nothing begins; stopping twice changes nothing', () => {
  const steps = gate()
  steps.stop()
  expect(steps.mayBegin(0, 0)).toBe(false)
  steps.stop()
  expect(steps.mayBegin(1, 0)).toBe(false)
})
