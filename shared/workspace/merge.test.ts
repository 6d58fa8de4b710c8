import { expect, test } from 'vitest'
import { findClashes, mergeWorkspaces } from './merge.ts'
import { parseWorkspace } from './parse.ts'
import type { Workspace } from './workspace.ts'

const LOAD = { kind: 'synthetic', iodepth: 4 }

function workspace(parts: object): Workspace {
  const parsed = parseWorkspace({ format: 'weir-workspace/1', groups: {}, devices: [], ...parts })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return parsed.value
}

const base = workspace({
  groups: { gold: { 'iops-total': 100 }, bulk: {} },
  devices: [
    { id: 'db', group: 'gold', workload: LOAD, qemu: { drive: 'd0' } },
    { id: 'etl', group: 'bulk', workload: LOAD },
  ],
  script: [{ atS: 20, setLimits: { group: 'gold', limits: {} } }],
})
const incoming = workspace({
  iothreads: 4,
  groups: { gold: { 'iops-total': 500 }, new: { 'bps-total': 1 } },
  devices: [
    { id: 'db', group: 'new', qemu: { node: 'n0' } },
    { id: 'log', group: 'gold', workload: LOAD },
  ],
  script: [{ atS: 10, moveDevice: { device: 'db', groups: ['gold'] } }],
})

function summary(merged: Workspace) {
  expect(parseWorkspace(merged).ok).toBe(true)
  return {
    groups: merged.groups,
    devices: merged.devices.map(({ id, groups, workload, qemu }) => [id, ...groups, workload.kind, qemu]),
    script: merged.script.map((step) => ('moveDevice' in step ? step.moveDevice : step)),
    iothreads: merged.iothreads,
  }
}

test('clashes are the names both have', () => {
  expect(findClashes(base, incoming)).toEqual({ groups: ['gold'], devices: ['db'] })
})

test('replacing takes limits and groups, and keeps the load an import does not bring', () => {
  expect(summary(mergeWorkspaces(base, incoming, 'replace'))).toEqual({
    groups: { gold: { 'iops-total': 500 }, bulk: {}, new: { 'bps-total': 1 } },
    devices: [
      ['db', 'new', 'synthetic', { drive: 'd0', node: 'n0' }],
      ['etl', 'bulk', 'synthetic', {}],
      ['log', 'gold', 'synthetic', {}],
    ],
    script: [{ device: 'db', groups: ['gold'] }, base.script[0]],
    iothreads: 4,
  })
})

test('keeping both renames what arrives, in its devices and its script too', () => {
  expect(summary(mergeWorkspaces(base, incoming, 'keep-both'))).toEqual({
    groups: { gold: { 'iops-total': 100 }, bulk: {}, 'gold-2': { 'iops-total': 500 }, new: { 'bps-total': 1 } },
    devices: [
      ['db', 'gold', 'synthetic', { drive: 'd0' }],
      ['etl', 'bulk', 'synthetic', {}],
      ['db-2', 'new', 'idle', { node: 'n0' }],
      ['log', 'gold-2', 'synthetic', {}],
    ],
    script: [{ device: 'db-2', groups: ['gold-2'] }, base.script[0]],
    iothreads: 4,
  })
})

test('a new name never meets one that arrives as well', () => {
  const merged = mergeWorkspaces(
    workspace({ groups: { a: {} } }),
    workspace({ groups: { a: { 'iops-total': 1 }, 'a-2': { 'iops-total': 2 } } }),
    'keep-both',
  )
  expect(merged.groups).toEqual({ a: {}, 'a-3': { 'iops-total': 1 }, 'a-2': { 'iops-total': 2 } })
})
