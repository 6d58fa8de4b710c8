import fs from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { BoardDocument } from './document.ts'
import { findRecovered, type RecoveryFile } from './recovery.ts'
import {
  at,
  gold,
  goldAndBulk,
  makeFolder,
  openDocument,
  readBack,
  removeFolder,
  write,
} from './testing/open-document.ts'

// Unsaved edits and the next start after a crash: what is kept, found, set aside and cleared away.

beforeEach(makeFolder)
afterEach(removeFolder)

const RECOVERY_2 = 'recovery/board-2.recovery.json'

test('of edits with problems a crash leaves the sound part', async () => {
  const crashed = openDocument().document
  await crashed.openFile(write('a.weir.json', gold))
  const problem = { path: 'groups.bulk.iops-total-max', code: 'limits-max-below-avg', message: '5 is not valid' }
  crashed.takeProblems([problem], goldAndBulk)
  crashed.takeProblems([problem, { path: 'devices[0].iothread', code: 'unknown-iothread', message: 'no' }], null)
  await crashed.keepUnsaved()
  expect(await findRecovered(at('recovery'))).toMatchObject([{ workspace: goldAndBulk }])
  // Back at what the file holds but for the problem: unsaved all the same.
  crashed.takeProblems([problem], gold)
  expect(crashed.state().dirty).toBe(true)
})

test('unsaved edits are recovered after a crash, with the file they belong to', async () => {
  const crashed = openDocument().document
  await crashed.openFile(write('a.weir.json', gold))
  crashed.take(goldAndBulk)
  await crashed.keepUnsaved()

  const [recovered] = await findRecovered(at('recovery'))
  const { document } = openDocument()
  if (recovered) await document.recover(recovered)
  expect(document.state()).toMatchObject({ fileName: 'a.weir.json', dirty: true, workspace: goldAndBulk })
  expect(document.state().notice).toContain('Recovered the unsaved edits of a.weir.json')
  expect(readBack('a.weir.json')).toEqual(gold)
})

test('edits that were recovered survive the next crash, too', async () => {
  const first = openDocument().document
  await first.openFile(write('a.weir.json', gold))
  first.take(goldAndBulk)
  await first.keepUnsaved()
  // Found, but the process dies before the window has them.
  expect(await findRecovered(at('recovery'))).toHaveLength(1)
  const second = openDocument({}, 'board-2').document
  for (const each of await findRecovered(at('recovery'))) await second.recover(each)
  // In the window, and the process dies again.
  expect(await findRecovered(at('recovery'))).toMatchObject([{ workspace: goldAndBulk, kept: at(RECOVERY_2) }])
  // A crash between the two writes leaves two copies of one document: one is enough.
  fs.copyFileSync(at(RECOVERY_2), at('recovery/board-3.recovery.json'))
  expect(await findRecovered(at('recovery'))).toHaveLength(1)
  expect(fs.readdirSync(at('recovery'))).toHaveLength(1)
})

test('a recovery folder that cannot be used is told while there is something to lose, and is no reason not to start', async () => {
  fs.writeFileSync(at('recovery'), 'a file where the folder should be')
  expect(await findRecovered(at('recovery'))).toEqual([])
  const { document } = openDocument()
  await document.openFile(write('a.weir.json', gold))
  document.take(goldAndBulk)
  expect(await document.keepUnsaved()).toBe(false)
  expect(document.state().notice).toMatch(/^Unsaved edits would be lost in a crash; save them soon\./)
  fs.rmSync(at('recovery'))
  expect(await document.keepUnsaved()).toBe(true)
  expect(document.state().notice).toBeNull()
})

test('nothing is left to recover once the edits are saved, taken back or given up', async () => {
  const left: number[] = []
  const ends: ((document: BoardDocument, recovery: RecoveryFile) => Promise<unknown>)[] = [
    (document) => document.save(goldAndBulk),
    async (document, recovery) => {
      document.take(gold)
      await recovery.remove() // stands behind the removal that the edit began
    },
    (document) => document.mayLose(),
  ]
  for (const end of ends) {
    const { document, recovery } = openDocument({ save: 'discard' })
    await document.openFile(write('a.weir.json', gold))
    document.take(goldAndBulk)
    await document.keepUnsaved()
    await end(document, recovery)
    left.push(fs.readdirSync(at('recovery')).length)
  }
  expect(left).toEqual([0, 0, 0])
})

test('a recovery file that cannot be understood is set aside, not removed', async () => {
  fs.mkdirSync(at('recovery'))
  fs.writeFileSync(at('recovery/board-9.recovery.json'), '{"format": "weir-reco')
  expect(await findRecovered(at('recovery'))).toEqual([])
  expect(fs.readdirSync(at('recovery'))).toEqual(['board-9.recovery.json.unreadable'])
})
