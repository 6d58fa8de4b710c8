import { expect, test } from 'vitest'
import { adoptNames } from './adopt-names.ts'
import { captureWorkspace } from './capture.ts'
import type { Picture } from './picture.ts'
import { makePlan, qemuPlan } from './plan.ts'
import {
  commands,
  type Edit,
  edited,
  filter,
  group,
  legacy,
  picture,
  plan,
  qmp,
  TWO_FILTER,
  TWO_LEGACY,
  ZEROES,
} from './testing/pictures.ts'

test('no edit, no command', () => {
  for (const seen of [TWO_LEGACY, TWO_FILTER])
    expect(qemuPlan(plan(seen, {}))).toEqual({ changes: [], commands: [], warnings: [], impossible: [] })
})

test('a legacy limit goes with one member, complete; the plan says what it does', () => {
  expect(qemuPlan(plan(TWO_LEGACY, { groups: { gold: { 'iops-total': 1500, 'iops-size': 4096 } } }))).toEqual({
    changes: [
      { subject: 'gold: IOPS', from: '1\u2009000', to: '1\u2009500' },
      { subject: 'gold: IOPS size', from: 'none', to: '4 KiB' },
    ],
    commands: [
      '{ "execute": "block_set_io_throttle", "arguments": { "id": "db", "group": "gold", "bps": 0, "bps_rd": 0, "bps_wr": 0, "iops": 1500, "iops_rd": 0, "iops_wr": 0, "iops_size": 4096 } }',
    ],
    warnings: ['Applying empties the buckets of gold: it may burst again.'],
    impossible: [],
  })
})

test('an object takes only the keys that changed, a burst that goes with its length', () => {
  expect(commands(TWO_FILTER, { groups: { gold: { 'iops-total': 1500 } } })).toEqual([
    '{"path":"/objects/gold","property":"limits","value":{"iops-total":1500,"iops-total-max":0}}',
  ])
})

test('a legacy move carries the limits of its new group; a limit that changes too travels with it', () => {
  const gold = '"id":"etl","group":"gold","bps":0,"bps_rd":0,"bps_wr":0,'
  expect(commands(TWO_LEGACY, { devices: { etl: 'gold' } })).toEqual([`{${gold}"iops":1000,"iops_rd":0,"iops_wr":0}`])
  expect(commands(TWO_LEGACY, { devices: { etl: 'gold' }, groups: { gold: { 'iops-total': 7 } } })).toEqual([
    `{${gold}"iops":7,"iops_rd":0,"iops_wr":0}`,
  ])
})

test('a move into a new group makes it: by name for device limits, as an object for filters', () => {
  expect(commands(TWO_LEGACY, { groups: { new: { 'iops-read': 5 } }, devices: { free: 'new' } })).toEqual([
    '{"id":"free","group":"new","bps":0,"bps_rd":0,"bps_wr":0,"iops":0,"iops_rd":5,"iops_wr":0}',
  ])
  expect(commands(TWO_FILTER, { groups: { 'my group': { 'iops-read': 5 } }, devices: { db: 'my group' } })).toEqual([
    expect.stringMatching(/^\{"qom-type":"throttle-group","id":"my-group-\w{6}","limits":\{"iops-read":5\}\}$/),
    expect.stringMatching(
      /^\{"options":\[\{"driver":"throttle","node-name":"t-db","throttle-group":"my-group-\w{6}","file":"n-db"\}\]\}$/,
    ),
  ])
})

test('a reopened filter keeps what a reopen would reset', () => {
  const keep = { 'read-only': true, cache: { direct: true } }
  const filters = [{ node: 't', group: 'gold', file: 'n', keep }]
  const seen = picture([group('gold', {}, true), group('bulk', {}, true)], [filter('db', 'gold', { filters })])
  expect(commands(seen, { devices: { db: 'bulk' } })).toEqual([
    '{"options":[{"driver":"throttle","node-name":"t","throttle-group":"bulk","file":"n","read-only":true,"cache":{"direct":true}}]}',
  ])
})

test('taking the last limit from a legacy group takes each of its disks out of it', () => {
  expect(commands(TWO_LEGACY, { groups: { gold: {} } })).toEqual([`{"id":"db",${ZEROES}}`, `{"id":"web",${ZEROES}}`])
})

test('a removed lane: its disks leave, and an object is deleted last', () => {
  expect(commands(TWO_LEGACY, { groups: { bulk: null }, devices: { etl: null } })).toEqual([`{"id":"etl",${ZEROES}}`])
  const seen = picture([group('gold', { 'iops-total': 10 }, true), group('old', {}, true)], [legacy('db', 'gold')])
  expect(commands(seen, { groups: { gold: null, old: null }, devices: { db: null } })).toEqual([
    `{"id":"db",${ZEROES}}`,
    '{"id":"gold"}',
    '{"id":"old"}',
  ])
})

test('all in one: objects, limits, moves, leaves, deletes, in this order', () => {
  const seen = picture(
    [group('gold', { 'iops-total': 10 }, true), group('silver', { 'iops-total': 5 }, true), group('old', {}, true)],
    [filter('db', 'gold'), legacy('web', 'silver'), legacy('etl', null)],
  )
  const desired: Edit = {
    groups: { silver: { 'iops-total': 6 }, fresh: { 'iops-total': 1 }, old: null },
    devices: { db: 'fresh', web: null, etl: 'silver' },
  }
  expect(plan(seen, desired).steps.map(({ command }) => qmp(command).execute)).toEqual([
    'object-add',
    'qom-set',
    'blockdev-reopen',
    'block_set_io_throttle',
    'block_set_io_throttle',
    'object-del',
  ])
  expect(plan(seen, desired).warnings).toEqual([
    'Applying empties the buckets of silver: it may burst again.',
    'Waiting requests of db and web are let go at once when they leave their groups.',
  ])
})

test('what others changed meanwhile stays: only what the user decided is sent', () => {
  const base = captureWorkspace(TWO_LEGACY, 'vm')
  const turned = picture(
    [group('gold', { 'iops-total': 1000, 'bps-read': 777 }), group('bulk', { 'bps-total': 1 })],
    [legacy('db', 'gold'), legacy('web', 'bulk'), legacy('etl', 'bulk'), legacy('free', null)],
  )
  const desired = edited(TWO_LEGACY, { groups: { gold: { 'iops-total': 500 } } })
  const made = makePlan({ picture: turned, base, desired, scope: 'edit' })
  expect(made.steps.map(({ command }) => JSON.stringify(qmp(command).arguments))).toEqual([
    '{"id":"db","group":"gold","bps":0,"bps_rd":777,"bps_wr":0,"iops":500,"iops_rd":0,"iops_wr":0}',
  ])
})

test('an edit that no longer fits what others set is told, not sent', () => {
  const base = captureWorkspace(TWO_LEGACY, 'vm')
  const turned = picture([group('gold', { 'iops-read': 9 })], [legacy('db', 'gold')])
  const desired = edited(TWO_LEGACY, { groups: { gold: { 'iops-total': 500 } } })
  const made = makePlan({ picture: turned, base, desired, scope: 'edit' })
  expect(made.steps).toEqual([])
  expect(made.impossible).toEqual([
    'gold: together with what the VM has now, QEMU would refuse it: bps/iops/max total values and read/write values cannot be used at the same time; keep either iops-total or iops-read and iops-write.',
  ])
})

function impossible(seen: Picture, desired: Edit) {
  const made = plan(seen, desired)
  expect(made.steps).toEqual([])
  return [...made.impossible, ...made.warnings]
}

test('changes that QEMU cannot make are reported with the reason and left out', () => {
  const auto = [{ node: '#block1', group: 'gold', file: 'n', keep: {} }]
  const blind = [{ node: 't', group: 'gold', file: null, keep: {} }]
  const objects = [group('gold', { 'iops-total': 10 }, true), group('bulk', { 'iops-total': 20 }, true)]
  expect(impossible(picture(objects, [filter('db', 'gold')]), { devices: { db: null } })).toEqual([
    'db sits on filter t-db, which stays in some group as long as it runs: move it to a group without limits instead.',
  ])
  expect(impossible(picture(objects, [filter('db', 'gold', { filters: auto })]), { devices: { db: 'bulk' } })).toEqual([
    'db cannot move: its filter has no node name of its own, and QEMU cannot reopen it without one.',
  ])
  expect(impossible(picture(objects, [filter('db', 'gold', { filters: blind })]), { devices: { db: 'bulk' } })).toEqual(
    ['db cannot move: QEMU does not report what is below its filter t.'],
  )
  expect(impossible(picture(objects, [{ id: 'db' }], true), { devices: { db: 'bulk' } })).toEqual([
    "db has no throttle filter, and QEMU's storage daemon has no other limits: put one over it when it starts.",
  ])
  expect(
    impossible(picture([group('gold', null)], [filter('db', 'gold'), legacy('web', null)]), {
      groups: { gold: { 'iops-total': 3 } },
    }),
  ).toEqual([
    'gold: it has no object, and no disk with limits of its own is in it, so no command of QEMU reaches its limits.',
  ])
  expect(
    impossible(picture([group('gold', null)], [filter('db', 'gold'), legacy('web', null)]), {
      devices: { web: 'gold' },
    }),
  ).toEqual(['web cannot join gold: its limits are not known, and joining would overwrite them.'])
  expect(
    impossible(picture(objects, [filter('db', 'gold', { groups: ['gold'] })]), {
      groups: { gold: null },
      devices: { db: null },
    }),
  ).toEqual([
    'db sits on filter t-db, which stays in some group as long as it runs: move it to a group without limits instead.',
    'gold cannot be removed: db is still in it.',
  ])
  expect(impossible(picture(objects, [legacy('cd', null, { medium: false })]), { devices: { cd: 'gold' } })).toEqual([
    'cd has no medium: QEMU neither shows nor takes limits for it, so it is left alone.',
  ])
})

test('disks cannot be plugged or unplugged by editing', () => {
  const base = captureWorkspace(TWO_LEGACY, 'vm')
  const [db, ...rest] = base.devices
  const desired = { ...base, devices: [{ ...db!, id: 'db2', qemu: {} }, ...rest] }
  const made = makePlan({ picture: adoptNames(TWO_LEGACY, desired), base, desired, scope: 'edit' })
  expect(made.steps).toEqual([])
  expect(made.impossible).toEqual([
    'db: Weir never unplugs disks from a VM; it stays as it is.',
    'db2 is not a disk of this VM, and Weir never plugs disks in.',
  ])
})

test('a new group without disks is made where groups are objects, and told where they are not', () => {
  expect(commands(TWO_FILTER, { groups: { spare: { 'iops-total': 9 } } })).toEqual([
    '{"qom-type":"throttle-group","id":"spare","limits":{"iops-total":9}}',
  ])
  expect(impossible(TWO_LEGACY, { groups: { spare: { 'iops-total': 9 } } })).toEqual([
    'spare has no disks yet: QEMU makes it with its first one.',
  ])
})

test('the last device-limited disk that leaves a group of filters is warned about', () => {
  const seen = picture([group('gold', { 'iops-total': 10 })], [filter('db', 'gold'), legacy('web', 'gold')])
  expect(plan(seen, { devices: { web: null } }).warnings).toContain(
    'gold has no object, and only filters stay in it: QEMU will then neither report nor change its limits.',
  )
})

test('limits that starve guests are warned about', () => {
  expect(plan(TWO_LEGACY, { groups: { bulk: { 'bps-total': 500_000 } } }).warnings).toContainEqual(
    expect.stringContaining('bulk: This leaves the disk 488 KiB/s.'),
  )
})

test('a file leaves alone what it does not name', () => {
  const desired = { ...captureWorkspace(TWO_LEGACY, 'vm'), groups: { bulk: { 'bps-total': 6_000_000 } }, devices: [] }
  const made = makePlan({ picture: TWO_LEGACY, base: captureWorkspace(TWO_LEGACY, 'vm'), desired, scope: 'file' })
  expect(made.impossible).toEqual([])
  expect(made.steps.map(({ command }) => (qmp(command).arguments as { id: string }).id)).toEqual(['etl'])
})

test('disks are found by their names in QEMU, then by their id', () => {
  const seen = picture(
    [],
    [
      legacy('vd0', null, { qdev: '/machine/peripheral/vd0/virtio-backend', drive: 'd0' }),
      legacy('scsi', null, { node: 'n9' }),
      legacy('db', null),
    ],
  )
  const base = captureWorkspace(seen, 'vm')
  const [first] = base.devices
  const named = (id: string, qemu: object) => ({ ...first!, id, qemu })
  const desired = { ...base, devices: [named('db', { drive: 'd0' }), named('x', { node: 'n9' })] }
  expect(adoptNames(seen, desired).disks.map(({ id }) => id)).toEqual(['db', 'x', 'db-2'])
})

test('a group that its last disk leaves is told to be forgotten, not shown as a change of the user', () => {
  const { changes, warnings } = plan(TWO_LEGACY, { devices: { etl: 'gold' } })
  expect(changes).toEqual([{ subject: 'etl', from: 'bulk', to: 'gold' }])
  expect(warnings).toContain('bulk has no disks left: QEMU forgets it and its limits.')
})
