import { expect, test } from 'vitest'
import { Random } from '#main/load/random.ts'
import { chainOf } from '#shared/workspace/chain.ts'
import {
  DEFAULT_WORKLOAD,
  type Device,
  EMPTY_WORKSPACE,
  type Service,
  type SyntheticWorkload,
  type Workspace,
} from '#shared/workspace/workspace.ts'
import { binomial } from './binomial.ts'
import { Simulation } from './simulation.ts'

const S = 1e9

function device(
  id: string,
  group: string | null,
  workload: Partial<SyntheticWorkload>,
  service: Service = { kind: 'fixed', us: 50 },
): Device {
  return {
    id,
    groups: chainOf(group),
    iothread: null,
    disk: { kind: 'null', sizeBytes: 2 ** 30, service },
    workload: { ...DEFAULT_WORKLOAD, ...workload },
    qemu: {},
  }
}

/** What some seconds give with an event for every request (somebody is told of each), and with free loads running freely. */
function bothWays(workspace: Workspace): readonly [exact: Simulation, free: Simulation] {
  const exact = new Simulation({ workspace, onRequest: () => {} })
  const free = new Simulation({ workspace })
  for (let atS = 1; atS <= 12; atS += 1) {
    exact.advance(atS * S)
    free.advance(atS * S)
    free.snapshot('running')
  }
  return [exact, free]
}

function counts(simulation: Simulation) {
  const { devices } = simulation.result()
  return Object.fromEntries(
    Object.entries(devices).map(([id, { read, write }]) => [
      id,
      { requests: read.requests + write.requests, waits: [read.waitNs, write.waitNs], service: [read.serviceNs.p99] },
    ]),
  )
}

const NEIGHBOURS: Workspace = {
  ...EMPTY_WORKSPACE,
  iothreads: 1,
  groups: { gold: { 'iops-total': 700, 'iops-total-max': 2000 }, bulk: { 'bps-total': 20_000_000 } },
  devices: [
    device('db', 'gold', { iodepth: 8, readPercent: 70 }),
    device('etl', 'bulk', { iodepth: 4, blockBytes: 65_536 }),
    device('scratch', null, { iodepth: 3, readPercent: 0 }),
    device('temp', null, { iodepth: 2, readPercent: 100 }, { kind: 'fixed', us: 20 }),
  ],
}

test('beside free loads: every count, wait and service time as with an event for each request', () => {
  const [exact, free] = bothWays(NEIGHBOURS)
  expect(counts(free)).toEqual(counts(exact))
  expect(free.requests).toBe(exact.requests)
})

test('disks with depth that run freely: every count and service time as with an event for each request', () => {
  const deep = (
    id: string,
    us: number,
    workload: Partial<SyntheticWorkload>,
    kind: 'fixed' | 'exponential' = 'fixed',
  ) => ({
    ...device(id, null, { readPercent: 100, ...workload }),
    disk: { kind: 'file', sizeBytes: 2 ** 30, direct: true, service: { kind, us } } as const,
  })
  const workspace: Workspace = {
    ...NEIGHBOURS,
    devices: [
      deep('plain', 900, { iodepth: 7 }),
      deep('late', 700, { iodepth: 3, startS: 1.5, stopS: 9 }),
      deep('drawn', 800, { iodepth: 5 }, 'exponential'),
      deep('moves', 600, { iodepth: 6 }),
    ],
    script: [
      { atS: 2.0001, moveDevice: { device: 'moves', groups: ['gold'] } },
      { atS: 4.0003, moveDevice: { device: 'moves', groups: [] } },
      { atS: 6, setWorkload: { device: 'moves', workload: { ...DEFAULT_WORKLOAD, iodepth: 2, readPercent: 100 } } },
      { atS: 7, setWorkload: { device: 'plain', workload: { ...DEFAULT_WORKLOAD, iodepth: 20, readPercent: 100 } } },
    ],
  }
  const [exact, free] = bothWays(workspace)
  expect(counts(free)).toEqual(counts(exact))
  expect(free.requests).toBe(exact.requests)
})

test('reads and sizes of a mixed free load are drawn with their shares', () => {
  const blockBytes = [
    { bytes: 4096, weight: 3 },
    { bytes: 65_536, weight: 1 },
  ]
  const mixed = device('mixed', null, { iodepth: 4, readPercent: 30, blockBytes })
  const [exact, free] = bothWays({ ...NEIGHBOURS, devices: [mixed] })
  const [wanted, found] = [exact.result().devices.mixed, free.result().devices.mixed]
  if (wanted === undefined || found === undefined) throw new Error('the device has a result')
  expect(found.read.requests + found.write.requests).toBe(wanted.read.requests + wanted.write.requests)
  // Within four standard deviations of two draws of this many.
  const near = (one: number, other: number) => expect(Math.abs(one / other - 1)).toBeLessThan(0.04)
  near(found.read.requests, wanted.read.requests)
  near(found.read.bytes, wanted.read.bytes)
  near(found.write.bytes, wanted.write.bytes)
})

test('disks whose time is drawn, and loads that begin, change, stop and move, come to the same', () => {
  const workspace: Workspace = {
    ...NEIGHBOURS,
    devices: [
      device('db', 'gold', { iodepth: 8, readPercent: 100 }),
      device('late', null, { iodepth: 4, readPercent: 100, startS: 1 }),
      device('drawn', null, { iodepth: 2, readPercent: 0 }, { kind: 'exponential', us: 120 }),
    ],
    script: [
      { atS: 2, moveDevice: { device: 'late', groups: ['gold'] } },
      { atS: 4, moveDevice: { device: 'db', groups: [] } },
      { atS: 6, setWorkload: { device: 'db', workload: { ...DEFAULT_WORKLOAD, iodepth: 2, readPercent: 100 } } },
      { atS: 8, setWorkload: { device: 'db', workload: { kind: 'idle' } } },
      { atS: 10, moveDevice: { device: 'late', groups: [] } },
    ],
  }
  const [exact, free] = bothWays(workspace)
  const [wanted, found] = [counts(exact), counts(free)]
  for (const [id, { requests }] of Object.entries(wanted)) {
    expect(found[id]!.requests / requests, id).toBeCloseTo(1, 2)
  }
})

test.each([
  [10, 0.3],
  [1000, 0.01],
  [100_000, 0.7],
])('of %i draws with probability %f the right number come out, with the right spread', (count, share) => {
  const random = new Random(1, 'binomial')
  const draws = Array.from({ length: 4000 }, () => binomial(random, count, share))
  const mean = draws.reduce((sum, draw) => sum + draw, 0) / draws.length
  const variance = draws.reduce((sum, draw) => sum + (draw - mean) ** 2, 0) / draws.length
  expect(Math.abs(mean / (count * share) - 1)).toBeLessThan(0.02)
  expect(Math.abs(variance / (count * share * (1 - share)) - 1)).toBeLessThan(0.1)
  expect(Math.min(...draws)).toBeGreaterThanOrEqual(0)
  expect(Math.max(...draws)).toBeLessThanOrEqual(count)
})

test('looking at it on the way changes nothing, not even what is drawn', () => {
  const mixed = (id: string, us: number) => device(id, null, { iodepth: 3, readPercent: 40 }, { kind: 'fixed', us })
  const workspace: Workspace = {
    ...NEIGHBOURS,
    devices: [...NEIGHBOURS.devices, mixed('quick', 7), mixed('slow', 300)],
    script: [
      { atS: 2, moveDevice: { device: 'quick', groups: ['gold'] } },
      { atS: 3, moveDevice: { device: 'quick', groups: [] } },
      { atS: 4, setWorkload: { device: 'slow', workload: { ...DEFAULT_WORKLOAD, iodepth: 5, readPercent: 60 } } },
    ],
  }
  const [looked, left] = [new Simulation({ workspace }), new Simulation({ workspace })]
  for (let step = 1; step <= 60; step += 1) {
    looked.advance((step / 10) * S)
    looked.snapshot('running')
  }
  left.advance(6 * S)
  expect(looked.result()).toEqual(left.result())
})
