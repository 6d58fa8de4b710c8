import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { addGroup } from '#shared/workspace/edits.ts'
import { formatWorkspace, parseWorkspaceText } from '#shared/workspace/parse.ts'
import { DEFAULT_DISK, EMPTY_WORKSPACE, IDLE, type Workspace } from '#shared/workspace/workspace.ts'
import { BoardDocument } from './document.ts'
import { findRecovered, RecoveryFile } from './recovery.ts'
import { isSameFile } from './same-file.ts'

let folder: string
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'weir-document-'))
})
afterEach(() => fs.rmSync(folder, { recursive: true, force: true }))

const at = (name: string) => path.join(folder, name)
const RECOVERY_2 = 'recovery/board-2.recovery.json'
const gold = addGroup(EMPTY_WORKSPACE, 'gold', { 'iops-total': 100 })
const goldAndBulk = addGroup(gold, 'bulk')

function write(name: string, workspace: Workspace): string {
  fs.writeFileSync(at(name), formatWorkspace(workspace))
  return at(name)
}

function readBack(name: string): Workspace | undefined {
  const parsed = parseWorkspaceText(fs.readFileSync(at(name), 'utf8'))
  return parsed.ok ? parsed.value : undefined
}

/** A document whose user answers as told, and a log of what was asked. */
function openDocument(
  answers: { save?: 'save' | 'discard' | 'cancel'; overwrite?: 'overwrite' | 'save-as' | 'cancel' } = {},
  board = 'board-1',
) {
  const asked: string[] = []
  const recent: string[] = []
  let saveTo: string | null = at('chosen.weir.json')
  let openElsewhere: string | null = null
  const recovery = new RecoveryFile(at('recovery'), board)
  const document = new BoardDocument({
    dialogs: {
      chooseFileToOpen: async () => null,
      chooseFileToSave: async (suggested) => {
        asked.push(`save as ${suggested}`)
        return saveTo
      },
      askToSave: async (name) => {
        asked.push(`save ${name}?`)
        return answers.save ?? 'cancel'
      },
      askToOverwrite: async (name) => {
        asked.push(`overwrite ${name}?`)
        return answers.overwrite ?? 'cancel'
      },
    },
    recent: { list: () => recent, remember: (file) => recent.unshift(path.basename(file)) },
    recovery,
    showElsewhere: (file) => file === openElsewhere,
    changed: () => {},
    replaced: () => {},
    nowMs: () => Date.UTC(2026, 0, 1),
  })
  return {
    document,
    recovery,
    asked,
    recent,
    chooses: (file: string | null) => {
      saveTo = file
    },
    opensElsewhere: (file: string) => {
      openElsewhere = file
    },
  }
}

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
  const problem = { path: 'groups.gold.iops-total-max', code: 'limits-max-below-avg', message: '5 is not possible' }
  const mayLose = async (save: 'save' | 'discard' | 'cancel') => {
    const { document, asked } = openDocument({ save })
    await document.openFile(write('a.weir.json', gold))
    document.takeProblems([problem], goldAndBulk)
    const isDirty = document.state().dirty
    return [isDirty, await document.mayLose(), asked, document.state().notice]
  }
  const question = ['save a.weir.json?']
  const reason =
    'This workspace has problems; mend them before you save it. groups.gold.iops-total-max: 5 is not possible'
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

test('of edits with problems a crash leaves the sound part', async () => {
  const crashed = openDocument().document
  await crashed.openFile(write('a.weir.json', gold))
  const problem = { path: 'groups.bulk.iops-total-max', code: 'limits-max-below-avg', message: '5 is not possible' }
  crashed.takeProblems([problem], goldAndBulk)
  crashed.takeProblems([problem, { path: 'devices[0].iothread', code: 'unknown-iothread', message: 'no' }], null)
  await crashed.keepUnsaved()
  expect(await findRecovered(at('recovery'))).toMatchObject([{ workspace: goldAndBulk }])
  // Back at what the file holds but for the problem: unsaved all the same.
  crashed.takeProblems([problem], gold)
  expect(crashed.state().dirty).toBe(true)
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
  expect(document.state().notice).toBe('a.weir.json is no longer on the disk. Save to write it again.')
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
  const device = { id: 'db', group: null, iothread: null, disk, workload: IDLE, qemu: {} }
  await document.openFile(write('a.weir.json', { ...gold, devices: [device] }))
  fs.mkdirSync(at('sub'))
  chooses(at('sub/a.weir.json'))
  await document.saveAs(document.workspace)
  expect(readBack('sub/a.weir.json')?.devices[0]?.disk).toMatchObject({ path: '../db.img' })
  expect(document.workspace.devices[0]?.disk).toMatchObject({ path: '../db.img' })
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
  const message = `${file}: this is a folder; name a file in it. It was not saved over: save under another name.`
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
