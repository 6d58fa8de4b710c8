import { expect, test } from 'vitest'
import { MAX_LEVELS } from '#shared/workspace/chain.ts'
import { addDevice } from '#shared/workspace/edits.ts'
import { EMPTY_WORKSPACE, MAX_GROUPS, MAX_LEVELS_TOGETHER } from '#shared/workspace/workspace.ts'
import { addGroupWith, duplicateDevices, duplicateGroup } from './actions.ts'
import { addLevel, giveOwnLimits } from './chain-actions.ts'
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

test('nor more levels of chains than there can be: one more, own limits or a copy', () => {
  const chain = Array.from({ length: MAX_LEVELS }, (_, index) => `g${index}`)
  const groups = Object.fromEntries(chain.map((name) => [name, {}]))
  const [one] = addDevice({ ...EMPTY_WORKSPACE, groups }, 'g0', 'd').devices
  if (one === undefined) throw new Error('the device was added')
  const deep = Array.from({ length: MAX_LEVELS_TOGETHER / MAX_LEVELS - 1 }, (_, index) => `deep${index}`)
  const flat = Array.from({ length: MAX_LEVELS }, (_, index) => `flat${index}`)
  const devices = [
    ...deep.map((id) => ({ ...one, id, groups: chain })),
    ...flat.map((id) => ({ ...one, id, groups: ['g0'] })),
  ]
  replaceWorkspace({ ...EMPTY_WORKSPACE, groups, devices: devices.slice(0, -1) })
  duplicateDevices(['flat0'])
  expect(currentWorkspace().devices, 'a copy that still has room').toHaveLength(devices.length)

  const full = currentWorkspace()
  for (const add of [() => duplicateDevices(['flat0']), () => addLevel('flat0'), () => giveOwnLimits(['flat0'])]) {
    add()
    expect(currentWorkspace()).toBe(full)
  }
})
