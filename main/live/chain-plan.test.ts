import { expect, test } from 'vitest'
import { captureWorkspace } from './capture.ts'
import { driftBetween } from './drift.ts'
import type { Picture } from './picture.ts'
import { qemuPlan } from './plan.ts'
import { chained, commands, edited, filter, group, legacy, ownOver, picture, plan, qmp } from './testing/pictures.ts'

// What edits of chains become on a live VM: limits of a disk's own come and go above its filters, and a filter is reopened
// only where it changes its group.

const GROUPS = [
  group('vm', { 'iops-total': 900 }, true),
  group('slow', { 'iops-total': 200 }, true),
  group('free', {}, true),
]
const TWO_LEVELS = picture(GROUPS, [chained('db', ['vm', 'slow']), filter('log', 'slow'), legacy('web', null)])

test('limits of an inner group go by qom-set, and no filter is touched', () => {
  const made = plan(TWO_LEVELS, { groups: { slow: { 'iops-total': 300 } } })
  expect(made.steps.map(({ command }) => qmp(command).execute)).toEqual(['qom-set'])
  expect(made.warnings).toEqual(['Applying empties the buckets of slow: it may burst again.'])
})

test('an inner level that moves is the one filter that is reopened', () => {
  expect(commands(TWO_LEVELS, { devices: { db: ['vm', 'free'] } })).toEqual([
    '{"options":[{"driver":"throttle","node-name":"t-db-1","throttle-group":"free","file":"n-db"}]}',
  ])
  expect(commands(TWO_LEVELS, { devices: { db: ['slow', 'vm'] } })).toEqual([
    '{"options":[{"driver":"throttle","node-name":"t-db","throttle-group":"slow","file":"t-db-1"},{"driver":"throttle","node-name":"t-db-1","throttle-group":"vm","file":"n-db"}]}',
  ])
})

test('a level above the filters comes and goes by limits of the disk’s own, without a reopen', () => {
  const vm = '"group":"vm","bps":0,"bps_rd":0,"bps_wr":0,"iops":900,"iops_rd":0,"iops_wr":0}'
  expect(commands(TWO_LEVELS, { devices: { log: ['vm', 'slow'] } })).toEqual([`{"id":"log",${vm}`])
  expect(plan(TWO_LEVELS, { devices: { log: ['vm', 'slow'] } }).warnings).toEqual([
    'Applying empties the buckets of vm: it may burst again.',
  ])
  const seen = picture(GROUPS, [ownOver('db', 'vm', ['slow'])])
  expect(commands(seen, { devices: { db: ['slow'] } })).toEqual([
    '{"id":"db","bps":0,"bps_rd":0,"bps_wr":0,"iops":0,"iops_rd":0,"iops_wr":0}',
  ])
  expect(plan(seen, { devices: { db: ['slow'] } }).warnings).toEqual([
    'Waiting requests of db are let go at once when it leaves its group.',
  ])
})

test('own limits without a limit are none: the chain is one level shorter', () => {
  const made = plan(TWO_LEVELS, { devices: { log: ['free', 'slow'] } })
  expect([made.steps, made.impossible, made.warnings]).toEqual([
    [],
    [],
    ['free has no limits: QEMU keeps log in no group then, which has the same effect.'],
  ])
})

test('chains that are too long or too short for the filters are told with the reason', () => {
  const refusal = (devices: Record<string, string | readonly string[] | null>) => {
    const { steps, impossible } = plan(TWO_LEVELS, { devices })
    expect(steps).toEqual([])
    return impossible
  }
  expect(refusal({ db: 'vm' })).toEqual([
    'db sits on filters t-db and t-db-1, and each stays in some group as long as it runs: name a group for each, from guest to disk, one without limits where nothing should be held.',
  ])
  expect(refusal({ web: ['vm', 'slow'] })).toEqual([
    'web cannot be in vm → slow: it has no filter, and can be in one more group by limits of its own. Put another filter over it when it starts.',
  ])
  expect(refusal({ log: ['vm', 'free', 'slow'] })).toEqual([
    'log cannot be in vm → free → slow: it has one filter, and can be in one more group by limits of its own. Put another filter over it when it starts.',
  ])
})

test('a filter whose group is not told keeps its place, and the levels that are known move', () => {
  const { filters = [] } = chained('db', ['vm', 'slow', 'free'])
  const blind = filters.map((each) => (each.node === 't-db-1' ? { ...each, group: null } : each))
  const seen = picture(GROUPS, [chained('db', ['vm', 'free'], { filters: blind })])
  expect(commands(seen, { devices: { db: ['vm', 'slow'] } })).toEqual([
    '{"options":[{"driver":"throttle","node-name":"t-db-2","throttle-group":"slow","file":"n-db"}]}',
  ])
})

test('a group is not removed while a disk has it further in', () => {
  const { steps, impossible } = plan(TWO_LEVELS, {
    groups: { slow: null },
    devices: { db: ['vm', 'free'], log: 'free' },
  })
  expect(impossible).toEqual([])
  expect(steps.map(({ command }) => qmp(command).execute)).toEqual(['blockdev-reopen', 'blockdev-reopen', 'object-del'])
  expect(plan(TWO_LEVELS, { groups: { slow: null }, devices: { db: 'vm', log: 'free' } }).impossible).toContain(
    'slow cannot be removed: db is still in it.',
  )
})

test('where a reopen drains the whole VM it is done once for all, and the plan says what it lets go', () => {
  const seen = { ...TWO_LEVELS, reopenDrains: 'whole-vm' as const }
  const desired = { devices: { db: ['vm', 'free'], log: 'free' }, groups: {} }
  expect(commands(seen, desired)).toEqual([
    '{"options":[{"driver":"throttle","node-name":"t-db-1","throttle-group":"free","file":"n-db"},{"driver":"throttle","node-name":"t-log","throttle-group":"free","file":"n-log"}]}',
  ])
  expect(plan(seen, desired).warnings).toEqual([
    'When filters move (t-db-1 and t-log), all waiting requests of this VM, of every disk, are let go at once: QEMU 10 and newer drain the whole VM to reopen a node. They are charged to their groups, which then let nothing go until that has leaked.',
  ])
  expect(plan({ ...TWO_LEVELS, reopenDrains: 'unknown' }, desired).warnings).toEqual([
    'Waiting requests of db and log are let go at once when they leave their groups.',
    'When filters move (t-db-1 and t-log), waiting requests of other disks may be let go at once too: QEMU 10 and newer drain the whole VM to reopen a node, and from exactly which version on is not known.',
  ])
  // Limits of its own let go what waits at this disk alone, there too.
  expect(plan(seen, { devices: { log: ['vm', 'slow'] } }).warnings).toEqual([
    'Applying empties the buckets of vm: it may burst again.',
  ])
})

test('a new group comes before the filters that join it', () => {
  const made = plan(TWO_LEVELS, { groups: { tenant: { 'iops-total': 50 } }, devices: { db: ['vm', 'tenant'] } })
  expect(made.steps.map(({ command, into }) => [qmp(command).execute, into])).toEqual([
    ['object-add', []],
    ['blockdev-reopen', ['tenant']],
  ])
})

test('the plan and drift show chains from guest to disk', () => {
  expect(qemuPlan(plan(TWO_LEVELS, { devices: { db: ['vm', 'free'] } })).changes).toEqual([
    { subject: 'db', from: 'vm → slow', to: 'vm → free' },
  ])
  const saved = captureWorkspace(TWO_LEVELS, 'vm')
  expect(driftBetween(saved, TWO_LEVELS)).toEqual([])
  const turned = picture(
    [group('vm', { 'iops-total': 900 }, true), group('slow', { 'iops-total': 1 }, true), group('free', {}, true)],
    [chained('db', ['vm', 'free']), ownOver('log', 'vm', ['slow']), legacy('web', null)],
  )
  expect(driftBetween(saved, turned)).toEqual([
    'slow: IOPS: 200 → 1',
    'db: from vm → slow to vm → free',
    'log: from slow to vm → slow',
  ])
  // By its own limits a disk is in no group without limits, which the file may say all the same.
  const withFree = edited(turned, { devices: { db: ['free', 'vm', 'free'] } })
  expect(driftBetween(withFree, turned)).toEqual([])
})

test('of a disk that passes a group twice the outer level does not leave it where QEMU would end itself', () => {
  const seen = { ...picture(GROUPS, [chained('db', ['vm', 'vm'])]), reopenDrains: 'whole-vm' as const }
  const own = { ...picture(GROUPS, [ownOver('db', 'vm', ['vm'])]), reopenDrains: 'unknown' as const }
  const why =
    'db passes vm twice, and its outer level cannot leave it: QEMU 11.1 would abort, and the VM would be gone. Let the inner level leave first, and apply that.'
  const refused = [plan(seen, { devices: { db: ['slow', 'vm'] } }), plan(seen, { devices: { db: ['slow', 'free'] } })]
  for (const { steps, impossible } of [...refused, plan(own, { devices: { db: ['vm'] } })]) {
    expect([steps, impossible]).toEqual([[], [why]])
  }
  expect(plan(seen, { devices: { db: ['vm', 'free'] } })).toMatchObject({ impossible: [], steps: [{}] })
  const older = { ...seen, reopenDrains: 'its-disk' as const }
  expect(plan(older, { devices: { db: ['slow', 'vm'] } })).toMatchObject({ impossible: [], steps: [{}] })
})

test('own limits leave a group before a filter of the disk moves there: QEMU 11.1 would end itself after it', () => {
  const seen = {
    ...picture(GROUPS, [ownOver('db', 'vm', ['slow']), filter('log', 'slow')]),
    reopenDrains: 'whole-vm' as const,
  }
  const sent = (devices: Record<string, readonly string[]>) =>
    plan(seen, { devices }).steps.map(
      ({ command }) => `${qmp(command).execute} ${JSON.stringify(qmp(command).arguments)}`,
    )
  const moved = expect.stringMatching(/^blockdev-reopen .*"t-db","throttle-group":"vm"/)
  expect(sent({ db: ['vm'] })).toEqual([expect.stringMatching(/^block_set_io_throttle .*"iops":0/), moved])
  expect(sent({ db: ['slow', 'vm'] })).toEqual([expect.stringMatching(/^block_set_io_throttle .*"slow"/), moved])
  // Elsewhere filters go first: so a disk is never without limits that it has before and after.
  expect(sent({ db: ['free'] })).toEqual([
    expect.stringMatching(/^blockdev-reopen/),
    expect.stringMatching(/^block_set_io_throttle/),
  ])
})

test('so they do not where QEMU does not mind, and not where the group would be gone by then', () => {
  const disks = [ownOver('db', 'vm', ['slow']), filter('log', 'slow')]
  const commands = (seen: Picture) =>
    plan(seen, { devices: { db: ['vm'] } }).steps.map(({ command }) => qmp(command).execute)
  const older = { ...picture(GROUPS, disks), reopenDrains: 'its-disk' as const }
  expect(commands(older)).toEqual(['blockdev-reopen', 'block_set_io_throttle'])
  const legacy = GROUPS.map((each) => (each.name === 'vm' ? { ...each, isObject: false } : each))
  const newer = { ...picture(legacy, disks), reopenDrains: 'whole-vm' as const }
  expect(plan(newer, { devices: { db: ['vm'] } })).toMatchObject({
    steps: [],
    impossible: [
      'db cannot move its filter to vm: QEMU forgets that group when the disk’s own limits leave it, which they must before. Use a group that is an object.',
    ],
  })
  expect(commands({ ...newer, reopenDrains: 'its-disk' })).toEqual(['blockdev-reopen', 'block_set_io_throttle'])
})
