import { expect, test } from 'vitest'
import type { ApplyReply } from '#shared/ipc/contract.ts'
import { EMPTY_WORKSPACE } from '#shared/workspace/workspace.ts'
import { createApplier } from './apply.ts'

/** An engine that answers when told to, and a log of what went each way. */
function startEngine() {
  const log: string[] = []
  const open: { readonly answer: (reply: ApplyReply) => void; readonly refuse: (error: Error) => void }[] = []
  const applier = createApplier({
    send: ({ revision }) => {
      log.push(`send ${revision}`)
      return new Promise((answer, refuse) => open.push({ answer, refuse }))
    },
    answered: (issues) => log.push(`answered ${issues.map((issue) => issue.code).join() || 'fine'}`),
    broke: (error) => log.push(`broke ${String(error)}`),
  })
  return {
    log,
    request: (revision: number) => applier.request({ workspace: EMPTY_WORKSPACE, revision }),
    async answer(reply: Partial<ApplyReply> = {}) {
      open.shift()?.answer({ revision: 0, issues: [], ...reply })
      await new Promise((resume) => setTimeout(resume, 0))
    },
    async refuse() {
      open.shift()?.refuse(new Error('gone'))
      await new Promise((resume) => setTimeout(resume, 0))
    },
  }
}

test('one apply is under way at a time, and of the requests meanwhile only the latest goes', async () => {
  const engine = startEngine()
  for (const revision of [1, 2, 3, 4]) engine.request(revision)
  expect(engine.log).toEqual(['send 1'])
  await engine.answer()
  await engine.answer()
  expect(engine.log).toEqual(['send 1', 'send 4', 'answered fine'])
})

test('the issues of an answered request are told', async () => {
  const engine = startEngine()
  engine.request(1)
  await engine.answer({ issues: [{ path: 'groups.gold', code: 'limits-max-below-avg', message: '' }] })
  expect(engine.log).toEqual(['send 1', 'answered limits-max-below-avg'])
})

test('a broken apply does not stop the next one', async () => {
  const engine = startEngine()
  engine.request(1)
  engine.request(2)
  await engine.refuse()
  await engine.answer()
  expect(engine.log).toEqual(['send 1', 'broke Error: gone', 'send 2', 'answered fine'])
})

test('a request after a quiet time goes at once', async () => {
  const engine = startEngine()
  engine.request(1)
  await engine.answer()
  engine.request(2)
  expect(engine.log).toEqual(['send 1', 'answered fine', 'send 2'])
})
