import { expect, test } from 'vitest'
import { parseWorkspace } from '#shared/workspace/parse.ts'
import { Simulation } from './simulation.ts'

function simulation(devices: readonly object[], script: readonly object[] = []): Simulation {
  const groups = {
    vm: { 'iops-total': 900 },
    a: { 'iops-total': 200 },
    b: { 'iops-total': 400 },
    c: { 'iops-total': 800 },
  }
  const workload = { kind: 'synthetic', readPercent: 100, iodepth: 8 }
  const parsed = parseWorkspace({
    format: 'weir-workspace/1',
    groups,
    devices: devices.map((device) => ({ disk: { kind: 'null' }, workload, ...device })),
    script,
  })
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.issues))
  return new Simulation({ workspace: parsed.value })
}

const THREE = ['a', 'b', 'c'].map((id) => ({ id, groups: ['vm', id] }))

test('disks under a cap keep both limits, and share the cap fairly', () => {
  const run = simulation(THREE)
  run.advance(100e9)
  const { devices, groups } = run.result()
  const iops = (id: string) => Math.round(devices[id]!.read.iops / 10) * 10
  expect([iops('a'), iops('b'), iops('c'), Math.round(groups.vm!.iops / 10) * 10]).toEqual([200, 350, 350, 900])
  expect(devices.a).toMatchObject({ group: 'vm', groups: ['vm', 'a'] })
})

test('a level that never binds changes nothing', () => {
  const [alone, under] = [simulation([{ id: 'a', group: 'a' }]), simulation([{ id: 'a', groups: ['vm', 'a'] }])]
  for (const run of [alone, under]) run.advance(10e9)
  const { groups: _chain, group: _outermost, levels, ...chained } = under.result().devices.a!
  const { group: _only, ...single } = alone.result().devices.a!
  expect(chained).toEqual(single)
  expect(levels![0]).toEqual({ group: 'vm', waitMeanNs: 0, throttledS: 0 })
  expect(levels![1]).toMatchObject({ group: 'a', throttledS: single.throttledS })
})

test('a result says at which level requests waited, for as long as the device had that chain', () => {
  const run = simulation(THREE, [{ atS: 50, moveDevice: { device: 'c', groups: ['c', 'vm'] } }])
  run.advance(100e9)
  const { a, b, c } = run.result().devices
  const waits = (device: typeof a) =>
    device!.levels!.map(({ group, waitMeanNs }) => [group, Math.round(waitMeanNs! / 1e6)])
  // 8 outstanding: at 200 a second a request takes 40 ms, at 350 23 ms, nearly all of it waiting.
  expect(waits(a)).toEqual([
    ['vm', 2],
    ['a', 37],
  ])
  expect(waits(b)).toEqual([
    ['vm', 23],
    ['b', 0],
  ])
  expect(waits(c)).toEqual([
    ['c', 0],
    ['vm', 23],
  ])
  expect(c!.levels![1]!.throttledS).toBeGreaterThan(49)
  expect(c!.levels![1]!.throttledS).toBeLessThanOrEqual(50)
})

test('a snapshot says at which level requests wait', () => {
  const run = simulation(THREE)
  run.advance(5e9)
  run.snapshot('running')
  run.advance(6e9)
  const { a, c } = run.snapshot('running').devices
  expect(a!.levels!.map(({ group, waitMeanNs }) => [group, Math.round(waitMeanNs! / 1e6)])).toEqual([
    ['vm', 2],
    ['a', 38],
  ])
  expect(c!.levels!.map(({ waitMeanNs }) => Math.round(waitMeanNs! / 1e6))).toEqual([23, 0])
})

test('the script gives a disk limits of its own and takes them away', () => {
  const move = (atS: number, groups: readonly string[]) => ({ atS, moveDevice: { device: 'c', groups } })
  const run = simulation([{ id: 'c', group: 'vm' }], [move(10, ['vm', 'a']), move(20, []), move(30, ['a'])])
  const rates: number[] = []
  for (const [fromS, toS] of [
    [1, 10],
    [11, 20],
    [31, 40],
  ] as const) {
    run.advance(fromS * 1e9)
    const before = run.result().devices.c!.read.requests
    run.advance(toS * 1e9 - 1)
    rates.push(Math.round((run.result().devices.c!.read.requests - before) / (toS - fromS) / 10) * 10)
  }
  expect(rates).toEqual([900, 200, 200])
})
