import { Random } from '#main/load/random.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import {
  DEFAULT_WORKLOAD,
  type Device,
  type Disk,
  EMPTY_WORKSPACE,
  type ScriptStep,
  type Workload,
  type Workspace,
} from '#shared/workspace/workspace.ts'

// Small workspaces of all sorts, each from a seed: chains, shared iothreads, every kind of load and disk, and a script.

const GROUPS = ['a', 'b', 'c', 'd', 'e']

export function randomWorkspace(seed: number): Workspace {
  const random = new Random(seed, 'workspace')
  const names = GROUPS.slice(0, 1 + random.below(GROUPS.length))
  const devices = Array.from({ length: 2 + random.below(7) }, (_, index) => randomDevice(random, `d${index}`, names))
  const steps = Array.from({ length: random.below(5) }, () => randomStep(random, names, devices))
  return {
    ...EMPTY_WORKSPACE,
    name: `random ${seed}`,
    seed,
    iothreads: 1 + random.below(4),
    groups: Object.fromEntries(names.map((name) => [name, randomLimits(random)])),
    devices,
    script: steps,
  }
}

function pick<T>(random: Random, choices: readonly T[]): T {
  return choices[random.below(choices.length)] as T // below their number
}

function randomLimits(random: Random): Limits {
  return pick<Limits>(random, [
    {},
    { 'iops-total': 50 + random.below(400) },
    { 'iops-read': 100, 'iops-write': 40 },
    { 'bps-total': 1_000_000 + random.below(4_000_000), 'iops-size': 8192, 'iops-total': 300 },
    { 'iops-total': 100, 'iops-total-max': 500, 'iops-total-max-length': 2 },
  ])
}

function randomChain(random: Random, names: readonly string[]): readonly string[] {
  return names.filter(() => random.unit() < 0.35).slice(0, 2)
}

function randomDevice(random: Random, id: string, names: readonly string[]): Device {
  return {
    id,
    groups: randomChain(random, names),
    iothread: null,
    disk: randomDisk(random),
    workload: randomWorkload(random),
    qemu: {},
  }
}

function randomDisk(random: Random): Disk {
  const sizeBytes = 2 ** 28
  return pick<Disk>(random, [
    { kind: 'null', sizeBytes },
    { kind: 'null', sizeBytes, service: { kind: 'fixed', us: 150 + random.below(300) } },
    { kind: 'null', sizeBytes, service: { kind: 'exponential', us: 200 } },
    { kind: 'null', sizeBytes, service: { kind: 'sampled', us: [100, 250, 900] } },
    { kind: 'file', sizeBytes, direct: true },
    { kind: 'file', sizeBytes, direct: true, service: { kind: 'exponential', us: 900 } },
  ])
}

function randomWorkload(random: Random): Workload {
  const blockBytes = pick(random, [
    4096,
    16_384,
    [
      { bytes: 4096, weight: 2 },
      { bytes: 65_536, weight: 1 },
    ],
  ])
  const common = {
    ...DEFAULT_WORKLOAD,
    blockBytes,
    readPercent: pick(random, [0, 30, 70, 100]),
    iodepth: 1 + random.below(6),
    pattern: pick(random, ['random', 'sequential'] as const),
  }
  return pick<Workload>(random, [
    common,
    common,
    { ...common, rateIops: 80 },
    { ...common, arrivals: 'poisson', rateIops: 30 + random.below(300) },
    { ...common, arrivals: 'fixed', rateIops: 30 + random.below(300), startS: 1 },
    { ...common, onS: 1, offS: 0.5, stopS: 4 },
    { kind: 'idle' },
  ])
}

function randomStep(random: Random, names: readonly string[], devices: readonly Device[]): ScriptStep {
  const atS = 1 + random.below(4)
  const device = pick(random, devices).id
  return pick<ScriptStep>(random, [
    { atS, setLimits: { group: pick(random, names), limits: randomLimits(random) } },
    { atS, moveDevice: { device, groups: randomChain(random, names) } },
    { atS, setWorkload: { device, workload: randomWorkload(random) } },
  ])
}
