import fs from 'node:fs'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DEFAULT_DISK, EMPTY_WORKSPACE, IDLE } from '#shared/workspace/workspace.ts'
import { isSameFile } from './same-file.ts'
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

// A document and its file: edits, saves, and what others do to the file meanwhile.

beforeEach(makeFolder)
afterEach(removeFolder)

test('an edit makes it dirty, taking the edit back makes it clean', async () => {
  const { document } = openDocument()
  await document.openFile(write('a.weir.json', gold))
  document.take(goldAndBulk)
  const isDirty = document.state().dirty
  document.take(gold)
  expect([isDirty, document.state().dirty]).toEqual([true, false])
})

test('saving writes the workspace of the window, and the file stays its own', async () => {
  const { document, asked, recent } = openDocument()
  await document.openFile(write('a.weir.json', gold))
  document.take(goldAndBulk)
  expect(await document.save(goldAndBulk)).toEqual({ ok: true })
  expect(readBack('a.weir.json')).toEqual(goldAndBulk)
  expect({ asked, dirty: document.state().dirty, recent }).toEqual({
    asked: [],
    dirty: false,
    recent: ['a.weir.json', 'a.weir.json'],
  })
})

test('a document without a file asks for one, by the name of the workspace', async () => {
  const { document, asked } = openDocument()
  await document.adopt({ ...gold, name: 'Noisy Neighbour!' }, { isSaved: true })
  await document.save({ ...goldAndBulk, name: 'Noisy Neighbour!' })
  expect(asked).toEqual(['save as noisy-neighbour.weir.json'])
  expect(document.state().fileName).toBe('chosen.weir.json')
})

test('a workspace with problems is not saved and says which', async () => {
  const { document } = openDocument()
  await document.openFile(write('a.weir.json', gold))
  const wrong = { ...gold, groups: { gold: { 'iops-total': 100, 'iops-total-max': 5 } } }
  expect(await document.save(wrong)).toMatchObject({ ok: false, issues: [{ path: 'groups.gold.iops-total-max' }] })
  expect(readBack('a.weir.json')).toEqual(gold)
})

test('edits with problems are unsaved edits too: they are asked about, and Save says why it cannot', async () => {
  const problem = { path: 'groups.gold.iops-total-max', code: 'limits-max-below-avg', message: '5 is not valid' }
  const mayLose = async (save: 'save' | 'discard' | 'cancel') => {
    const { document, asked } = openDocument({ save })
    await document.openFile(write('a.weir.json', gold))
    document.takeProblems([problem], goldAndBulk)
    const isDirty = document.state().dirty
    return [isDirty, await document.mayLose(), asked, document.state().notice]
  }
  const question = ['save a.weir.json?']
  const reason = 'This workspace has problems; fix them before saving. groups.gold.iops-total-max: 5 is not valid'
  expect(await mayLose('discard')).toEqual([true, true, question, null])
  expect(await mayLose('cancel')).toEqual([true, false, question, null])
  expect(await mayLose('save')).toEqual([true, false, question, reason])
})

test('once the problems are mended, taking the edit back makes it clean again', async () => {
  const { document } = openDocument({ save: 'save' })
  await document.openFile(write('a.weir.json', gold))
  document.takeProblems([{ path: 'groups.gold', code: 'limits', message: 'not possible' }], null)
  await document.mayLose()
  document.take(gold)
  expect(document.state()).toMatchObject({ dirty: false, notice: null })
})

test('a file that somebody else changed is replaced only when the user says so', async () => {
  for (const overwrite of ['cancel', 'overwrite'] as const) {
    const { document, asked } = openDocument({ overwrite })
    const file = write('a.weir.json', gold)
    await document.openFile(file)
    write('a.weir.json', { ...gold, name: 'by another program' })
    const { ok } = await document.save(goldAndBulk)
    expect({ ok, asked }).toEqual({ ok: overwrite === 'overwrite', asked: ['overwrite a.weir.json?'] })
    expect(readBack('a.weir.json')?.name).toBe(ok ? EMPTY_WORKSPACE.name : 'by another program')
  }
})

test('a file of a newer format is never overwritten, by Save or by Save as', async () => {
  const { document, chooses } = openDocument({ overwrite: 'overwrite' })
  const file = write('a.weir.json', gold)
  await document.openFile(file)
  const newer = '{"format": "weir-workspace/7", "groups": {}, "devices": [], "magic": true}'
  fs.writeFileSync(file, newer)
  chooses(file)
  for (const outcome of [await document.save(goldAndBulk), await document.saveAs(goldAndBulk)]) {
    expect(outcome).toMatchObject({ ok: false, message: expect.stringContaining('newer Weir') })
  }
  expect(fs.readFileSync(file, 'utf8')).toBe(newer)
})

test('a clean document follows its file, a dirty one is told', async () => {
  const { document } = openDocument()
  await document.openFile(write('a.weir.json', gold))
  write('a.weir.json', { ...gold, name: 'second' })
  await document.checkDisk()
  const followed = document.workspace.name
  document.take(goldAndBulk)
  write('a.weir.json', { ...gold, name: 'third' })
  await document.checkDisk()
  expect({ followed, name: document.workspace.name }).toEqual({ followed: 'second', name: EMPTY_WORKSPACE.name })
  expect(document.state().notice).toBe(
    'a.weir.json was changed by another program. Saving will ask before replacing it.',
  )
})

test('a file that is gone is told, and Save writes it again', async () => {
  const { document, asked } = openDocument()
  const file = write('a.weir.json', gold)
  await document.openFile(file)
  fs.rmSync(file)
  await document.checkDisk()
  expect(document.state().notice).toBe('a.weir.json is no longer on disk. Save to write it again.')
  expect(await document.save(gold)).toEqual({ ok: true })
  expect({ back: readBack('a.weir.json'), asked }).toEqual({ back: gold, asked: [] })
})

test('unsaved edits are asked about before another document takes their place', async () => {
  const { document, asked } = openDocument({ save: 'cancel' })
  await document.openFile(write('a.weir.json', gold))
  document.take(goldAndBulk)
  expect((await document.createNew()).ok).toBe(false)
  expect((await document.openFile(write('b.weir.json', gold))).ok).toBe(false)
  expect({ asked, workspace: document.workspace }).toEqual({
    asked: ['save a.weir.json?', 'save a.weir.json?'],
    workspace: goldAndBulk,
  })
})

test('a file that another window has open is neither opened nor overwritten here', async () => {
  const { document, opensElsewhere, chooses } = openDocument()
  await document.openFile(write('a.weir.json', gold))
  const other = write('b.weir.json', goldAndBulk)
  opensElsewhere(other)
  chooses(other)
  expect(await document.openFile(other)).toEqual({ ok: true })
  expect(await document.saveAs(gold)).toMatchObject({
    ok: false,
    message: expect.stringMatching(`^${other} is open in another window`),
  })
  expect({ shown: document.state().fileName, other: readBack('b.weir.json') }).toEqual({
    shown: 'a.weir.json',
    other: goldAndBulk,
  })
})

test('paths keep meaning the same files when the workspace is saved elsewhere', async () => {
  const { document, chooses } = openDocument()
  const disk = { ...DEFAULT_DISK, path: 'db.img' }
  const device = { id: 'db', groups: [], iothread: null, disk, workload: IDLE, qemu: {} }
  await document.openFile(write('a.weir.json', { ...gold, devices: [device] }))
  fs.mkdirSync(at('sub'))
  chooses(at('sub/a.weir.json'))
  await document.saveAs(document.workspace)
  expect(readBack('sub/a.weir.json')?.devices[0]?.disk).toMatchObject({ path: '../db.img' })
  expect(document.workspace.devices[0]?.disk).toMatchObject({ path: '../db.img' })
})

test('a save that fails keeps the edits, says why, and goes elsewhere', async () => {
  const { document, chooses } = openDocument({ save: 'save' })
  fs.mkdirSync(at('sub'))
  await document.openFile(write('sub/a.weir.json', gold))
  document.take(goldAndBulk)
  fs.rmSync(at('sub'), { recursive: true })
  expect(await document.save(goldAndBulk)).toEqual({
    ok: false,
    message: `${at('sub/a.weir.json')} was not saved: its folder is gone. The file is as it was. Save it under another name or in another folder.`,
    issues: [],
  })
  expect(await document.mayLose()).toBe(false) // the window stays and says why
  expect(document.state()).toMatchObject({ dirty: true, notice: expect.stringContaining('its folder is gone') })
  chooses(at('b.weir.json'))
  expect(await document.saveAs(document.workspace)).toEqual({ ok: true })
  expect({ saved: readBack('b.weir.json'), ...document.state() }).toMatchObject({
    saved: goldAndBulk,
    dirty: false,
    notice: null,
  })
})

test('nothing is written over what cannot be read', async () => {
  const { document, chooses } = openDocument({ overwrite: 'overwrite' })
  const file = write('a.weir.json', gold)
  await document.openFile(file)
  document.take(goldAndBulk)
  fs.rmSync(file)
  fs.mkdirSync(file)
  await document.checkDisk()
  expect(document.state().notice).toContain('this is a folder')
  chooses(file)
  const message = `${file}: this is a folder; name a file in it. It was not overwritten; save under another name.`
  for (const outcome of [await document.save(goldAndBulk), await document.saveAs(goldAndBulk)]) {
    expect(outcome).toEqual({ ok: false, message, issues: [] })
  }
  expect(document.state()).toMatchObject({ dirty: true, workspace: goldAndBulk })
})

test('two names of one file are one file', () => {
  const file = write('a.weir.json', gold)
  fs.symlinkSync('a.weir.json', at('link.weir.json'))
  const other = write('b.weir.json', gold)
  const names = [file, at('link.weir.json'), other, at('gone.weir.json')]
  expect(names.map((name) => isSameFile(file, name))).toEqual([true, true, false, false])
})
