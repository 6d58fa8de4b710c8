import { expect, test } from 'vitest'
import { addLevel, giveOwnLimits, removeLevel, takeOwnLimits } from './chain-edits.ts'
import { addDevice, addGroup, duplicateDevice, moveDevices, moveGroup, removeDevices, updateDevice } from './edits.ts'
import { cardLevels, laneDevices, laneNames, laneOf, ownerOf, ownGroups } from './lanes.ts'
import { EMPTY_WORKSPACE, type Workspace } from './workspace.ts'

/** Devices by id, each with its chain; groups in the order in which they are named. */
function made(chains: Readonly<Record<string, readonly string[]>>, more: readonly string[] = []): Workspace {
  const names = new Set([...Object.values(chains).flat(), ...more])
  const groups = [...names].reduce(
    (workspace, name) => addGroup(workspace, name, { 'iops-total': 100 }),
    EMPTY_WORKSPACE,
  )
  return Object.entries(chains).reduce(
    (workspace, [id, chain]) =>
      updateDevice(addDevice(workspace, null, id), id, (device) => ({ ...device, groups: chain })),
    groups,
  )
}

function chains(workspace: Workspace): Readonly<Record<string, string>> {
  return Object.fromEntries(workspace.devices.map(({ id, groups }) => [id, groups.join(' → ')]))
}

function placed(workspace: Workspace): Readonly<Record<string, readonly (string | number | null)[]>> {
  return Object.fromEntries(
    workspace.devices.map((device) => [device.id, [laneOf(workspace, device), ...cardLevels(workspace, device)]]),
  )
}

test('a lane is the outermost group that others share; the rest of a chain stands in the card', () => {
  const vm = made({ db: ['vm', 'db-own'], log: ['vm'], free: [] })
  expect(placed(vm)).toEqual({ db: ['vm', 1], log: ['vm'], free: [null] })
  expect(laneNames(vm)).toEqual(['vm'])
  expect([ownerOf(vm, 'db-own'), ownerOf(vm, 'vm')]).toEqual(['db', null])
  expect(laneDevices(vm, 'vm').map(({ id }) => id)).toEqual(['db', 'log'])

  // The own limits may stand on the guest's side too.
  const own = made({ db: ['db-own', 'vm'], log: ['log-own', 'vm'] })
  expect(placed(own)).toEqual({ db: ['vm', 0], log: ['vm', 0] })
  expect(laneNames(own)).toEqual(['vm'])
})

test('a device alone under its cap stands in the lane of the outermost group', () => {
  const alone = made({ db: ['vm', 'db-own'], one: ['plain'] })
  expect(placed(alone)).toEqual({ db: ['vm', 1], one: ['plain'] })
  expect(laneNames(alone)).toEqual(['vm', 'plain'])
})

test('a shared group keeps its lane, though all its cards stand in another', () => {
  const tenant = made({ a: ['tenant', 'vm'], b: ['tenant', 'vm'], c: ['tenant'] })
  expect(laneNames(tenant)).toEqual(['tenant', 'vm'])
  expect(laneDevices(tenant, 'vm')).toEqual([])
  expect(placed(tenant)).toEqual({ a: ['tenant', 1], b: ['tenant', 1], c: ['tenant'] })
})

test('a device that a script moves into a group shares it', () => {
  const base = made({ db: ['vm', 'night'], log: ['vm'] })
  const scripted = { ...base, script: [{ atS: 5, moveDevice: { device: 'log', groups: ['vm', 'night'] } }] }
  expect([ownerOf(base, 'night'), ownerOf(scripted, 'night')]).toEqual(['db', null])
})

test('a group twice in a chain is a lane once and a row once', () => {
  expect(placed(made({ db: ['vm', 'vm'], log: ['vm'] }))).toEqual({ db: ['vm', 1], log: ['vm'] })
})

test('a moved card changes its cap and keeps its own levels, on either side', () => {
  const workspace = made({ a: ['vm', 'a-own'], b: ['b-own', 'vm'], c: ['vm'] }, ['other'])
  expect(chains(moveDevices(workspace, ['a', 'b', 'c'], 'other'))).toEqual({
    a: 'other → a-own',
    b: 'b-own → other',
    c: 'other',
  })
  expect(moveDevices(workspace, ['a'], 'vm').devices.find(({ id }) => id === 'a')?.groups).toEqual(['vm', 'a-own'])
})

test('a card moved to a group of its chain is held there once', () => {
  const workspace = made({ a: ['tenant', 'vm'], b: ['tenant', 'vm'] })
  expect(chains(moveDevices(workspace, ['a'], 'vm')).a).toBe('vm')
})

test('a card that is not throttled any more leaves no group behind that was its own', () => {
  const workspace = made({ a: ['vm', 'a-own'], b: ['vm'] })
  const free = moveDevices(workspace, ['a'], null)
  expect([chains(free).a, Object.keys(free.groups)]).toEqual(['', ['vm']])
  expect(Object.keys(removeDevices(workspace, ['a']).groups)).toEqual(['vm'])
  expect(Object.keys(removeDevices(workspace, ['b']).groups)).toEqual(['vm', 'a-own'])
})

test('limits of its own are given beneath the cap, and taken away', () => {
  const workspace = made({ a: ['vm'], b: ['vm', 'b-own'], free: [] })
  const given = giveOwnLimits(workspace, ['a', 'b', 'free'])
  expect(chains(given)).toEqual({ a: 'vm → a-own', b: 'vm → b-own', free: '' })
  expect([given.groups['a-own'], given.groups['b-own']]).toEqual([{}, { 'iops-total': 100 }])
  expect(takeOwnLimits(given, ['a', 'free'])).toEqual(workspace)
  // On the guest's side, where a running QEMU takes them.
  expect(placed(giveOwnLimits(workspace, ['a'], 'guest')).a).toEqual(['vm', 0])
})

test('a name that is taken is not taken twice, and eight levels are enough', () => {
  const workspace = made({ a: ['vm'], b: ['vm'] }, ['a-own'])
  expect(chains(giveOwnLimits(workspace, ['a'])).a).toBe('vm → a-own-2')
  let full = made({ a: ['vm'], b: ['vm'] })
  for (let level = 1; level < 8; level += 1) full = addLevel(full, 'a')
  expect(full.devices[0]?.groups).toHaveLength(8)
  expect(() => addLevel(full, 'a')).toThrow('has room for one')
})

test('a level is removed: a group of the device alone with it, a shared one stays', () => {
  const workspace = made({ a: ['vm', 'a-own'], b: ['vm'] })
  const [device] = workspace.devices
  if (!device) throw new Error('made above')
  expect(ownGroups(workspace, device)).toEqual(['a-own'])
  expect(Object.keys(removeLevel(workspace, 'a', 1).groups)).toEqual(['vm'])
  const left = removeLevel(workspace, 'a', 0)
  expect([chains(left), Object.keys(left.groups)]).toEqual([{ a: 'a-own', b: 'vm' }, ['vm', 'a-own']])
})

test('a copy has own limits of the same size, not the same ones', () => {
  const copied = duplicateDevice(made({ a: ['vm', 'a-own'], b: ['vm'] }), 'a')
  expect(chains(copied)).toEqual({ a: 'vm → a-own', 'a-2': 'vm → a-2-own', b: 'vm' })
  expect(copied.groups['a-2-own']).toEqual({ 'iops-total': 100 })
})

test('lanes move past groups that have none', () => {
  const workspace = made({ a: ['one', 'a-own'], b: ['one'], c: ['two', 'c-own'], d: ['two'] }, ['three'])
  expect(laneNames(workspace)).toEqual(['one', 'two', 'three'])
  expect(laneNames(moveGroup(workspace, 'one', 1))).toEqual(['two', 'one', 'three'])
  expect(laneNames(moveGroup(workspace, 'one', 2))).toEqual(['two', 'three', 'one'])
  expect(laneNames(moveGroup(workspace, 'three', 0))).toEqual(['three', 'one', 'two'])
})
