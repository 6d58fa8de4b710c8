import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { assert } from '#shared/assert.ts'
import { parseWorkspace, parseWorkspaceText } from '#shared/workspace/parse.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { mergeResults, mergeSnapshots } from './merge-parts.ts'
import { type Part, partsOf, wholeOf } from './parts.ts'
import { PartsRun } from './parts-run.ts'
import { randomWorkspace } from './testing/random-workspaces.ts'

const S = 1e9
const EXAMPLES = path.join(import.meta.dirname, '../../examples')

function workspaceOf(fields: object): Workspace {
  const parsed = parseWorkspace({ format: 'weir-workspace/1', iothreads: 4, ...fields })
  assert(parsed.ok, 'the workspace of the test is valid')
  return parsed.value
}

function nullDisk(id: string, groups: readonly string[], more: object = {}): object {
  const workload = { kind: 'synthetic', iodepth: 4 }
  return { id, groups, disk: { kind: 'null' }, workload, ...more }
}

/** Two that share the group: a device that has one to itself is simulated without an event per request. */
function pairIn(group: string): readonly object[] {
  return [nullDisk(`${group}-1`, [group]), nullDisk(`${group}-2`, [group])]
}

/** The ids of each part's devices. */
function check(fields: object, expected: readonly (readonly string[])[]): void {
  const parts = partsOf(workspaceOf(fields))
  expect(parts.map(({ workspace }) => workspace.devices.map(({ id }) => id))).toEqual(expected)
}

const GROUPS = { a: { 'iops-total': 100 }, b: { 'iops-total': 200 }, vm: { 'iops-total': 250 } }

test('devices are in one part if they share a group at any level', () => {
  check(
    {
      groups: GROUPS,
      devices: [nullDisk('x', ['vm', 'a']), nullDisk('y', []), nullDisk('z', ['b']), nullDisk('w', ['b', 'vm'])],
    },
    [['x', 'z', 'w'], ['y']],
  )
})

test('a move that the script will make joins the group it comes from and the one it goes to', () => {
  const devices = [nullDisk('x', ['a']), nullDisk('y', ['b']), nullDisk('z', ['vm'])]
  check({ groups: GROUPS, devices }, [['x'], ['y'], ['z']])
  const script = [{ atS: 50, moveDevice: { device: 'z', groups: ['b'] } }]
  check({ groups: GROUPS, devices, script }, [['x'], ['y', 'z']])
})

test('disks that keep their iothread busy join those on the same one; null disks without a time do not', () => {
  const slow = { disk: { kind: 'null', service: { kind: 'fixed', us: 50 } }, iothread: 1 }
  const devices = [nullDisk('x', ['a'], slow), nullDisk('y', ['b'], { iothread: 1 }), nullDisk('z', [], slow)]
  check({ groups: GROUPS, devices }, [['x', 'z'], ['y']])
})

test('a disk with depth keeps its iothread free for the others', () => {
  const on = (kind: object) => ({ disk: { kind: 'file', ...kind }, iothread: 1 })
  const [deep, cached] = [on({ direct: true }), on({})]
  const devices = [
    nullDisk('x', [], deep),
    nullDisk('y', [], cached),
    nullDisk('z', [], deep),
    nullDisk('w', [], cached),
  ]
  check({ groups: GROUPS, devices }, [['x'], ['y', 'w'], ['z']])
})

test('groups without a device, and their steps, are in the first part', () => {
  const script = [{ atS: 1, setLimits: { group: 'vm', limits: { 'iops-total': 1 } } }]
  const devices = [nullDisk('x', ['a']), nullDisk('y', ['b'])]
  const [first, second] = partsOf(workspaceOf({ groups: GROUPS, devices, script }))
  expect(Object.keys(first!.workspace.groups)).toEqual(['a', 'vm'])
  expect([first!.turns, second!.turns]).toEqual([[0], []])
})

/** Everything that a run of `seconds` says, with a snapshot every tenth of it. */
function said(workspace: Workspace, parts: readonly Part[], seconds: number): string {
  const run = new PartsRun(parts, new Map())
  const snapshots = Array.from({ length: 10 }, (_, tenth) => {
    run.advance(Math.round(((tenth + 1) * seconds * S) / 10), Number.POSITIVE_INFINITY)
    return mergeSnapshots(workspace, run.snapshots('running'))
  })
  return JSON.stringify([snapshots, mergeResults(workspace, run.results())])
}

const examples = readdirSync(EXAMPLES).filter((name) => name.endsWith('.weir.json'))

test.each(examples)('%s in parts gives what it gives whole, byte for byte', (name) => {
  const parsed = parseWorkspaceText(readFileSync(path.join(EXAMPLES, name), 'utf8'))
  assert(parsed.ok, 'an example is valid')
  const workspace = parsed.value
  // Its script within the first seconds.
  const script = workspace.script.map((step) => ({ ...step, atS: step.atS / 100 }))
  const shortened = { ...workspace, script }
  expect(said(shortened, partsOf(shortened), 4)).toBe(said(shortened, [wholeOf(shortened)], 4))
})

test('so do random workspaces, seeds 1 to 60', () => {
  let divided = 0
  for (let seed = 1; seed <= 60; seed += 1) {
    const workspace = randomWorkspace(seed)
    const parts = partsOf(workspace)
    if (parts.length > 1) divided += 1
    expect(said(workspace, parts, 5) === said(workspace, [wholeOf(workspace)], 5), `seed ${seed}`).toBe(true)
  }
  expect(divided).toBeGreaterThan(20)
})

test('parts that were stopped at different times are brought to one before they are asked', () => {
  const groups = { x: { 'iops-total': 500 }, y: { 'iops-total': 500 }, z: { 'iops-total': 500 } }
  const devices = Object.keys(groups).flatMap((id) => pairIn(id))
  const workspace = workspaceOf({ groups, devices })
  const stopped = new PartsRun(partsOf(workspace), new Map())
  expect(stopped.advance(10 * S, 20)).toBe(false)
  expect(stopped.nowNs).toBe(0)
  const results = stopped.results()
  const whole = new PartsRun([wholeOf(workspace)], new Map())
  whole.advance(stopped.nowNs, Number.POSITIVE_INFINITY)
  expect(stopped.nowNs).toBeGreaterThan(3 * S)
  expect(mergeResults(workspace, results)).toEqual(whole.results()[0])
})

test('a run that is asked for another time half-way takes every part there', () => {
  const devices = ['a', 'b'].flatMap((group) => pairIn(group))
  const workspace = workspaceOf({ groups: GROUPS, devices })
  const run = new PartsRun(partsOf(workspace), new Map())
  while (run.nowNs === 0) run.advance(2 * S, 5)
  expect(run.advance(5 * S, Number.POSITIVE_INFINITY)).toBe(true)
  expect(run.nowNs).toBe(5 * S)
})
