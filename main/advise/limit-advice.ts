import { hiddenDemand } from '#main/frontier/hidden-demand.ts'
import { recordedLoads } from '#main/frontier/recorded-loads.ts'
import { bunchedTraces } from '#main/load/bunched.ts'
import type { Traces } from '#main/load/trace.ts'
import { Simulation } from '#main/simulate/simulation.ts'
import type { FlowResult, HiddenDemand } from '#shared/result.ts'
import { requestUnits } from '#shared/throttle/counting.ts'
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
import { askedIops } from '#shared/workspace/asked-rate.ts'
import { isIn } from '#shared/workspace/chain.ts'
import { type Device, membersOf, type Workspace } from '#shared/workspace/workspace.ts'
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
  /** The same if the requests of counted loads came as bunched as they can have; null: each is timed. */
  readonly bunched: Waits | null
}

export type Waits = Pick<Candidate, 'delayedShare' | 'waitP99Ns' | 'waitMaxNs'>

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
  /** Whether recordings tell when each request came, or only how many an interval had. */
  readonly timing: 'each request' | 'intervals'
  /** Members that may have wanted more when they were recorded than they were given. */
  readonly hidden: readonly HiddenDemand[]
}

const RATES: readonly RateName[] = ['p50', 'p90', 'p95', 'p99', 'max']
const BURSTS = ['no burst', 'burst'] as const
/** About 10 ms of simulation between two steps. */
const EVENTS_PER_STEP = 20_000

/** Each step does a little and yields how far the whole is, 0…1. */
export function* adviseGroup(options: AdviceOptions): Generator<number, Advice> {
  const { workspace, group, durationS, targetWaitNs } = options
  const members = membersOf(workspace, group)
  const insatiable = members.filter((device) => isInsatiable(device)).map((device) => device.id)
  const bunched = bunchedTraces(tracesOf(members, options.traces))
  const timing = bunched === null ? ('each request' as const) : ('intervals' as const)
  const hidden = hiddenDemand(recordedLoads(members, options.traces))
  const known = {
    group,
    members: members.map((device) => device.id),
    durationS,
    targetWaitNs,
    insatiable,
    timing,
    hidden,
  }
  if (insatiable.length > 0) return { ...known, demand: null, candidates: [], recommended: null }
  const share = 1 / (RATES.length * BURSTS.length + 1)
  const demand = yield* measureDemand(options, share)
  const crowded = bunched === null ? null : { ...options, traces: new Map([...options.traces, ...bunched]) }
  const peaks = crowded === null ? demand : yield* measureDemand(crowded, share)
  const wanted = distinctLimits({ demand, peaks }, workspace.groups[group] ?? {})
  const candidates: Candidate[] = []
  for (const [index, one] of wanted.entries()) {
    const part = { from: (index + 1) / (wanted.length + 1), share: 1 / (wanted.length + 1) }
    const waits = yield* tryLimits(options, one.limits, part)
    candidates.push({ ...one, ...waits, bunched: crowded && (yield* tryLimits(crowded, one.limits, part)) })
  }
  // What is promised holds for both.
  const found = candidates.findIndex(
    ({ waitP99Ns, bunched: most }) => Math.max(waitP99Ns, most?.waitP99Ns ?? 0) <= targetWaitNs,
  )
  return {
    ...known,
    demand: { iops: demand.iops.rates(), bps: demand.bps.rates() },
    candidates,
    recommended: found === -1 ? null : found,
  }
}

type Wanted = Pick<Candidate, 'rate' | 'burst' | 'limits'>

/** The limits to try, from low to high; those that a lower rate gives already are left out. */
function distinctLimits(demands: Demands, present: Limits): readonly Wanted[] {
  const wanted: Wanted[] = []
  for (const rate of RATES) {
    for (const burst of BURSTS) {
      const limits = limitsFor(demands, present, { rate, burst })
      if (!wanted.some((other) => equalLimits(other.limits, limits))) wanted.push({ rate, burst, limits })
    }
  }
  return wanted
}

interface Demand {
  readonly iops: DemandMeter
  readonly bps: DemandMeter
}

interface Demands {
  /** Rates of whole seconds follow it. */
  readonly demand: Demand
  /** Bursts follow it: of counted loads the worst. */
  readonly peaks: Demand
}

function tracesOf(members: readonly Device[], traces: Traces): Traces {
  const paths = members.flatMap(({ workload }) => (workload.kind === 'trace' ? [workload.path] : []))
  return new Map([...traces].filter(([path]) => paths.includes(path)))
}

function isInsatiable({ workload }: Device): boolean {
  return workload.kind === 'synthetic' && workload.arrivals === 'closed' && askedIops(workload) === null
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
      demand.iops.add(arrivalNs, requestUnits(bytes, sizeBytes))
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
  { demand, peaks }: Demands,
  present: Limits,
  { rate, burst }: { readonly rate: RateName; readonly burst: Candidate['burst'] },
): Limits {
  const one = (bucket: Bucket, unit: 'iops' | 'bps', rounded: (value: number) => number): Limits => {
    const avg = rounded(demand[unit].rates()[rate])
    if (burst === 'no burst') return { [bucket]: avg }
    const ahead = peaks[unit].mostAhead(avg)
    const peak = peaks[unit].peakRate()
    // What comes within a second fits a pool; a longer burst is held at its peak, or it would take the disk for itself.
    if (ahead <= peak) return { [bucket]: avg, [maxKey(bucket)]: Math.max(avg, rounded(ahead)) }
    const max = Math.max(avg, rounded(peak))
    return { [bucket]: avg, [maxKey(bucket)]: max, [lengthKey(bucket)]: Math.min(Math.ceil(ahead / max), MAX_LENGTH_S) }
  }
  return canonicalLimits({
    ...one('iops-total', 'iops', roundedOperations),
    ...one('bps-total', 'bps', roundedBytes),
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
): Generator<number, Waits> {
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
