import { expect, test } from 'vitest'
import type { DeviceSnapshot, Snapshot } from '#shared/snapshot.ts'
import { device, labForTests, pass, TIMED, until } from './testing/test-lab.ts'

// Devices under two limits, on real threads: rates between two snapshots, so that no first allowance is in them.

const bench = labForTests()

const CAPPED = {
  iothreads: 2,
  groups: {
    vm: { 'iops-total': 900 },
    small: { 'iops-total': 200 },
    middle: { 'iops-total': 400 },
    large: { 'iops-total': 800 },
  },
  devices: ['small', 'middle', 'large'].map((id) => ({
    ...device(id, null, { readPercent: 100, iodepth: 8 }),
    group: undefined,
    groups: ['vm', id],
  })),
}

function file(value: object): Record<string, unknown> {
  return JSON.parse(JSON.stringify(value)) as Record<string, unknown> // without what is undefined
}

function rate(from: Snapshot, to: Snapshot, id: string): number {
  const done = ({ read, write }: DeviceSnapshot) => read.requests + write.requests
  return ((done(to.devices[id]!) - done(from.devices[id]!)) * 1e9) / (to.nowNs - from.nowNs)
}

test('three disks of 200, 400 and 800 under a cap of 900 keep both limits within 0.5 %, fairly', TIMED, async () => {
  expect(await bench.apply(file(CAPPED))).toEqual([])
  await bench.lab.start()
  await until('the first allowances are used up', () => bench.last().nowNs > 1e9)
  const from = bench.last()
  await pass(10_000) // a busy machine holds a thread up for some requests, whatever the time
  const to = bench.last()
  await bench.lab.pause()
  const rates = Object.keys(to.devices).map((id) => rate(from, to, id))
  const together = rates.reduce((sum, each) => sum + each, 0)
  expect(Math.abs(together / 900 - 1)).toBeLessThan(0.005)
  // The small one is held by its own limit; the others share what it leaves.
  for (const [index, share] of [200, 350, 350].entries()) expect(Math.abs(rates[index]! / share - 1)).toBeLessThan(0.02)
  expect(Math.abs(rates[0]! / 200 - 1)).toBeLessThan(0.005)
})

test('a snapshot says at which level requests wait, and adds up', TIMED, async () => {
  await bench.apply(file(CAPPED))
  await bench.lab.start()
  await until('a second has passed', () => bench.last().nowNs > 2e9)
  const { small, large } = bench.last().devices
  expect(small!.levels?.map(({ group }) => group)).toEqual(['vm', 'small'])
  const [outer, own] = small!.levels!
  expect(own!.waitMeanNs).toBeGreaterThan(outer!.waitMeanNs!)
  expect(large!.levels![0]!.waitMeanNs).toBeGreaterThan(10 * (large!.levels![1]!.waitMeanNs ?? 0))
  // 8 outstanding at 200 a second: 40 ms each, nearly all of it waiting (Little's law).
  expect((outer!.waitMeanNs! + own!.waitMeanNs!) / 40e6).toBeCloseTo(1, 0)
  expect(small!.read.queued).toBe(outer!.queued! + own!.queued!)
  await bench.lab.pause()
})

test('chains change while it runs: a level more, one less, the same group twice; nothing is lost', TIMED, async () => {
  const chain = (groups: readonly string[]) =>
    file({
      groups: { vm: { 'iops-total': 2000 }, own: { 'iops-total': 1000 } },
      devices: ['a', 'b'].map((id) => ({ ...device(id, null, { iodepth: 16 }), group: undefined, groups })),
    })
  await bench.apply(chain(['vm']))
  await bench.lab.start()
  const chains = [['vm', 'own'], ['own'], ['own', 'vm', 'own'], [], ['own', 'own'], ['vm']]
  for (const [index, groups] of chains.entries()) {
    expect(await bench.apply(chain(groups), index + 2)).toEqual([])
    await pass(150)
  }
  const before = bench.last()
  await pass(500)
  for (const id of ['a', 'b']) {
    // All 16 are still on their way round: the limit is reached, not the fewer requests that a loss would leave.
    expect(rate(before, bench.last(), id) / 1000).toBeCloseTo(1, 0)
    expect(bench.last().devices[id]!.status).toBe('running')
    expect(bench.last().groups.vm!.ring).toHaveLength(2)
    expect(bench.last().groups.own!.ring).toHaveLength(0)
  }
  await bench.lab.reset()
  await bench.lab.pause()
})
