import { expect, test } from 'vitest'
import { EngineError } from '#main/engine-error.ts'
import type { Source } from '#main/source.ts'
import { EMPTY_WORKSPACE } from '#shared/workspace/workspace.ts'
import { LabSession } from './lab-session.ts'

/** A lab that takes everything; its end fails as that of one whose disk never answers. */
function labThatCannotEnd(applied: number[]): Source {
  return {
    apply: async (_workspace, revision) => {
      applied.push(revision)
      return { ok: true, value: { revision } }
    },
    start: async () => {},
    pause: async () => {},
    reset: async () => {},
    onSnapshot: () => () => {},
    close: () => Promise.reject(new EngineError('iothread-died', 'iothread 1 cannot be ended', 'It ends with Weir.')),
  }
}

test('a lab that cannot be ended is told of, and the next document has its lab all the same', async () => {
  const applied: number[] = []
  const problems: string[] = []
  const session = new LabSession({
    createLab: () => labThatCannotEnd(applied),
    onSnapshot: () => {},
    problem: (message, advice) => problems.push(`${message}: ${advice}`),
  })
  await session.open(EMPTY_WORKSPACE, 1)
  await session.open(EMPTY_WORKSPACE, 2)
  expect({ applied, problems }).toEqual({
    applied: [1, 2],
    problems: ['iothread 1 cannot be ended: It ends with Weir.'],
  })
})
