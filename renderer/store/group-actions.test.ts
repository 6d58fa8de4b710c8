import { expect, test } from 'vitest'
import { EMPTY_WORKSPACE, MAX_GROUPS } from '#shared/workspace/workspace.ts'
import { addGroupWith, duplicateGroup } from './actions.ts'
import { currentWorkspace, replaceWorkspace } from './workspace.ts'

test('a board that is full takes no further group, neither a new one nor a copy', () => {
  const names = Array.from({ length: MAX_GROUPS }, (_, index) => `g${index}`)
  const full = { ...EMPTY_WORKSPACE, groups: Object.fromEntries(names.map((name) => [name, {}])) }
  replaceWorkspace(full)
  addGroupWith([])
  duplicateGroup('g0')
  expect(currentWorkspace()).toBe(full)
})
