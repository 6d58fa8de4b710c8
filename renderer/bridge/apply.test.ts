import { expect, test } from 'vitest'
import type { ApplyReply } from '#shared/ipc/contract.ts'
import { EMPTY_WORKSPACE } from '#shared/workspace/workspace.ts'
import { createApplier } from './apply.ts'

/** The revision of an answer that stands for none. */
const NOT_HELD = -1

/** An engine that answers when told to, and a log of what went each way. */
function startEngine() {
  const log: string[] = []
  const open: { readonly answer: (reply: ApplyReply) => void; readonly refuse: (error: Error) => void }[] = []
  const applier = createApplier({
    send: ({ revision }) => {
      log.push(`send ${revision}`)
      return new Promise((answer, refuse) => open.push({ answer, refuse }))
    },
    sendDifference: ({ generation, base, revision, difference }) => {
      const keys = difference.others.map(({ key, value }) => `${key} ${String(value)}`).join()
      log.push(`from ${generation}.${base} to ${revision}: ${keys}`)
      return new Promise((answer, refuse) =>
        open.push({ answer: (reply) => answer(reply.revision === NOT_HELD ? null : reply), refuse }),
      )
    },
    answered: (issues) => log.push(`answered ${issues.map((issue) => issue.code).join() || 'fine'}`),
    broke: (error) => log.push(`broke ${String(error)}`),
  })
  return {
    log,
    request: (revision: number) => applier.request({ workspace: { ...EMPTY_WORKSPACE, seed: revision }, revision }),
    replaced: (generation: number) => applier.replaced(EMPTY_WORKSPACE, generation),
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
  expect(engine.log).toEqual(['send 1', 'from 0.1 to 4: seed 4', 'answered fine'])
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
  expect(engine.log).toEqual(['send 1', 'answered fine', 'from 0.1 to 2: seed 2'])
})

test('the first change after a document was opened goes as what it differs from that', () => {
  const engine = startEngine()
  engine.replaced(3)
  engine.request(7)
  expect(engine.log).toEqual(['from 3.null to 7: seed 7'])
})

test('where the main process does not hold the base the whole is sent, and the next difference starts from it', async () => {
  const engine = startEngine()
  engine.replaced(3)
  engine.request(7)
  await engine.answer({ revision: NOT_HELD })
  await engine.answer()
  engine.request(8)
  expect(engine.log).toEqual(['from 3.null to 7: seed 7', 'send 7', 'answered fine', 'from 3.7 to 8: seed 8'])
})

test('after an apply that broke the whole is sent', async () => {
  const engine = startEngine()
  engine.replaced(3)
  engine.request(7)
  await engine.refuse()
  engine.request(8)
  expect(engine.log).toEqual(['from 3.null to 7: seed 7', 'broke Error: gone', 'send 8'])
})

test('edits of a document that was replaced meanwhile are not sent over the new one', async () => {
  const engine = startEngine()
  engine.replaced(3)
  engine.request(7)
  engine.request(8)
  engine.replaced(4)
  await engine.answer({ revision: NOT_HELD })
  expect(engine.log).toEqual(['from 3.null to 7: seed 7'])
  engine.request(10)
  expect(engine.log.slice(1)).toEqual(['from 4.null to 10: seed 10'])
})
