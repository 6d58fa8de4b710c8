import { expect, test } from 'vitest'
import { addDevice, addGroup } from '#shared/workspace/edits.ts'
import { EMPTY_WORKSPACE, findDevice, type Workspace } from '#shared/workspace/workspace.ts'
import { heldBy, sourceDevices, withGroupAlone } from './choose-target.ts'

/** a and b share gold, c is alone in bulk, d is free. */
function board(): Workspace {
  let workspace = addGroup(addGroup(EMPTY_WORKSPACE, 'gold', { 'iops-total': 100 }), 'bulk', { 'iops-total': 50 })
  for (const [id, group] of [
    ['a', 'gold'],
    ['b', 'gold'],
    ['c', 'bulk'],
    ['d', null],
  ] as const) {
    workspace = addDevice(workspace, group, id)
  }
  return workspace
}

const device = (id: string) => ({ kind: 'device', id }) as const

test('a load is held by the group that holds nothing else', () => {
  const workspace = board()
  expect(heldBy(workspace, { kind: 'group', group: 'gold' })).toBe('gold')
  expect(heldBy(workspace, { kind: 'group', group: 'gone' })).toBeNull()
  expect(heldBy(workspace, device('a'))).toBeNull()
  expect(heldBy(workspace, device('c'))).toBe('bulk')
  expect(heldBy(workspace, device('d'))).toBeNull()
  expect(heldBy(workspace, { kind: 'recording', fileName: 'x' })).toBeNull()
  expect(sourceDevices(workspace, { kind: 'group', group: 'gold' }).map(({ id }) => id)).toEqual(['a', 'b'])
  expect(sourceDevices(workspace, device('gone'))).toEqual([])
})

test('a device that shares its limits gets some of its own beneath them, a free one a group', () => {
  const shared = withGroupAlone(board(), 'a', 'disk')
  expect([shared.group, findDevice(shared.workspace, 'a')?.groups]).toEqual(['a-own', ['gold', 'a-own']])
  expect(heldBy(shared.workspace, device('a'))).toBe('a-own')
  expect(findDevice(withGroupAlone(board(), 'a', 'guest').workspace, 'a')?.groups).toEqual(['a-own', 'gold'])
  const free = withGroupAlone(board(), 'd', 'disk')
  expect([free.group, findDevice(free.workspace, 'd')?.groups]).toEqual(['d', ['d']])
  expect(withGroupAlone(board(), 'gone', 'disk').group).toBeNull()
})
