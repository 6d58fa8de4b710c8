import { expect, test } from 'vitest'
import type { Limits } from '#shared/throttle/limits.ts'
import { captureWorkspace } from '../capture.ts'
import type { Picture } from '../picture.ts'
import { makePlan } from '../plan.ts'
import { type Edit, edited, filter, group, legacy, ownOver, picture, TWO_LEGACY } from '../testing/pictures.ts'
import { type LiftChoice, liftingOf } from './lifting.ts'
import { putBackAim } from './put-back.ts'

const ALL: LiftChoice = { groups: [], devices: [] }
const VM = picture(
  [group('gold', { 'iops-total': 1000 }), group('vm', { 'bps-total': 5_000_000 }, true), group('free', {}, true)],
  [legacy('db', 'gold'), legacy('web', 'gold'), filter('etl', 'vm'), filter('log', 'free')],
)

function lifting(seen: Picture, choice: LiftChoice) {
  const before = captureWorkspace(seen, 'vm')
  const { lifted, groups, devices, impossible } = liftingOf(seen, before, choice)
  const chains = Object.fromEntries(lifted.devices.map((device) => [device.id, device.groups.join()]))
  return { limits: lifted.groups, chains, groups, devices, impossible, before, lifted }
}

test('limits of an object go, members of a group without one leave it', () => {
  const { limits, chains, groups, devices, impossible } = lifting(VM, ALL)
  expect({ limits, chains, groups, devices, impossible }).toEqual({
    limits: { vm: {}, free: {} },
    chains: { db: '', web: '', etl: 'vm', log: 'free' },
    groups: ['vm'],
    devices: ['db', 'web'],
    impossible: [],
  })
})

test('one disk leaves a group that others stay in; behind a filter of its own the group is lifted', () => {
  const alone = lifting(VM, { groups: [], devices: ['web', 'etl'] })
  expect([alone.limits, alone.chains.web, alone.groups, alone.devices]).toEqual([
    { gold: { 'iops-total': 1000 }, vm: {}, free: {} },
    '',
    ['vm'],
    ['web'],
  ])
})

test('what cannot be lifted, or not be given back, is refused with the reason', () => {
  const odd = picture(
    [group('shared', { 'iops-total': 5 }, true), { ...group('a·b', { 'iops-total': 5 }), qemuName: 'a\u0001b' }],
    [filter('x', 'shared'), filter('y', 'shared'), legacy('z', 'a·b')],
  )
  expect(lifting(odd, { groups: ['gone', 'a·b'], devices: ['x', 'nobody'] }).impossible).toEqual([
    'gone is not a throttle group of this VM; it has shared, a·b.',
    'a·b: its name in QEMU could not be given back.',
    'x cannot be lifted alone: its throttle filter is in shared with y. Lift the group: --group shared.',
    'nobody is not a disk of this VM.',
  ])
  expect(lifting(TWO_LEGACY, { groups: [], devices: ['free'] }).impossible).toEqual(['free is not throttled.'])
})

function aim(now: Edit, choice: LiftChoice = ALL, rule: 'keep' | 'overwrite' = 'keep', seen = VM) {
  const lift = lifting(seen, choice)
  const { desired, ...rest } = putBackAim(edited(seen, now), lift, rule)
  return { ...rest, limits: desired.groups, chains: desired.devices.map((device) => device.groups.join()) }
}

const LIFTED: Edit = { groups: { gold: null, vm: {} }, devices: { db: null, web: null } }
const BEFORE: Readonly<Record<string, Limits>> = {
  gold: { 'iops-total': 1000 },
  vm: { 'bps-total': 5_000_000 },
  free: {},
}

test('what is as lifted is put back; what is as before is left alone', () => {
  expect(aim(LIFTED)).toMatchObject({ pending: ['vm', 'db', 'web'], back: [], kept: [], limits: BEFORE })
  expect(aim({})).toMatchObject({ pending: [], back: ['vm', 'db', 'web'], kept: [] })
  const half = aim({ groups: { vm: {} }, devices: { web: null } })
  expect(half).toMatchObject({
    pending: ['vm', 'web'],
    back: ['db'],
    limits: BEFORE,
    chains: ['gold', 'gold', 'vm', 'free'],
  })
})

test('what somebody has changed meanwhile is kept and said, unless it is to be overwritten', () => {
  const changed: Edit = {
    groups: { gold: { 'iops-total': 7 }, vm: { 'bps-total': 9 } },
    devices: { db: 'gold', web: null },
  }
  expect(aim(changed)).toMatchObject({
    pending: [],
    kept: [
      'vm: bandwidth 9 B/s, by somebody else; before the lift bandwidth 4.77 MiB/s.',
      'db: somebody else has made gold again with IOPS 7; before the lift IOPS 1 000.',
      'web: somebody else has made gold again with IOPS 7; before the lift IOPS 1 000.',
    ].map((text) => text.replaceAll('1 000', '1\u2009000')),
  })
  expect(aim(changed, ALL, 'overwrite')).toMatchObject({ pending: ['vm', 'db', 'web'], kept: [], limits: BEFORE })
})

test('a disk that was moved meanwhile stays where it is', () => {
  const moved = aim({
    ...LIFTED,
    groups: { gold: null, vm: {}, slow: { 'iops-total': 1 } },
    devices: { db: 'slow', web: null },
  })
  expect(moved).toMatchObject({
    pending: ['vm', 'web'],
    kept: ['db: slow, by somebody else; before the lift gold.'],
    chains: ['slow', 'gold', 'vm', 'free'],
  })
})

test('a disk comes back into its group as it is now, if others had stayed in it', () => {
  const back = aim({ groups: { gold: { 'iops-total': 7 } }, devices: { web: null } }, { groups: [], devices: ['web'] })
  expect(back).toMatchObject({ pending: ['web'], kept: [], limits: { ...BEFORE, gold: { 'iops-total': 7 } } })
})

test('what is not there any more is said', () => {
  const lift = lifting(VM, ALL)
  const now = { ...edited(VM, LIFTED), groups: {}, devices: [] }
  expect(putBackAim(now, lift, 'keep').absent).toEqual([
    'vm no longer exists; it had bandwidth 4.77 MiB/s.',
    'db no longer exists.',
    'web no longer exists.',
  ])
})

test('putting back plans nothing that QEMU 11.1 would not survive, whatever somebody has made of the chain meanwhile', () => {
  const limits = { 'iops-total': 900 }
  const seenWith = (own: string) => ({
    ...picture([group('gold', { 'iops-total': 1000 }), group('vm', limits, true)], [ownOver('db', own, ['vm'])]),
    reopenDrains: 'whole-vm' as const,
  })
  const lift = lifting(seenWith('gold'), { groups: [], devices: ['db'] })
  expect([lift.chains, lift.devices]).toEqual([{ db: 'vm' }, ['db']])
  // Limits of its own again, in the very group of its filter: its outer level must not leave that for gold.
  const found = seenWith('vm')
  const now = captureWorkspace(found, 'vm')
  const { desired } = putBackAim(now, lift, 'overwrite')
  const { steps, impossible } = makePlan({ picture: found, base: now, desired, scope: 'edit' })
  expect([steps, impossible]).toEqual([[], [expect.stringMatching(/^db passes vm twice/)]])
})
