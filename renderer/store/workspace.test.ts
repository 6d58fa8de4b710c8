import { beforeEach, expect, test } from 'vitest'
import { addGroup, setLimit } from '#shared/workspace/edits.ts'
import { EMPTY_WORKSPACE, type Workspace } from '#shared/workspace/workspace.ts'
import {
  beginGesture,
  cancelGesture,
  edit,
  endGesture,
  issuesAt,
  MAX_UNDO_STEPS,
  redo,
  replaceWorkspace,
  undo,
  useWorkspace,
} from './workspace.ts'

const START: Workspace = addGroup(EMPTY_WORKSPACE, 'gold', { 'iops-total': 100 })

const limit = () => useWorkspace.getState().workspace.groups.gold?.['iops-total']
const setIops = (value: number) =>
  edit(`IOPS ${value}`, (workspace) => setLimit(workspace, 'gold', 'iops-total', value))
const labels = () => useWorkspace.getState().past.map((step) => step.label)

beforeEach(() => replaceWorkspace(START))

test('an edit is one step, undone and done again by name', () => {
  setIops(200)
  expect([limit(), undo(), limit(), redo(), limit()]).toEqual([200, 'IOPS 200', 100, 'IOPS 200', 200])
})

test('all edits of a gesture are one step', () => {
  beginGesture('Drag the limit')
  for (let value = 101; value <= 160; value += 1) setIops(value)
  endGesture()
  expect(labels()).toEqual(['Drag the limit'])
  undo()
  expect(limit()).toBe(100)
  redo()
  expect(limit()).toBe(160)
})

test('a cancelled gesture restores what was and leaves no step', () => {
  setIops(200)
  beginGesture('Drag the limit')
  setIops(300)
  cancelGesture()
  expect([limit(), labels()]).toEqual([200, ['IOPS 200']])
})

test('a gesture that changes nothing leaves no step and keeps what can be redone', () => {
  setIops(200)
  undo()
  beginGesture('Drag the limit')
  setIops(100)
  endGesture()
  expect([labels(), redo()]).toEqual([[], 'IOPS 200'])
})

test('undo in the middle of a gesture undoes the whole gesture', () => {
  beginGesture('Drag the limit')
  setIops(300)
  expect([undo(), limit()]).toEqual(['Drag the limit', 100])
})

test('a new edit forgets what could be redone', () => {
  setIops(200)
  undo()
  setIops(300)
  expect([redo(), limit()]).toEqual([null, 300])
})

test('every change counts the revision up, a change of nothing does not', () => {
  const before = useWorkspace.getState().revision
  setIops(200)
  setIops(200)
  undo()
  redo()
  expect(useWorkspace.getState().revision - before).toBe(3)
})

test('another document has an empty history', () => {
  setIops(200)
  replaceWorkspace(EMPTY_WORKSPACE)
  expect([undo(), redo()]).toEqual([null, null])
})

test('history is limited to the newest steps', () => {
  for (let value = 1; value <= MAX_UNDO_STEPS + 10; value += 1) setIops(1000 + value)
  expect([labels().length, labels()[0]]).toEqual([MAX_UNDO_STEPS, 'IOPS 1011'])
})

test('issues are found at their path and below it', () => {
  const issues = ['groups.gold.iops-total', 'groups.golden', 'devices[2].disk'].map((path) => ({
    path,
    code: 'wrong',
    message: 'is wrong',
  }))
  const found = (path: string) => issuesAt(issues, path).map((issue) => issue.path)
  expect([found('groups.gold'), found('devices'), found('groups.golden')]).toEqual([
    ['groups.gold.iops-total'],
    ['devices[2].disk'],
    ['groups.golden'],
  ])
})
