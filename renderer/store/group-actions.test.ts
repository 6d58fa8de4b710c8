import { expect, test } from 'vitest'
import { addDevice } from '#shared/workspace/edits.ts'
import { EMPTY_WORKSPACE, MAX_GROUPS } from '#shared/workspace/workspace.ts'
import { addGroupWith, duplicateDevices, duplicateGroup } from './actions.ts'
import { currentWorkspace, replaceWorkspace } from './workspace.ts'

test('a board that is full takes no further group, neither a new one nor a copy', () => {
  const names = Array.from({ length: MAX_GROUPS }, (_, index) => `g${index}`)
  const full = { ...EMPTY_WORKSPACE, groups: Object.fromEntries(names.map((name) => [name, {}])) }
  replaceWorkspace(full)
  addGroupWith([])
  duplicateGroup('g0')
  expect(currentWorkspace()).toBe(full)
  const own = { ...addDevice(full, 'g0', 'db'), groups: full.groups }
  const withOwn = { ...own, devices: own.devices.map((device) => ({ ...device, groups: ['g1', 'g0'] })) }
  replaceWorkspace(addDevice(withOwn, 'g0', 'web'))
  const before = currentWorkspace()
  duplicateDevices(['db'])
  expect(currentWorkspace(), 'a card with a group of its own').toBe(before)
})
