import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { formatQmp } from '#shared/qemu/qmp-commands.ts'
import { canonicalLimits, hasAnyLimit } from '#shared/throttle/limits.ts'
import { chainOf, innermostGroup, isThrottled } from '#shared/workspace/chain.ts'
import { moveDevices, removeDevices, removeGroup, setLimit } from '#shared/workspace/edits.ts'
import {
  DEFAULT_DISK,
  type Device,
  EMPTY_WORKSPACE,
  IDLE,
  type QemuNames,
  type Workspace,
} from '#shared/workspace/workspace.ts'
import { limitsOfInnermost } from '../levels.ts'
import { workspaceArbitrary } from '../testing/generated-workspaces.ts'
import { qemuNames } from './qemu-names.ts'
import { filterCommands, legacyCommands } from './qmp.ts'
import { type QmpChangeOptions, qmpChange, qmpChangeLines } from './qmp-change.ts'
import { readQmp } from './qmp-read.ts'

function device(id: string, group: string | null, qemu: QemuNames = {}): Device {
  return { id, groups: chainOf(group), iothread: null, disk: DEFAULT_DISK, workload: IDLE, qemu }
}

const OLD: Workspace = {
  ...EMPTY_WORKSPACE,
  groups: { gold: { 'iops-total': 1000, 'iops-total-max': 4000 }, bulk: { 'bps-total': 52428800 } },
  devices: [device('db', 'gold'), device('web', 'gold'), device('etl', 'bulk')],
}

/** The commands as `execute` and what they are about, to read at a glance. */
function outline(after: Workspace, options: QmpChangeOptions = {}, before: Workspace = OLD): readonly string[] {
  return qmpChange(before, after, options).commands.map(({ execute, arguments: args }) => {
    const about = { ...args }
    delete about['qom-type']
    delete about.property
    delete about.driver
    return `${execute} ${JSON.stringify(about)}`
  })
}

test('nothing is sent for what is the same by value', () => {
  expect(
    outline({ ...OLD, name: 'other', groups: { ...OLD.groups, gold: { ...OLD.groups.gold, 'bps-read': 0 } } }),
  ).toEqual([])
})

test('a limit is one qom-set with all 19 keys', () => {
  const [only, ...others] = qmpChange(OLD, setLimit(OLD, 'gold', 'iops-total', 1500)).commands
  expect(others).toEqual([])
  expect(only?.execute).toBe('qom-set')
  expect(Object.keys(only?.arguments.value as object)).toHaveLength(19)
})

test('new groups first, limits, moves all at once, disks that leave, deletions last', () => {
  const moved = moveDevices(setLimit(OLD, 'gold', 'iops-total', 2000), ['web'], 'bulk')
  const after: Workspace = {
    ...moveDevices({ ...moved, groups: { ...moved.groups, new: { 'iops-read': 5 } } }, ['etl'], 'new'),
    devices: [device('db', null), device('web', 'new'), device('etl', 'new'), device('log', 'gold')],
  }
  expect(outline(removeGroup(after, 'bulk'))).toMatchInlineSnapshot(`
    [
      "object-add {"id":"new","limits":{"iops-read":5}}",
      "qom-set {"path":"/objects/gold","value":{"bps-total":0,"bps-total-max":0,"bps-total-max-length":1,"bps-read":0,"bps-read-max":0,"bps-read-max-length":1,"bps-write":0,"bps-write-max":0,"bps-write-max-length":1,"iops-total":2000,"iops-total-max":4000,"iops-total-max-length":1,"iops-read":0,"iops-read-max":0,"iops-read-max-length":1,"iops-write":0,"iops-write-max":0,"iops-write-max-length":1,"iops-size":0}}",
      "blockdev-add {"node-name":"log-throttle","throttle-group":"gold","file":"log"}",
      "blockdev-reopen {"options":[{"driver":"throttle","node-name":"web-throttle","throttle-group":"new","file":"web"},{"driver":"throttle","node-name":"etl-throttle","throttle-group":"new","file":"etl"}]}",
      "blockdev-del {"node-name":"db-throttle"}",
      "object-del {"id":"bulk"}",
    ]
  `)
})

test('legacy: a move carries the limits, one member speaks for its group, free means all zeros', () => {
  const after = moveDevices(moveDevices(setLimit(OLD, 'gold', 'iops-total', 2000), ['web'], 'bulk'), ['etl'], null)
  expect(outline(after, { style: 'legacy' })).toMatchInlineSnapshot(`
    [
      "block_set_io_throttle {"device":"db","group":"gold","bps":0,"bps_rd":0,"bps_wr":0,"iops":2000,"iops_rd":0,"iops_wr":0,"iops_max":4000}",
      "block_set_io_throttle {"device":"web","group":"bulk","bps":52428800,"bps_rd":0,"bps_wr":0,"iops":0,"iops_rd":0,"iops_wr":0}",
      "block_set_io_throttle {"device":"etl","bps":0,"bps_rd":0,"bps_wr":0,"iops":0,"iops_rd":0,"iops_wr":0}",
    ]
  `)
})

test('each disk is changed in its own style, and a mixed group is set by its object', () => {
  const mixed: Workspace = {
    ...OLD,
    devices: [
      device('db', 'gold', { style: 'legacy', qdev: 'disk0' }),
      device('web', 'gold', { style: 'filter' }),
      device('etl', 'bulk', { style: 'legacy' }),
    ],
  }
  const after = setLimit(setLimit(mixed, 'gold', 'iops-total', 2000), 'bulk', 'bps-total', 1)
  expect(outline(after, {}, mixed).map((line) => line.slice(0, 60))).toMatchInlineSnapshot(`
    [
      "qom-set {"path":"/objects/gold","value":{"bps-total":0,"bps-",
      "block_set_io_throttle {"device":"etl","group":"bulk","bps":1",
    ]
  `)
})

const LEGACY: Workspace = {
  ...OLD,
  devices: [device('db', 'gold', { style: 'legacy' }), device('etl', 'bulk', { style: 'legacy' }), device('new', null)],
}

/** As `outline`, limits left out. */
function briefly(after: Workspace): readonly string[] {
  return qmpChange(LEGACY, after).commands.map(({ execute, arguments: args }) => {
    const { device: disk, id, group, 'node-name': node, 'throttle-group': into, iops, bps } = args
    const words = [execute, disk, id, node, group, into, iops, bps].filter((word) => word !== undefined)
    return words.join(' ')
  })
}

test('a group that filters join gets an object: its disk steps out for that, and comes back', () => {
  const after = setLimit(moveDevices(LEGACY, ['new'], 'gold'), 'gold', 'iops-total', 7)
  expect(briefly(after)).toEqual([
    'block_set_io_throttle db 0 0',
    'object-add gold',
    'blockdev-add new-throttle gold',
    'block_set_io_throttle db gold 7 0',
  ])
})

test('a group that ends with its last disk is made again as an object when that has left, and that is noted', () => {
  expect(briefly(moveDevices(LEGACY, ['db'], null))).toEqual(['block_set_io_throttle db 0 0', 'object-add gold'])
  expect(briefly(moveDevices(LEGACY, ['db'], 'bulk'))).toEqual([
    'block_set_io_throttle db bulk 0 52428800',
    'object-add gold',
  ])
  const replaced = moveDevices(removeDevices(LEGACY, ['db']), ['new'], 'gold')
  expect(briefly(replaced)).toEqual([
    'block_set_io_throttle db 0 0',
    'object-add gold',
    'blockdev-add new-throttle gold',
  ])
  expect(qmpChange(LEGACY, replaced)).toMatchObject({ losses: [], notes: [expect.stringContaining('gold goes with')] })
})

test('a disk on its way from one ending group to another waits outside for it', () => {
  const filters: Workspace = { ...LEGACY, devices: [...LEGACY.devices, device('other', null)] }
  const swapped = moveDevices(moveDevices(filters, ['db'], 'bulk'), ['etl'], 'gold')
  const after = moveDevices(moveDevices(swapped, ['new'], 'gold'), ['other'], 'bulk')
  expect(briefly(after)).toEqual([
    'block_set_io_throttle db 0 0',
    'block_set_io_throttle etl 0 0',
    'object-add gold',
    'object-add bulk',
    'blockdev-add new-throttle gold',
    'blockdev-add other-throttle bulk',
    'block_set_io_throttle db bulk 0 52428800',
    'block_set_io_throttle etl gold 1000 0',
  ])
})

test('a group without an object keeps any name', () => {
  const legacy: Workspace = {
    ...OLD,
    groups: { 'a b': { 'iops-total': 5 } },
    devices: [device('db', 'a b', { style: 'legacy' })],
  }
  expect(qmpChangeLines(legacy, setLimit(legacy, 'a b', 'iops-total', 6))).toEqual([
    '{ "execute": "block_set_io_throttle", "arguments": { "device": "db", "group": "a b", "bps": 0, "bps_rd": 0, "bps_wr": 0, "iops": 6, "iops_rd": 0, "iops_wr": 0 } }',
  ])
})

describe('a QEMU that holds one workspace holds the next after the change', () => {
  /** What the reader's model of QEMU holds after `commands`: throttled disks, and groups. */
  function heldAfter(lines: readonly string[]) {
    if (lines.length === 0) return { groups: {}, members: {} }
    const read = readQmp(lines.join('\n'), {})
    if (!read.ok) return { groups: {}, members: {} }
    const { groups, devices } = read.value.workspace
    const members = devices.filter((each) => isThrottled(each)).map((each) => [each.id, innermostGroup(each)] as const)
    return {
      groups: Object.fromEntries(Object.entries(groups).map(([name, limits]) => [name, canonicalLimits(limits)])),
      members: Object.fromEntries(members),
    }
  }

  /** Names that need no change, so that both sides name things alike. */
  const plain = workspaceArbitrary({ maxDevices: 6, qemuNames: false }).map((workspace): Workspace => {
    const groups = Object.entries(workspace.groups).map(([, limits], index) => [`g${index}`, limits] as const)
    const named = new Map(Object.keys(workspace.groups).map((name, index) => [name, `g${index}`]))
    return {
      ...workspace,
      groups: Object.fromEntries(groups),
      devices: workspace.devices.map((each, index) => ({
        ...each,
        id: `d${index}`,
        groups: each.groups.flatMap((group) => named.get(group) ?? []),
      })),
    }
  })

  test('filters', () => {
    fc.assert(
      fc.property(plain, plain, (before, after) => {
        const start = filterCommands(before, qemuNames(before, 'object', 'filter')).map(formatQmp)
        const goal = filterCommands(after, qemuNames(after, 'object', 'filter')).map(formatQmp)
        expect(heldAfter([...start, ...qmpChangeLines(before, after)])).toEqual(heldAfter(goal))
      }),
      { numRuns: 400, seed: 11 },
    )
  }, 60_000)

  test('legacy', () => {
    fc.assert(
      fc.property(plain, plain, (before, after) => {
        const start = legacyCommands(before, qemuNames(before, 'name', 'legacy')).map(formatQmp)
        const change = qmpChangeLines(before, after, { style: 'legacy' })
        const held = heldAfter([...start, ...change])
        expect(held).toEqual(heldAfter(legacyCommands(after, qemuNames(after, 'name', 'legacy')).map(formatQmp)))
        const limited = after.devices.filter((each) => hasAnyLimit(limitsOfInnermost(after, each)))
        expect(Object.keys(held.members).sort()).toEqual(limited.map((each) => each.id).sort())
      }),
      { numRuns: 400, seed: 12 },
    )
  }, 60_000)
})
