import { describe, expect, test } from 'vitest'
import { chainWords, innerGroups, innermostGroup, outermostGroup, sameChain } from './chain.ts'
import { moveDevices, removeGroup, renameGroup } from './edits.ts'
import { formatWorkspace, parseWorkspace } from './parse.ts'
import { membersOf, type Workspace } from './workspace.ts'

const FILE = {
  format: 'weir-workspace/1',
  groups: { vm: { 'iops-total': 900 }, own: { 'iops-total': 400 } },
  devices: [{ id: 'db', groups: ['vm', 'own'] }, { id: 'log', group: 'vm' }, { id: 'free' }],
  script: [
    { atS: 1, moveDevice: { device: 'log', groups: ['vm', 'own'] } },
    { atS: 2, moveDevice: { device: 'log', group: null } },
  ],
}

function parsed(value: unknown = FILE): Workspace {
  const result = parseWorkspace(value)
  if (!result.ok) throw new Error(JSON.stringify(result.issues))
  return result.value
}

function issuesOf(value: unknown): readonly string[] {
  const result = parseWorkspace(value)
  return result.ok ? [] : result.issues.map(({ path, message }) => `${path}: ${message}`)
}

function chains({ devices }: Workspace): readonly string[] {
  return devices.map((device) => `${device.id}: ${chainWords(device)}`)
}

describe('a chain in the file', () => {
  test('"group" is a chain of one or none, and each chain is written in its shortest form', () => {
    const workspace = parsed()
    expect(chains(workspace)).toEqual(['db: vm → own', 'log: vm', 'free: not throttled'])
    const file = JSON.parse(formatWorkspace(workspace))
    expect(file.devices.map(({ group, groups }: Record<string, unknown>) => groups ?? group)).toEqual([
      ['vm', 'own'],
      'vm',
      null,
    ])
    expect(file.script).toEqual(FILE.script)
    expect(parsed(file)).toEqual(workspace)
  })

  test('the same group twice is possible, nine levels are not', () => {
    const device = (groups: readonly string[]) => ({ ...FILE, devices: [{ id: 'db', groups }], script: [] })
    expect(parsed(device(['vm', 'vm'])).devices.map(({ groups }) => groups)).toEqual([['vm', 'vm']])
    expect(issuesOf(device(Array.from({ length: 9 }, () => 'vm')))).toEqual([
      'devices[0].groups: ["vm","vm","vm","vm","vm","vm","vm","vm","vm"] is not valid; use at most 8 entries',
    ])
  })

  test('what is wrong is named where it stands', () => {
    const known = 'is not a group of this workspace; use "vm", "own", or null'
    expect(issuesOf({ ...FILE, devices: [{ id: 'db', groups: ['vm', 'x'] }], script: [] })).toEqual([
      `devices[0].groups[1]: "x" ${known}`,
    ])
    expect(issuesOf({ ...FILE, devices: [{ id: 'db', group: 'x' }], script: [] })).toEqual([
      `devices[0].group: "x" ${known}`,
    ])
    const script = [{ atS: 1, moveDevice: { device: 'db', groups: ['x'] } }]
    expect(issuesOf({ ...FILE, script })).toEqual([`script[0].moveDevice.groups[0]: "x" ${known}`])
    expect(issuesOf({ ...FILE, devices: [{ id: 'db', group: 'vm', groups: ['own'] }], script: [] })).toEqual([
      'devices[0].groups: ["own"] is not valid; use either "group" or "groups", not both',
    ])
  })
})

test('levels by name', () => {
  const device = { groups: ['tenant', 'vm', 'own'] }
  expect([outermostGroup(device), innermostGroup(device), innerGroups(device)]).toEqual([
    'tenant',
    'own',
    ['vm', 'own'],
  ])
  expect([outermostGroup({ groups: [] }), innermostGroup({ groups: [] })]).toEqual([null, null])
  expect(sameChain(['a', 'b'], ['a']) || sameChain(['a'], ['a', 'b']) || sameChain(['a'], ['b'])).toBe(false)
})

test('a group holds a device at whatever level', () => {
  const workspace = parsed()
  expect(membersOf(workspace, 'own').map(({ id }) => id)).toEqual(['db'])
  expect(membersOf(workspace, 'vm').map(({ id }) => id)).toEqual(['db', 'log'])
  expect(membersOf(workspace, null).map(({ id }) => id)).toEqual(['free'])
})

test('edits of groups go through every level', () => {
  const workspace = parsed()
  expect(chains(renameGroup(workspace, 'own', 'disk db'))).toContain('db: vm → disk db')
  expect(renameGroup(workspace, 'own', 'o').script[0]).toMatchObject({ moveDevice: { groups: ['vm', 'o'] } })
  expect(chains(removeGroup(workspace, 'vm'))).toEqual(['db: own', 'log: not throttled', 'free: not throttled'])
  expect(chains(moveDevices(workspace, ['db'], null))).toContain('db: not throttled')
})
