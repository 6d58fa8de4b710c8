import { expect, test } from 'vitest'
import { Random } from '#main/load/random.ts'
import { randomWorkspace } from '#main/simulate/testing/random-workspaces.ts'
import { differenceSchema } from '#shared/ipc/difference-contract.ts'
import { applyDifference, differenceOf } from '#shared/workspace/difference.ts'
import { setLimits } from '#shared/workspace/edits.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { WindowWorkspace } from './window-workspace.ts'

// The window's edits as differences, put together on the other side again, with the boundary between them: JSON and schema.

function crossed(from: Workspace, to: Workspace) {
  return differenceSchema.parse(JSON.parse(JSON.stringify(differenceOf(from, to))))
}

function copyOf(workspace: Workspace): Workspace {
  return JSON.parse(JSON.stringify(workspace)) as Workspace // as it was
}

/** Some of either, in any order. */
function mixed<T>(random: Random, ...lists: readonly (readonly T[])[]): readonly T[] {
  const kept = lists.flat().filter(() => random.unit() < 0.7)
  // Some stay in order, so that there are stretches.
  return random.unit() < 0.5
    ? kept
    : kept
        .map((each) => [random.unit(), each] as const)
        .sort(([a], [b]) => a - b)
        .map(([, each]) => each)
}

/** An edited `from`: groups and devices are gone, moved, changed or new, and anything else may have changed, too. */
function randomEdit(random: Random, from: Workspace, seed: number): Workspace {
  const other = randomWorkspace(seed)
  const renamed = other.devices.map((device) => ({ ...device, id: `new-${device.id}` }))
  const either = <K extends 'name' | 'seed' | 'iothreads' | 'script'>(key: K) =>
    (random.unit() < 0.5 ? from : other)[key]
  return {
    ...(random.unit() < 0.9 ? from : other),
    name: either('name'),
    seed: either('seed'),
    iothreads: either('iothreads'),
    script: either('script'),
    groups: Object.fromEntries(mixed(random, Object.entries(from.groups), Object.entries(other.groups), [['7', {}]])),
    devices: mixed(random, from.devices, renamed),
    ...(random.unit() < 0.3 ? { goals: [{ device: 'd0', percentile: 99, waitMs: seed }] } : {}),
  }
}

test.each([1, 2, 3])(
  'a workspace and what an edit changed come to the edited workspace, order and all, seed %i',
  (seed) => {
    const random = new Random(seed, 'edits')
    let [before, held] = [randomWorkspace(seed), copyOf(randomWorkspace(seed))]
    for (let step = 0; step < 200; step += 1) {
      const after = randomEdit(random, before, seed * 1000 + step)
      const joined = applyDifference(held, crossed(before, after))
      expect(joined).toEqual(copyOf(after))
      expect([Object.keys(joined?.groups ?? {}), joined?.devices]).toEqual([
        Object.keys(after.groups),
        copyOf(after).devices,
      ])
      before = after
      held = copyOf(after)
    }
  },
)

const BOARD: Workspace = {
  ...randomWorkspace(5),
  groups: { gold: { 'iops-total': 500 }, bulk: {}, tin: {} },
  script: [],
  devices: Array.from({ length: 6 }, (_, index) => ({
    ...randomWorkspace(5).devices[0]!,
    id: `d${index}`,
    groups: ['gold'],
  })),
}

test('what an edit left alone is not sent', () => {
  const [first, second, ...others] = BOARD.devices
  const moved = { ...BOARD, devices: [second!, first!, ...others.slice(0, 2), { ...others[2]!, groups: [] }] }
  expect(differenceOf(BOARD, setLimits(moved, 'bulk', { 'iops-read': 7 }))).toEqual({
    groups: [[0, 1], { name: 'bulk', limits: { 'iops-read': 7 } }, [2, 1]],
    devices: [[1, 1], [0, 1], [2, 2], { device: { ...others[2], groups: [] } }],
    others: [],
  })
  expect(differenceOf(BOARD, { ...BOARD, name: 'Another' })).toEqual({ others: [{ key: 'name', value: 'Another' }] })
})

test('stretches that are not there are not made up', () => {
  for (const devices of [
    [[5, 2]],
    [[6, 1]],
    [
      [0, 6],
      [0, 1],
    ],
  ] as [number, number][][]) {
    expect(applyDifference(BOARD, { devices, others: [] })).toBeNull()
  }
})

/** The main process's side of a board that was opened with BOARD. */
function openBoard() {
  const document = { workspace: BOARD, generation: 4 }
  const window = new WindowWorkspace(document)
  const send = (base: number | null, from: Workspace, to: Workspace, generation = 4) => {
    const value = window.withDifference({ generation, base, revision: 9, difference: crossed(from, to) })
    return value === null ? 'send the whole' : window.take(value, 9)
  }
  return { document, window, send }
}

const EDITED = setLimits(BOARD, 'bulk', { 'iops-read': 7 })
const AGAIN = setLimits(EDITED, 'tin', { 'iops-read': 8 })

test('differences come one after the other from the opened document on', () => {
  const { send } = openBoard()
  expect(send(null, BOARD, EDITED)).toEqual({ workspace: EDITED, issues: [] })
  expect(send(9, EDITED, AGAIN)).toEqual({ workspace: AGAIN, issues: [] })
})

test('a base that is not held is answered with the question for the whole', () => {
  const { document, window, send } = openBoard()
  expect([send(8, EDITED, AGAIN), send(null, BOARD, EDITED, 3)]).toEqual(['send the whole', 'send the whole'])
  window.take(EDITED, 12)
  expect([send(null, BOARD, EDITED), send(11, EDITED, AGAIN)]).toEqual(['send the whole', 'send the whole'])
  expect(send(12, EDITED, AGAIN)).toEqual({ workspace: AGAIN, issues: [] })
  document.generation = 5
  expect(send(9, AGAIN, EDITED)).toBe('send the whole')
  window.take({ format: 'weir-workspace/1', devices: 7 }, 13)
  expect(send(13, BOARD, EDITED, 5)).toBe('send the whole')
})

test('what a difference brings is checked as what comes whole', () => {
  const { window, send } = openBoard()
  const [device] = BOARD.devices
  const wrong: readonly object[] = [
    { groups: { ...BOARD.groups, tin: { 'iops-total': 1.5 } } },
    { devices: [...BOARD.devices, { ...device, id: 'x', iothread: 64 }] },
    { devices: [...BOARD.devices, { ...device, extra: 1 }] },
    { devices: [...BOARD.devices, device] },
    { devices: [...BOARD.devices, { ...device, id: 'y', groups: ['nowhere'] }] },
    { devices: [null] },
    { extra: 1 },
    { script: [{ atS: -1 }] },
    { groups: {} },
  ]
  for (const part of wrong) {
    const edited = { ...BOARD, ...part } as Workspace // which it is not
    window.take(BOARD, 1)
    const reply = send(1, BOARD, edited)
    const { window: other } = openBoard()
    expect(reply).toEqual(other.take(copyOf(edited), 1))
    expect(reply).toHaveProperty('issues.0')
  }
})

test('limits that are impossible stay held as the window has them', () => {
  const { send } = openBoard()
  const broken = setLimits(BOARD, 'gold', { 'iops-total': 500, 'iops-total-max': 1 })
  expect(send(null, BOARD, broken)).toMatchObject({ workspace: BOARD, issues: [{ code: 'limits-max-below-avg' }] })
  const beside = setLimits(broken, 'tin', { 'iops-read': 8 })
  expect(send(9, broken, beside)).toMatchObject({
    workspace: { groups: { gold: { 'iops-total': 500 }, tin: { 'iops-read': 8 } } },
    issues: [{ path: 'groups.gold.iops-total-max' }],
  })
})
