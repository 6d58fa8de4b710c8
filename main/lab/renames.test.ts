import { expect, test } from 'vitest'
import { chainOf } from '#shared/workspace/chain.ts'
import { moveDevices, removeDevices, renameDevice, renameGroup, setLimit } from '#shared/workspace/edits.ts'
import { DEFAULT_DISK, type Device, EMPTY_WORKSPACE, IDLE, type Workspace } from '#shared/workspace/workspace.ts'
import { findRenames } from './renames.ts'

const device = (id: string, group: string | null): Device => ({
  id,
  groups: chainOf(group),
  iothread: null,
  disk: DEFAULT_DISK,
  workload: IDLE,
  qemu: {},
})

const BEFORE: Workspace = {
  ...EMPTY_WORKSPACE,
  groups: { gold: { 'iops-total': 100 }, bulk: { 'bps-total': 5000 }, spare: {} },
  devices: [device('db', 'gold'), device('web', 'gold'), device('etl', 'bulk'), device('free', null)],
}

/** The renames from BEFORE to `after` as `from → to`. */
function check(after: Workspace, expected: readonly string[], before: Workspace = BEFORE): void {
  const { groups, devices } = findRenames(before, after)
  expect([...groups, ...devices].map(([from, to]) => `${from} → ${to}`)).toEqual(expected)
}

test('a name that changed alone is a rename, of a group, of an empty group and of a device', () => {
  check(renameGroup(BEFORE, 'gold', 'silver'), ['gold → silver'])
  check(renameGroup(BEFORE, 'spare', 'reserve'), ['spare → reserve'])
  check(renameDevice(BEFORE, 'web', 'www'), ['web → www'])
  check(renameDevice(BEFORE, 'free', 'unbound'), ['free → unbound'])
  check(BEFORE, [])
})

test('several renames at once are told apart, also a group with its member', () => {
  const both = renameGroup(renameDevice(renameGroup(BEFORE, 'gold', 'silver'), 'db', 'sql'), 'bulk', 'batch')
  check(both, ['gold → silver', 'bulk → batch', 'db → sql'])
  check(renameDevice(renameDevice(BEFORE, 'db', 'sql'), 'web', 'www'), ['db → sql', 'web → www'])
})

test('a rename stands beside changes of others', () => {
  const edited = moveDevices(setLimit(BEFORE, 'bulk', 'bps-total', 1), ['free'], 'bulk')
  check(renameGroup(edited, 'gold', 'silver'), ['gold → silver'])
})

test('other limits, other members, another disk, group, iothread or place: a newcomer', () => {
  check(setLimit(renameGroup(BEFORE, 'gold', 'silver'), 'silver', 'iops-total', 99), [])
  check(moveDevices(renameGroup(BEFORE, 'gold', 'silver'), ['web'], 'bulk'), [])
  const replaced = (change: Partial<Device>): Workspace => ({
    ...BEFORE,
    devices: BEFORE.devices.map((each) => (each.id === 'etl' ? { ...each, id: 'new', ...change } : each)),
  })
  check(replaced({}), ['etl → new'])
  check(replaced({ disk: { ...DEFAULT_DISK, sizeBytes: 4096 } }), [])
  check(replaced({ groups: ['gold'] }), [])
  check(replaced({ iothread: 1 }), [])
  const elsewhere = removeDevices(BEFORE, ['etl'])
  check({ ...elsewhere, devices: [...elsewhere.devices, device('new', 'bulk')] }, [])
})

test('where two pairs would do, none is a rename', () => {
  const twins: Workspace = { ...BEFORE, groups: { a: {}, b: {} }, devices: [] }
  check({ ...twins, groups: { c: {} } }, [], twins)
  check({ ...twins, groups: { a: {}, c: {}, d: {} } }, [], twins)
  check({ ...twins, groups: { a: {}, c: {} } }, ['b → c'], twins)
})

test('a device follows its group only if the group is the same', () => {
  const silver = setLimit(renameGroup(renameDevice(BEFORE, 'etl', 'load'), 'bulk', 'batch'), 'batch', 'bps-total', 1)
  check(silver, [])
})
