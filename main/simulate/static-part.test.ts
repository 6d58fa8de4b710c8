import fc from 'fast-check'
import { expect, test } from 'vitest'
import { EMPTY_WORKSPACE, type ScriptStep, type Workspace } from '#shared/workspace/workspace.ts'
import { Simulation } from './simulation.ts'
import { apart, CASES, DISKS, diskOf, FIXED, load, TRACE } from './testing/load-cases.ts'

const S = 1e9
/** More with WEIR_RUNS=… when hunting. */
const RUNS = Number(process.env.WEIR_RUNS ?? 60)
/** Shrinking a failure takes a while, and machines are shared. */
const PATIENCE = { timeout: 120_000 }

function started(workspace: Workspace, more: { readonly onRequest?: () => void } = {}): Simulation {
  return new Simulation({ workspace, traces: new Map([['a.csv', TRACE]]), ...more })
}

/** What a run says at each look and at its end. */
function said(simulation: Simulation, lookEveryS: number): readonly unknown[] {
  const looks: unknown[] = []
  for (let atS = lookEveryS; atS <= 30; atS += lookEveryS) {
    simulation.advance(Math.round(atS * S))
    looks.push(simulation.snapshot('running'))
  }
  return [simulation.requests, looks, simulation.result()]
}

test.each(CASES.map((one, index) => [index, one] as const))(
  'half a minute of case %i without events is, to the last figure, one with an event for each',
  (_, one) => {
    const exact = said(started(apart([one]), { onRequest: () => {} }), 0.7)
    expect(JSON.stringify(said(started(apart([one])), 0.7)) === JSON.stringify(exact)).toBe(true)
  },
)

test.each(DISKS)('all of them side by side, too, each on a disk of kind %s', (kind) => {
  const workspace = apart(CASES, kind)
  const exact = said(started(workspace, { onRequest: () => {} }), 3)
  expect(exact[0]).toBeGreaterThan(150_000)
  expect(JSON.stringify(said(started(workspace), 3)) === JSON.stringify(exact)).toBe(true)
})

test('how often somebody looks changes nothing', () => {
  const [rarely, often] = [said(started(apart(CASES)), 30), said(started(apart(CASES)), 0.25)]
  expect(often[0]).toBe(rarely[0])
  expect(often[2]).toEqual(rarely[2])
})

/** Groups of which some limit much, some little, some nothing; at most one of each in a chain. */
const GROUPS: Workspace['groups'] = {
  cap: { 'iops-total': 1500, 'bps-total': 40_000_000 },
  small: { 'iops-read': 200, 'iops-write': 200 },
  burst: { 'iops-total': 150, 'iops-total-max': 900, 'iops-total-max-length': 3, 'iops-size': 8192 },
  bytes: { 'bps-read': 2_000_000, 'bps-write': 9_000_000 },
  wide: { 'iops-total': 1_000_000 },
  open: {},
}

/** What nothing limits may run freely, and is then drawn otherwise. */
function isLimited(groups: readonly string[]): boolean {
  return groups.some((group) => group !== 'open')
}

const SHARED_DISKS = [
  diskOf('null', null),
  diskOf('null', FIXED),
  diskOf('null', { kind: 'sampled', us: [10, 90, 400] }),
  diskOf('deep', { kind: 'fixed', us: 3000 }),
  diskOf('deep', { kind: 'sampled', us: [100, 900, 9000] }),
]

/** Devices that share groups, at several levels, one of which limits them, and iothreads that their disks keep busy. */
const SHARED = fc
  .array(
    fc.record({
      groups: fc.subarray(Object.keys(GROUPS), { minLength: 1, maxLength: 3 }).filter(isLimited),
      mirrored: fc.boolean(),
      load: fc.constantFrom(...CASES.map(([workload]) => workload)),
      disk: fc.constantFrom(...SHARED_DISKS),
      iothread: fc.nat(1),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map(
    (devices): Workspace => ({
      ...EMPTY_WORKSPACE,
      iothreads: 2,
      groups: GROUPS,
      devices: devices.map(({ groups, mirrored, load: workload, disk, iothread }, index) => ({
        id: `d${index}`,
        groups: mirrored ? [...groups].reverse() : groups,
        iothread,
        disk,
        workload,
        qemu: {},
      })),
    }),
  )

/** Some of them at one time, at which timers may be due, too. */
const STEPS = fc.array(
  fc.record({
    atS: fc.constantFrom(0, 0.3, 0.31, 0.7, 1, 2, 2.5, 3.999),
    device: fc.nat(5),
    change: fc.oneof(
      fc.record({
        group: fc.constantFrom(...Object.keys(GROUPS)),
        limits: fc.constantFrom(...Object.values(GROUPS)),
      }),
      fc.constantFrom(...CASES.map(([workload]) => workload)),
      fc.subarray(Object.keys(GROUPS), { minLength: 1, maxLength: 3 }).filter(isLimited),
    ),
  }),
  { maxLength: 6 },
)

function scriptOf(steps: typeof STEPS extends fc.Arbitrary<infer T> ? T : never, devices: number): ScriptStep[] {
  return steps.map(({ atS, device: place, change }) => {
    const device = `d${place % devices}`
    if (Array.isArray(change)) return { atS, moveDevice: { device, groups: change } }
    return 'kind' in change ? { atS, setWorkload: { device, workload: change } } : { atS, setLimits: change }
  })
}

test('devices that share groups and disks are, to the last figure, as with an event for each request', PATIENCE, () => {
  fc.assert(
    fc.property(SHARED, STEPS, (shared, steps) => {
      const script = scriptOf(steps, shared.devices.length)
      const workspace = { ...shared, script }
      const [exact, fast] = [started(workspace, { onRequest: () => {} }), started(workspace)]
      for (const atS of [0.4, 1.1, 4]) {
        exact.advance(atS * S)
        fast.advance(atS * S)
        const [expected, actual] = [exact, fast].map((run) => JSON.stringify([run.requests, run.snapshot('running')]))
        if (actual !== expected) throw new Error(`the snapshots at ${atS} s differ`)
      }
      if (JSON.stringify(fast.result()) !== JSON.stringify(exact.result())) throw new Error('the results differ')
    }),
    { numRuns: RUNS },
  )
})

/** `count` devices of one group that all want more than it gives. */
function crowd(count: number): Workspace {
  const one = apart([CASES[0]!])
  const [first] = one.devices
  const disk = { kind: 'null', sizeBytes: 2 ** 30 } as const
  return { ...one, devices: Array.from({ length: count }, (_, index) => ({ ...first!, id: `d${index}`, disk })) }
}

// Up to 15, whose events stand in a row, and more, which have a heap.
test.each([3, 15, 16, 40])('%i devices of one group take turns as with an event for each request', (count) => {
  const exact = said(started(crowd(count), { onRequest: () => {} }), 7)
  expect(JSON.stringify(said(started(crowd(count)), 7)) === JSON.stringify(exact)).toBe(true)
})

test('there is an event for about a thousand requests, not for each', () => {
  const [first] = CASES
  const simulation = started(apart([first!, CASES[1]!]))
  expect(simulation.advance(600 * S, 5000)).toBe(true)
  expect(simulation.requests).toBeGreaterThan(900_000)
  expect(started(crowd(8)).advance(600 * S, 3000)).toBe(true)
})

test('looks in quick succession make no block longer', () => {
  const simulation = started(apart(CASES.slice(0, 1)))
  for (let atMs = 20; atMs <= 1000; atMs += 20) simulation.advance(atMs * 1e6)
  const before = simulation.requests
  expect(simulation.advance(600 * S, 5)).toBe(false)
  expect(simulation.requests - before).toBeLessThan(20_000)
})

test('between two steps of the script, too, there is no event for each request', () => {
  const script: ScriptStep[] = [
    { atS: 50, setLimits: { group: 'g0', limits: { 'iops-total': 2000 } } },
    { atS: 100, setWorkload: { device: 'd1', workload: load({ iodepth: 2 }) } },
  ]
  const simulation = started({ ...crowd(8), script })
  expect(simulation.advance(150 * S, 1500)).toBe(true)
  expect(simulation.requests).toBeGreaterThan(150_000)
})

test.each([
  // 32 at once take the disk 13 ms.
  ['null', FIXED],
  ['deep', { kind: 'exponential', us: 9000 }],
] as const)(
  'what a disk of kind %s serves from one step of the script to the next is done when it was to be',
  (kind, service) => {
    const limits = [1400, 1500, 1600].map((iops) => ({ 'iops-total': 400, 'iops-total-max': iops }))
    const workspace = apart([[load({ iodepth: 32 }), limits[0]!, service]], kind)
    const script = limits.map((each, index) => ({ atS: 0.3 + index / 100, setLimits: { group: 'g0', limits: each } }))
    const [exact, fast] = [
      started({ ...workspace, script }, { onRequest: () => {} }),
      started({ ...workspace, script }),
    ]
    for (const atS of [0.305, 0.315, 0.33, 5]) {
      for (const run of [exact, fast]) run.advance(atS * S)
      expect(fast.snapshot('running')).toEqual(exact.snapshot('running'))
    }
  },
)

test('a load that runs freely for a while leaves and finds everything as with an event for each request', () => {
  const script: ScriptStep[] = [
    { atS: 3, moveDevice: { device: 'd0', groups: [] } },
    { atS: 3.3, setWorkload: { device: 'd0', workload: load({ iodepth: 2 }) } },
    { atS: 5, moveDevice: { device: 'd0', groups: ['g0'] } },
    { atS: 9, setLimits: { group: 'g0', limits: { 'iops-total': 200 } } },
  ]
  const workspace = { ...apart([CASES[3]!, CASES[4]!]), script }
  workspace.devices = workspace.devices.map((device) => ({ ...device, groups: ['g0'], iothread: 0 }))
  // More groups than are gone through without events: the loads still run freely, since nobody asks for each request.
  const others = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`other${index}`, {}]))
  const exact = { ...workspace, groups: { ...workspace.groups, ...others } }
  const [expected, actual] = [exact, workspace].map((one) => started(one))
  for (const atS of [1, 3.1, 4, 6, 20]) {
    for (const run of [expected!, actual!]) run.advance(atS * S)
    const { devices, events } = actual!.snapshot('running')
    expect({ devices, events }).toEqual(
      (({ devices: d, events: e }) => ({ devices: d, events: e }))(expected!.snapshot('running')),
    )
  }
  expect(actual!.result().devices).toEqual(expected!.result().devices)
})

test('a step of the script has the device simulated as ever', () => {
  const workspace = apart(CASES.slice(0, 2))
  const script = [
    { atS: 3, setLimits: { group: 'g0', limits: { 'iops-total': 200 } } },
    { atS: 5, setWorkload: { device: 'd1', workload: load({ arrivals: 'fixed', rateIops: 50 }) } },
    { atS: 9, moveDevice: { device: 'd1', groups: ['g0'] } },
  ]
  const exact = said(started({ ...workspace, script }, { onRequest: () => {} }), 2)
  expect(JSON.stringify(said(started({ ...workspace, script }), 2)) === JSON.stringify(exact)).toBe(true)
})
