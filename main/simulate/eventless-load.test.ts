import { expect, test } from 'vitest'
import {
  DEFAULT_WORKLOAD,
  type Device,
  EMPTY_WORKSPACE,
  type Service,
  type SyntheticWorkload,
  type Workload,
  type Workspace,
} from '#shared/workspace/workspace.ts'
import { Simulation } from './simulation.ts'
import { TRACE } from './testing/load-cases.ts'

const S = 1e9
const FIXED: Service = { kind: 'fixed', us: 900 }
const MIXED = [
  { bytes: 4096, weight: 3 },
  { bytes: 65_536, weight: 1 },
]

function device(id: string, workload: Workload, service: Service | null, groups: readonly string[] = []): Device {
  const disk = { kind: 'null', sizeBytes: 2 ** 30, ...(service !== null && { service }) } as const
  return { id, groups, iothread: null, disk, workload, qemu: {} }
}

function load(fields: Partial<SyntheticWorkload>): SyntheticWorkload {
  return { ...DEFAULT_WORKLOAD, readPercent: 60, blockBytes: MIXED, iodepth: 4, ...fields }
}

function deep(id: string, workload: Workload, service: Service): Device {
  return { ...device(id, workload, service), disk: { kind: 'file', sizeBytes: 2 ** 30, direct: true, service } }
}

/** Every kind of load that is no plain closed loop, each on an iothread of its own, and one that is limited. */
const WORKSPACE: Workspace = {
  ...EMPTY_WORKSPACE,
  iothreads: 8,
  groups: { open: {}, gold: { 'iops-total': 300 } },
  devices: [
    device('poisson', load({ arrivals: 'poisson', rateIops: 700 }), { kind: 'exponential', us: 800 }),
    device('late', load({ arrivals: 'poisson', rateIops: 900, iodepth: 1, startS: 2, stopS: 9 }), FIXED),
    device('fixed', load({ arrivals: 'fixed', rateIops: 1500 }), FIXED, ['open']),
    device('ceiling', load({ rateIops: 400, onS: 1.5, offS: 0.7 }), { kind: 'sampled', us: [200, 700, 4000] }),
    device('pauses', load({ onS: 2, offS: 3 }), FIXED),
    device('assumed', load({ arrivals: 'poisson', rateIops: 3000 }), null),
    device('recorded', { kind: 'trace', path: 'a.csv', iodepth: 2, speed: 2, loop: true }, FIXED),
    device('idle', { kind: 'idle' }, FIXED),
    device('limited', load({}), null, ['gold']),
    deep('deep', load({ arrivals: 'poisson', rateIops: 500, iodepth: 16 }), { kind: 'exponential', us: 25_000 }),
    deep('deep-pauses', load({ onS: 2, offS: 3 }), { kind: 'sampled', us: [2000, 7000, 40_000] }),
  ],
}

/** What a run says at each look and at its end. */
function said(
  workspace: Workspace,
  lookEveryS: number,
  more: { readonly onRequest?: () => void } = {},
): readonly unknown[] {
  const simulation = new Simulation({ workspace, traces: new Map([['a.csv', TRACE]]), ...more })
  const looks: unknown[] = []
  for (let atS = lookEveryS; atS <= 60; atS += lookEveryS) {
    simulation.advance(Math.round(atS * S))
    looks.push(simulation.snapshot('running'))
  }
  return [simulation.requests, looks, simulation.result()]
}

test('a minute without an event per request is, to the last figure, a minute with one', () => {
  const exact = said(WORKSPACE, 4, { onRequest: () => {} })
  const blocks = said(WORKSPACE, 4)
  expect(blocks[0]).toBeGreaterThan(200_000)
  expect(JSON.stringify(blocks) === JSON.stringify(exact)).toBe(true)
})

test('there is an event for about a thousand requests, not for each', () => {
  const devices = WORKSPACE.devices.filter(({ id }) => id !== 'limited')
  const simulation = new Simulation({ workspace: { ...WORKSPACE, devices }, traces: new Map([['a.csv', TRACE]]) })
  expect(simulation.advance(600 * S, 20_000)).toBe(true)
  simulation.result()
  expect(simulation.requests).toBeGreaterThan(2_000_000)
})

test('how often somebody looks changes nothing', () => {
  const [rarely, often] = [said(WORKSPACE, 60), said(WORKSPACE, 0.25)]
  expect(often[0]).toBe(rarely[0])
  expect(often[2]).toEqual(rarely[2])
})

test('the result marks who was never limited: by no group, no step, and no move', () => {
  const script = [
    { atS: 1, moveDevice: { device: 'pauses', groups: ['gold'] } },
    { atS: 2, setLimits: { group: 'open', limits: { 'bps-total': 1e9 } } },
    { atS: 3, setWorkload: { device: 'poisson', workload: load({ arrivals: 'fixed', rateIops: 50 }) } },
  ]
  const marked = (workspace: Workspace): readonly string[] => {
    const { devices } = new Simulation({ workspace, traces: new Map([['a.csv', TRACE]]) }).result()
    return Object.keys(devices).filter((id) => devices[id]!.unlimited === true)
  }
  const all = WORKSPACE.devices.map(({ id }) => id).filter((id) => id !== 'limited')
  expect(marked(WORKSPACE)).toEqual(all)
  expect(marked({ ...WORKSPACE, script })).toEqual(all.filter((id) => id !== 'pauses' && id !== 'fixed'))
})

test('a script that changes their loads or takes them into groups has them simulated as ever', () => {
  const script = [
    { atS: 1, moveDevice: { device: 'pauses', groups: ['gold'] } },
    { atS: 2, setLimits: { group: 'open', limits: { 'iops-total': 200 } } },
    { atS: 3, setWorkload: { device: 'poisson', workload: load({ arrivals: 'fixed', rateIops: 50 }) } },
  ]
  const workspace = { ...WORKSPACE, script }
  const exact = said(workspace, 6, { onRequest: () => {} })
  expect(JSON.stringify(said(workspace, 6)) === JSON.stringify(exact)).toBe(true)
})

test('a closed loop in a group without a limit runs freely', () => {
  const inGroup = {
    ...WORKSPACE,
    devices: [device('a', load({ blockBytes: 4096, readPercent: 100 }), FIXED, ['open'])],
  }
  const exact = said(inGroup, 10, { onRequest: () => {} })
  expect(JSON.stringify(said(inGroup, 10)) === JSON.stringify(exact)).toBe(true)
})
