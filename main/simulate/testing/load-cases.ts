import type { Trace } from '#main/load/trace.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import {
  DEFAULT_WORKLOAD,
  type Device,
  type Disk,
  EMPTY_WORKSPACE,
  type Service,
  type SyntheticWorkload,
  type Workload,
  type Workspace,
} from '#shared/workspace/workspace.ts'

// Every kind of load under every kind of limit, on disks of both kinds.

/** One that keeps its iothread busy, if it takes time, and one that has several requests in flight. */
export const DISKS = ['null', 'deep'] as const
type DiskKind = (typeof DISKS)[number]

export function diskOf(kind: DiskKind, service: Service | null): Disk {
  const rest = { sizeBytes: 2 ** 30, ...(service !== null && { service }) }
  return kind === 'null' ? { kind, ...rest } : { kind: 'file', direct: true, ...rest }
}

export const FIXED: Service = { kind: 'fixed', us: 400 }
const MIXED = [
  { bytes: 4096, weight: 3 },
  { bytes: 65_536, weight: 1 },
]

/** A device, and the limits of the group of its own. */
type Case = readonly [workload: Workload, limits: Limits, service?: Service]

export function load(fields: Partial<SyntheticWorkload>): SyntheticWorkload {
  return { ...DEFAULT_WORKLOAD, readPercent: 60, blockBytes: MIXED, iodepth: 6, ...fields }
}

export const CASES: readonly Case[] = [
  // Each direction has a timer, and under one total both are often due at the same ns.
  [load({}), { 'iops-total': 900 }],
  [load({}), { 'iops-total': 900 }, { kind: 'sampled', us: [200, 700, 4000] }],
  // Equal rates of both directions: the timers run side by side, each set after the other in turns.
  [load({ iodepth: 8 }), { 'iops-read': 500, 'iops-write': 500 }, { kind: 'sampled', us: [10, 90, 400] }],
  [
    load({ iodepth: 8, readPercent: 20 }),
    { 'iops-read': 500, 'iops-write': 500 },
    { kind: 'sampled', us: [10, 90, 400] },
  ],
  [load({ blockBytes: 4096, pattern: 'sequential' }), { 'iops-read': 500, 'iops-write': 500 }],
  [load({}), { 'bps-read': 6_000_000, 'iops-write': 300, 'iops-size': 8192 }],
  [load({ iodepth: 1 }), { 'iops-total': 300, 'iops-total-max': 1500, 'iops-total-max-length': 4 }],
  [
    load({ iodepth: 32 }),
    { 'bps-total': 9_000_000, 'bps-total-max': 30_000_000, 'iops-total': 800, 'iops-size': 16_384 },
  ],
  [load({ arrivals: 'poisson', rateIops: 700 }), { 'iops-total': 650 }, { kind: 'exponential', us: 700 }],
  [load({ arrivals: 'poisson', rateIops: 300, startS: 2, stopS: 9 }), { 'iops-total': 1000 }],
  [load({ arrivals: 'fixed', rateIops: 1000 }), { 'iops-total': 500, 'iops-total-max': 2000 }],
  [load({ rateIops: 400, onS: 1.5, offS: 0.7 }), { 'iops-read': 120 }, { kind: 'sampled', us: [200, 700, 4000] }],
  [load({ onS: 2, offS: 3 }), { 'iops-total': 250 }],
  [{ kind: 'trace', path: 'a.csv', iodepth: 2, speed: 2, loop: true }, { 'iops-total': 90 }],
  [{ kind: 'idle' }, { 'iops-total': 90 }],
  // A limit that never binds.
  [load({}), { 'iops-total': 1_000_000 }],
]

export const TRACE: Trace = {
  timesNs: Float64Array.of(0, 1e6, 1e6, 5e6, 40e6),
  offsets: Float64Array.of(0, 4096, 8192, 0, 4096),
  sizes: Uint32Array.of(4096, 4096, 2 ** 31 + 8192, 512, 2 ** 31 + 4096),
  count: 5,
}

/** Every device has its group and its iothread to itself. */
export function apart(cases: readonly Case[], kind: DiskKind = 'null'): Workspace {
  const device = ([workload, , service = FIXED]: Case, index: number): Device => ({
    id: `d${index}`,
    groups: [`g${index}`],
    iothread: index,
    disk: diskOf(kind, service),
    workload,
    qemu: {},
  })
  return {
    ...EMPTY_WORKSPACE,
    iothreads: cases.length,
    groups: Object.fromEntries(cases.map(([, limits], index) => [`g${index}`, limits])),
    devices: cases.map(device),
  }
}
