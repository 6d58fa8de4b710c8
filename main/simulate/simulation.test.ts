import { expect, test } from 'vitest'
import type { Limits } from '#shared/throttle/limits.ts'
import { chainOf } from '#shared/workspace/chain.ts'
import {
  DEFAULT_WORKLOAD,
  type Device,
  EMPTY_WORKSPACE,
  type Service,
  type SyntheticWorkload,
  type Workspace,
} from '#shared/workspace/workspace.ts'
import { Simulation } from './simulation.ts'

const S = 1e9
/** By then what the throttle let go at the last moment is served, and no more has gone. */
const SERVED_NS = 1e6

function device(
  id: string,
  group: string | null,
  workload: Partial<SyntheticWorkload> = {},
  service?: Service,
): Device {
  return {
    id,
    groups: chainOf(group),
    iothread: null,
    disk: { kind: 'null', sizeBytes: 2 ** 30, ...(service && { service }) },
    workload: { ...DEFAULT_WORKLOAD, iodepth: 4, ...workload },
    qemu: {},
  }
}

function workspace(
  groups: Record<string, Limits>,
  devices: readonly Device[],
  rest: Partial<Workspace> = {},
): Workspace {
  return { ...EMPTY_WORKSPACE, groups, devices, ...rest }
}

/** Runs to `durationS` and says how many requests each device did. */
function requestsOf(wanted: Workspace, durationS: number): Record<string, number> {
  const simulation = new Simulation({ workspace: wanted })
  simulation.advance(durationS * S + SERVED_NS)
  const { devices } = simulation.result()
  return Object.fromEntries(
    Object.entries(devices).map(([id, { read, write }]) => [id, read.requests + write.requests]),
  )
}

test('a workspace without devices has an hour in which nothing happens', () => {
  const simulation = new Simulation({ workspace: workspace({ gold: { 'iops-total': 100 } }, []) })
  expect(simulation.advance(3600 * S)).toBe(true)
  expect(simulation.requests).toBe(0)
})

test('a closed loop gets its allowance at once, then one request per 10 ms at 100 IOPS', () => {
  const reads = device('db', 'gold', { readPercent: 100 })
  expect(requestsOf(workspace({ gold: { 'iops-total': 100 } }, [reads]), 10)).toEqual({ db: 11 + 1000 })
})

test('members share their group fairly', () => {
  const devices = ['a', 'b', 'c', 'd'].map((id) => device(id, 'gold', { readPercent: 100 }))
  const simulation = new Simulation({ workspace: workspace({ gold: { 'iops-total': 400 } }, devices) })
  simulation.advance(60 * S)
  const { gold } = simulation.result().groups
  expect(gold?.iops).toBeCloseTo(400, -1)
  expect(gold?.fairness).toBeGreaterThan(0.9999)
})

test('equal seeds give equal results, byte for byte; another seed gives others', () => {
  const run = (seed: number): string => {
    const mixed = device(
      'a',
      'gold',
      { arrivals: 'poisson', rateIops: 300, readPercent: 60 },
      { kind: 'exponential', us: 900 },
    )
    const simulation = new Simulation({
      workspace: workspace({ gold: { 'iops-total': 200, 'bps-write': 300_000 } }, [mixed, device('b', 'gold')], {
        seed,
      }),
    })
    simulation.advance(20 * S)
    return JSON.stringify([simulation.result(), simulation.snapshot('running')])
  }
  expect(run(7)).toBe(run(7))
  expect(run(7)).not.toBe(run(8))
})

/** More than are gone through without an event for each request. */
const MANY_GROUPS = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`g${index}`, {}]))

test.each([
  ['with an event for each request', MANY_GROUPS, 7, 100],
  ['in blocks, between which the script has a step', {}, 1, 10],
])('going on in small steps changes nothing, %s', (_, groups, events, leastCalls) => {
  const devices = [device('a', 'gold'), device('b', 'gold')]
  const script = [{ atS: 4, setLimits: { group: 'gold', limits: { 'iops-total': 300 } } }]
  const wanted = workspace({ gold: { 'iops-total': 500 }, ...groups }, devices, { script })
  const whole = new Simulation({ workspace: wanted })
  whole.advance(5 * S)
  const steps = new Simulation({ workspace: wanted })
  let calls = 0
  while (!steps.advance(5 * S, events)) calls += 1
  expect(calls).toBeGreaterThan(leastCalls)
  expect(steps.result()).toEqual(whole.result())
})

test('the disks of one iothread take turns, those of two do not', () => {
  const slow: Service = { kind: 'fixed', us: 1000 }
  const devices = [device('a', null, {}, slow), device('b', null, {}, slow)]
  expect(requestsOf(workspace({}, devices, { iothreads: 1 }), 10)).toEqual({ a: 5001, b: 5000 })
  expect(requestsOf(workspace({}, devices, { iothreads: 2 }), 10)).toEqual({ a: 10_001, b: 10_001 })
})

test('a null disk of which nothing is said takes the time of the handling, and holds up no other', () => {
  const devices = [device('a', null), device('b', null)]
  const counts = requestsOf(workspace({}, devices, { iothreads: 1 }), 0.1)
  expect(counts).toEqual({ a: 10_100, b: 10_100 })
})

test('what a disk could do alone is said where the workspace names its time, not where it was assumed', () => {
  const devices = [device('named', null, {}, { kind: 'fixed', us: 250 }), device('assumed', null)]
  const simulation = new Simulation({ workspace: workspace({}, devices) })
  simulation.advance(S)
  const { named, assumed } = simulation.snapshot('running').devices
  expect([named?.demandIops, assumed?.demandIops]).toEqual([4000, null])
  const { devices: results } = simulation.result()
  expect([results.named?.assumedServiceUs, results.assumed?.assumedServiceUs]).toEqual([undefined, 10])
})

/** On a disk with O_DIRECT. */
function deep(id: string, group: string | null, workload: Partial<SyntheticWorkload>, service: Service): Device {
  return {
    ...device(id, group, { readPercent: 100, ...workload }),
    disk: { kind: 'file', sizeBytes: 2 ** 30, direct: true, service },
  }
}

test.each([1, 4, 16])('a disk with depth that takes 250 µs for a request does %i of them in that time', (iodepth) => {
  const disk = deep('a', null, { iodepth }, { kind: 'fixed', us: 250 })
  const simulation = new Simulation({ workspace: workspace({}, [disk, { ...disk, id: 'b' }], { iothreads: 1 }) })
  simulation.advance(10 * S)
  const { a, b } = simulation.result().devices
  for (const each of [a, b]) expect(each?.read.requests).toBe(iodepth * 40_000)
  expect(a?.read.serviceNs.p50).toBeCloseTo(250e3, -4)
  expect(simulation.snapshot('running').devices.a?.demandIops).toBe(iodepth * 4000)
})

test('what a disk with depth takes for a request is drawn, and a quick one overtakes', () => {
  const done: { flow: number; goNs: number; nowNs: number }[] = []
  const service: Service = { kind: 'sampled', us: [100, 900] }
  const simulation = new Simulation({
    workspace: workspace({}, [deep('a', null, { iodepth: 8 }, service)]),
    onRequest: (flow, _offset, _bytes, _arrivalNs, goNs, nowNs) => done.push({ flow, goNs, nowNs }),
  })
  simulation.advance(S)
  expect(done.length).toBeGreaterThan(8 * 1900) // in the mean 500 µs each
  expect(done.length).toBeLessThan(8 * 2100)
  expect(new Set(done.map(({ goNs, nowNs }) => nowNs - goNs))).toEqual(new Set([100e3, 900e3]))
  expect(done.some(({ goNs }, index) => index > 0 && goNs < done[index - 1]!.goNs)).toBe(true)
  expect(done.every(({ nowNs }, index) => index === 0 || nowNs >= done[index - 1]!.nowNs)).toBe(true)
})

test('a disk with depth has what was let go at once in flight at once, and a load in its place another depth', () => {
  const wanted = workspace(
    { gold: { 'iops-total': 1000 } },
    [deep('a', 'gold', { iodepth: 64 }, { kind: 'fixed', us: 40_000 })],
    {
      script: [
        { atS: 10, setWorkload: { device: 'a', workload: { ...DEFAULT_WORKLOAD, iodepth: 8, readPercent: 100 } } },
      ],
    },
  )
  // 64 in 40 ms would be 1600 IOPS, so that the limit holds them; 8 in 40 ms are 200.
  const [before, after] = [requestsOf(wanted, 10).a!, requestsOf(wanted, 20).a!]
  expect(before / 10_000).toBeCloseTo(1, 1)
  expect((after - before) / 2000).toBeCloseTo(1, 1)
  const simulation = new Simulation({ workspace: wanted })
  const demand = (untilS: number) => {
    simulation.advance(untilS * S)
    return simulation.snapshot('running').devices.a?.demandIops
  }
  expect([demand(5), demand(15)]).toEqual([1600, 200])
})

test('an open loop keeps its arrivals while it is throttled, and its waits tell so', () => {
  const bursty = device('a', 'gold', { arrivals: 'fixed', rateIops: 200, iodepth: 8, readPercent: 100 })
  const simulation = new Simulation({ workspace: workspace({ gold: { 'iops-total': 100 } }, [bursty]) })
  simulation.advance(10 * S + SERVED_NS)
  const { read } = simulation.result().devices.a ?? {}
  expect(read?.requests).toBe(11 + 1000) // the bucket never runs empty, so nothing of the allowance is lost
  expect(read?.waitNs.max).toBeGreaterThan(4.5 * S)
})

test('steps of the script change limits, loads and groups at their time', () => {
  const wanted = workspace(
    { gold: { 'iops-total': 100 }, bulk: { 'iops-total': 10 } },
    [device('a', 'gold', { readPercent: 100 }), device('b', 'gold', { readPercent: 100 })],
    {
      script: [
        { atS: 30, setWorkload: { device: 'b', workload: { kind: 'idle' } } },
        { atS: 10, setLimits: { group: 'gold', limits: { 'iops-total': 1000 } } },
        { atS: 20, moveDevice: { device: 'b', groups: ['bulk'] } },
      ],
    },
  )
  const simulation = new Simulation({ workspace: wanted })
  const rates = [10, 20, 30, 40].map((atS) => {
    simulation.advance(atS * S + SERVED_NS)
    const { devices, events } = simulation.snapshot('running')
    return [
      Math.round(devices.a?.read.iops ?? 0),
      Math.round(devices.b?.read.iops ?? 0),
      events.map((event) => event.text),
    ]
  })
  expect(rates).toMatchInlineSnapshot(`
    [
      [
        56,
        56,
        [
          "gold: IOPS 100 → 1 000",
        ],
      ],
      [
        500,
        501,
        [
          "b moved gold → bulk",
        ],
      ],
      [
        1000,
        10,
        [
          "b: load stopped",
        ],
      ],
      [
        1000,
        0,
        [],
      ],
    ]
  `)
})

test('limits that are equal by value hand out no fresh allowance', () => {
  const devices = [device('a', 'gold', { readPercent: 100 })]
  const steps = Array.from({ length: 9 }, (_, step) => ({
    atS: step + 0.5,
    setLimits: { group: 'gold', limits: { 'iops-total': 100, 'iops-total-max-length': 1 } },
  }))
  expect(requestsOf(workspace({ gold: { 'iops-total': 100 } }, devices, { script: steps }), 10)).toEqual({ a: 1011 })
})

test('a raised limit acts at once, not when the old deadline has passed', () => {
  const wanted = workspace({ gold: { 'iops-total': 1 } }, [device('a', 'gold', { readPercent: 100 })], {
    script: [{ atS: 1, setLimits: { group: 'gold', limits: { 'iops-total': 100 } } }],
  })
  // 0 s and 0.9 s under the old limit; then a turn at once, the new allowance of 10 and one more, and one per 10 ms.
  expect(requestsOf(wanted, 1.5)).toEqual({ a: 2 + 11 + 50 })
})
