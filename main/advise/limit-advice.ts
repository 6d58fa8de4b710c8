import type { Traces } from '#main/simulate/simulated-device.ts'
import { Simulation } from '#main/simulate/simulation.ts'
import type { FlowResult } from '#shared/result.ts'
import {
  type Bucket,
  canonicalLimits,
  equalLimits,
  type Limits,
  lengthKey,
  limitOf,
  MAX_LENGTH_S,
  maxKey,
  NO_LIMITS,
} from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import { isIn } from '#shared/workspace/chain.ts'
import { membersOf, type Workspace } from '#shared/workspace/workspace.ts'
import { DemandMeter, type RateName, type Rates } from './demand.ts'

// Which limits to choose for a group, from what its loads ask for:
//
//   1. the group without limits in virtual time ─▶ how many requests and bytes per second arrive
//   2. candidates: the average at a percentile of those rates, alone or with a burst that lets the rest through
//   3. each candidate in virtual time ─▶ who has to wait, and how long
//
// The advice is the lowest candidate under which 99 of 100 requests wait no longer than the target. A load that takes all
// it can get has no demand to follow: it would only say how quick its disk is.

export const ADVICE_FORMAT = 'weir-advice/1'

export interface AdviceOptions {
  readonly workspace: Workspace
  readonly traces: Traces
  readonly group: string
  readonly durationS: number
  readonly targetWaitNs: number
}

export interface Candidate {
  /** The rate of the demand that its averages follow. */
  readonly rate: RateName
  readonly burst: 'burst' | 'no burst'
  readonly limits: Limits
  /** Share of the requests that had to wait, 0…1. */
  readonly delayedShare: number
  /** Of the slowest device and direction. */
  readonly waitP99Ns: number
  readonly waitMaxNs: number
}

export interface Advice {
  readonly group: string
  readonly members: readonly string[]
  readonly durationS: number
  readonly targetWaitNs: number
  /** null: a member is insatiable. */
  readonly demand: { readonly iops: Rates; readonly bps: Rates } | null
  /** From low to high, each pair of limits once; none where a member is insatiable. */
  readonly candidates: readonly Candidate[]
  /** Index into `candidates`; null: none keeps the waits within the target. */
  readonly recommended: number | null
  /** Members that take all they can get: closed loops without a ceiling. */
  readonly insatiable: readonly string[]
}

const RATES: readonly RateName[] = ['p50', 'p90', 'p95', 'p99', 'max']
const BURSTS = ['no burst', 'burst'] as const
/** About 10 ms of simulation between two steps. */
const EVENTS_PER_STEP = 20_000

/** Each step does a little and yields how far the whole is, 0…1. */
export function* adviseGroup(options: AdviceOptions): Generator<number, Advice> {
  const { workspace, group, durationS, targetWaitNs } = options
  const members = membersOf(workspace, group)
  const insatiable = members.filter((device) => isInsatiable(device.workload)).map((device) => device.id)
  const known = { group, members: members.map((device) => device.id), durationS, targetWaitNs, insatiable }
  if (insatiable.length > 0) return { ...known, demand: null, candidates: [], recommended: null }
  const demand = yield* measureDemand(options, 1 / (RATES.length * BURSTS.length + 1))
  const wanted = distinctLimits(demand, workspace.groups[group] ?? {})
  const candidates: Candidate[] = []
  for (const [index, one] of wanted.entries()) {
    const part = { from: (index + 1) / (wanted.length + 1), share: 1 / (wanted.length + 1) }
    candidates.push({ ...one, ...(yield* tryLimits(options, one.limits, part)) })
  }
  const found = candidates.findIndex((candidate) => candidate.waitP99Ns <= targetWaitNs)
  return {
    ...known,
    demand: { iops: demand.iops.rates(), bps: demand.bps.rates() },
    candidates,
    recommended: found === -1 ? null : found,
  }
}

type Wanted = Pick<Candidate, 'rate' | 'burst' | 'limits'>

/** The limits to try, from low to high; those that a lower rate gives already are left out. */
function distinctLimits(demand: Demand, present: Limits): readonly Wanted[] {
  const wanted: Wanted[] = []
  for (const rate of RATES) {
    for (const burst of BURSTS) {
      const limits = limitsFor(demand, present, { rate, burst })
      if (!wanted.some((other) => equalLimits(other.limits, limits))) wanted.push({ rate, burst, limits })
    }
  }
  return wanted
}

interface Demand {
  readonly iops: DemandMeter
  readonly bps: DemandMeter
}

function isInsatiable(workload: Workspace['devices'][number]['workload']): boolean {
  return workload.kind === 'synthetic' && workload.arrivals === 'closed' && workload.rateIops === 0
}

/** The other levels of its members let everything through: what waits there says nothing about this group. */
function withLimits(workspace: Workspace, group: string, limits: Limits): Workspace {
  const others = new Set(membersOf(workspace, group).flatMap(({ groups }) => groups))
  const groups = Object.entries(workspace.groups).map(([name, present]): [string, Limits] => {
    if (name === group) return [name, limits]
    return [name, others.has(name) ? NO_LIMITS : present]
  })
  return { ...workspace, groups: Object.fromEntries(groups) }
}

function* measureDemand(
  { workspace, traces, group, durationS }: AdviceOptions,
  share: number,
): Generator<number, Demand> {
  const demand: Demand = { iops: new DemandMeter(durationS), bps: new DemandMeter(durationS) }
  const counted = workspace.devices.map((device) => isIn(device, group))
  const sizeBytes = limitOf(workspace.groups[group] ?? {}, 'iops-size')
  const simulation = new Simulation({
    workspace: withLimits(workspace, group, {}),
    traces,
    onRequest: (flow, _offset, bytes, arrivalNs) => {
      if (counted[flow >> 1] !== true) return
      demand.iops.add(arrivalNs, sizeBytes > 0 && bytes > sizeBytes ? bytes / sizeBytes : 1)
      demand.bps.add(arrivalNs, bytes)
    },
  })
  yield* through(simulation, durationS, { from: 0, share })
  return demand
}

function* through(
  simulation: Simulation,
  durationS: number,
  part: { readonly from: number; readonly share: number },
): Generator<number, void> {
  const endNs = Math.round(durationS * NS_PER_S)
  while (!simulation.advance(endNs, EVENTS_PER_STEP)) yield part.from + (part.share * simulation.nowNs) / endNs
}

/** Averages at `rate` of the demand; with a burst also what lets the highest peaks through. */
function limitsFor(
  demand: Demand,
  present: Limits,
  { rate, burst }: { readonly rate: RateName; readonly burst: Candidate['burst'] },
): Limits {
  const one = (bucket: Bucket, meter: DemandMeter, rounded: (value: number) => number): Limits => {
    const avg = rounded(meter.rates()[rate])
    if (burst === 'no burst') return { [bucket]: avg }
    const ahead = meter.mostAhead(avg)
    const peak = meter.peakRate()
    // What comes within a second fits a pool; a longer burst is held at its peak, or it would take the disk for itself.
    if (ahead <= peak) return { [bucket]: avg, [maxKey(bucket)]: Math.max(avg, rounded(ahead)) }
    const max = Math.max(avg, rounded(peak))
    return { [bucket]: avg, [maxKey(bucket)]: max, [lengthKey(bucket)]: Math.min(Math.ceil(ahead / max), MAX_LENGTH_S) }
  }
  return canonicalLimits({
    ...one('iops-total', demand.iops, roundedOperations),
    ...one('bps-total', demand.bps, roundedBytes),
    'iops-size': limitOf(present, 'iops-size'),
  })
}

/** Up to two digits: a limit is no measurement. */
function roundedOperations(value: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(value, 1))) - 1)
  return Math.max(1, Math.ceil(value / step)) * step
}

/** Up to a sixteenth of the power of two below it, so that it reads well in KiB and MiB. */
function roundedBytes(value: number): number {
  const step = 2 ** Math.max(12, Math.floor(Math.log2(Math.max(value, 1))) - 4)
  return Math.max(1, Math.ceil(value / step)) * step
}

function* tryLimits(
  { workspace, traces, group, durationS }: AdviceOptions,
  limits: Limits,
  part: { readonly from: number; readonly share: number },
): Generator<number, Pick<Candidate, 'delayedShare' | 'waitP99Ns' | 'waitMaxNs'>> {
  const simulation = new Simulation({ workspace: withLimits(workspace, group, limits), traces })
  yield* through(simulation, durationS, part)
  const { devices } = simulation.result()
  const flows: FlowResult[] = membersOf(workspace, group).flatMap(({ id }) => {
    const device = devices[id]
    return device === undefined ? [] : [device.read, device.write]
  })
  const most = (of: (flow: FlowResult) => number): number => Math.max(0, ...flows.map(of))
  const total = (of: (flow: FlowResult) => number): number => flows.reduce((sum, flow) => sum + of(flow), 0)
  return {
    delayedShare: Math.min(
      1,
      total((flow) => flow.delayed) /
        Math.max(
          1,
          total((flow) => flow.requests),
        ),
    ),
    waitP99Ns: most((flow) => flow.waitNs.p99),
    waitMaxNs: most((flow) => flow.waitNs.max),
  }
}
