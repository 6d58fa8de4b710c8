import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { EngineError } from '#main/engine-error.ts'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import { ApplyJournal } from './apply-journal.ts'
import { captureWorkspace } from './capture.ts'
import { SessionRecord } from './session-record.ts'
import { TWO_LEGACY } from './testing/pictures.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

const before = captureWorkspace(TWO_LEGACY, 'vm')

async function journalFolder(): Promise<ApplyJournal> {
  const folder = await makeTempFolder()
  cleanups.push(folder.remove)
  return new ApplyJournal(path.join(folder.path, 'applies'))
}

test('the record of a VM that is named by a relative path is found from any folder', async () => {
  const journal = await journalFolder()
  await new SessionRecord(journal, { kind: 'unix', path: 'vm.qmp' }).begin({ before, desired: before })
  expect(await journal.find(`unix:${path.resolve('vm.qmp')}`)).not.toBeNull()
})

test('a record that is settled and cannot be removed keeps nobody from the VM', async () => {
  const journal = await journalFolder()
  const record = new SessionRecord(journal, { kind: 'unix', path: '/vm.qmp' })
  await record.begin({ before, desired: before })
  journal.end = async () => {
    throw new EngineError('permission', 'It may not be written to.', '')
  }
  await record.look(TWO_LEGACY)
  expect(record.cutOff).toBeNull()
})
