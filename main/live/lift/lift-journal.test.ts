import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { makeTempFolder } from '#main/qmp/testing/temp-folder.ts'
import { ApplyJournal } from '../apply-journal.ts'
import { captureWorkspace } from '../capture.ts'
import { TWO_LEGACY } from '../testing/pictures.ts'
import { LiftJournal } from './lift-journal.ts'
import { isOwned, type LiftRecord, ownerNow } from './lift-record.ts'

const cleanups: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup()
})

const before = captureWorkspace(TWO_LEGACY, 'vm')
const record = (address: string): LiftRecord => ({
  address,
  startedMs: 1,
  untilMs: 2,
  job: null,
  before,
  lifted: { ...before, groups: {}, devices: before.devices.map((device) => ({ ...device, groups: [] })) },
  groups: ['gold'],
  devices: ['db'],
  owner: ownerNow(),
})

async function journalFolder() {
  const folder = await makeTempFolder()
  cleanups.push(folder.remove)
  const lifts = path.join(folder.path, 'lifts')
  return { lifts, journal: new LiftJournal(lifts) }
}

test('a record reads back as it was written, is listed, and is gone at its end', async () => {
  const { journal } = await journalFolder()
  await journal.begin(record('unix:/a'))
  await journal.begin({ ...record('unix:/b'), startedMs: 0, untilMs: null, job: 'backup0' })
  expect(await journal.find('unix:/a')).toEqual(record('unix:/a'))
  expect((await journal.list()).map(({ address }) => address)).toEqual(['unix:/b', 'unix:/a'])
  await journal.end('unix:/a')
  expect([await journal.find('unix:/a'), (await journal.list()).length]).toEqual([null, 1])
})

test('a second lift of one VM is refused, and the first one’s record stays', async () => {
  const { journal } = await journalFolder()
  await journal.begin(record('unix:/a'))
  await expect(journal.begin({ ...record('unix:/a'), startedMs: 9 })).rejects.toMatchObject({ code: 'file-exists' })
  expect(await journal.find('unix:/a')).toEqual(record('unix:/a'))
})

test.each(['lift.json', 'before.weir.json', 'desired.weir.json'])(
  'a record without %s was never finished: nothing was sent, and the next lift begins',
  async (file) => {
    const { lifts, journal } = await journalFolder()
    await journal.begin(record('unix:/a'))
    const [folder = ''] = await readdir(lifts)
    await rm(path.join(lifts, folder, file))
    expect([await journal.find('unix:/a'), await journal.list()]).toEqual([null, []])
    await journal.begin(record('unix:/a'))
    expect(await journal.find('unix:/a')).toEqual(record('unix:/a'))
  },
)

test('what would not read back is not begun: devices in groups that are not there', async () => {
  const { lifts, journal } = await journalFolder()
  const odd = { ...record('unix:/a'), lifted: { ...before, groups: {} } }
  await expect(journal.begin(odd)).rejects.toMatchObject({ code: 'disk-failed' })
  expect([await journal.find('unix:/a'), await readdir(lifts)]).toEqual([null, []])
})

test('what cannot be read is a wrong world, with the place: nothing passes for not lifted', async () => {
  const { lifts, journal } = await journalFolder()
  await journal.begin(record('unix:/a'))
  const [folder = ''] = await readdir(lifts)
  const note = path.join(lifts, folder, 'lift.json')
  await rm(note)
  await mkdir(note)
  const problem = { name: 'EngineError', message: expect.stringContaining(path.join(lifts, folder)) }
  await expect(journal.find('unix:/a')).rejects.toMatchObject(problem)
  await expect(journal.list()).rejects.toMatchObject(problem)
  await rm(lifts, { recursive: true })
  await writeFile(lifts, '')
  await expect(journal.list()).rejects.toMatchObject({ name: 'EngineError', message: expect.stringContaining(lifts) })
  const message = expect.stringContaining('cannot be written')
  await expect(journal.begin(record('unix:/a'))).rejects.toMatchObject({ name: 'EngineError', message })
})

test('what lies beside the records is left alone', async () => {
  const { lifts, journal } = await journalFolder()
  await journal.begin(record('unix:/a'))
  await writeFile(path.join(lifts, 'note.txt'), 'x')
  expect((await journal.list()).length).toBe(1)
})

test('a lift is owned by its process, and not by another one of its number', async () => {
  const { journal } = await journalFolder()
  await journal.begin(record('unix:/a'))
  const found = await journal.find('unix:/a')
  expect(found && isOwned(found)).toBe(true)
  const owner = ownerNow()
  expect(isOwned({ ...record('unix:/a'), owner: { ...owner, began: 'another boot 17' } })).toBe(false)
  expect(isOwned({ ...record('unix:/a'), owner: { pid: 4_194_303, began: owner.began } })).toBe(false)
})

test('a record that cannot be deleted is said to be of a lift, or of an Apply', async () => {
  const folder = await makeTempFolder()
  cleanups.push(folder.remove)
  const file = path.join(folder.path, 'a-file')
  await writeFile(file, '')
  const left = 'but its record could not be deleted.'
  await expect(new LiftJournal(file).end('unix:/vm')).rejects.toMatchObject({ advice: `The lift is over, ${left}` })
  await expect(new ApplyJournal(file).end('unix:/vm')).rejects.toMatchObject({
    advice: `The Apply has finished, ${left}`,
  })
})
