import { type DeviceGain, gainsBetween } from '#shared/report/gains.ts'
import type { DeviceResult, GroupResult, RunResult } from '#shared/result.ts'

// Was B better than A? Two results of runs, figure by figure, for what both have.

export const COMPARISON_FORMAT = 'weir-comparison/1'

export type FigureName = 'iops' | 'bps' | 'waitP50Ns' | 'waitP99Ns' | 'delayedShare' | 'throttledShare' | 'fairness'
export type Verdict = 'better' | 'worse' | 'same'

export interface Difference {
  readonly kind: 'group' | 'device'
  readonly name: string
  readonly figure: FigureName
  readonly a: number
  readonly b: number
  /** b / a − 1; null where a is 0 and b is not. */
  readonly change: number | null
  readonly verdict: Verdict
}

export interface Comparison {
  readonly format: typeof COMPARISON_FORMAT
  readonly a: string
  readonly b: string
  /** A figure counts as changed from this share on. */
  readonly tolerance: number
  readonly differences: readonly Difference[]
  readonly better: number
  readonly worse: number
  /** Device by device: who gains, who pays, and what. */
  readonly gains: readonly DeviceGain[]
  /** Groups and devices that only one of the two has. */
  readonly onlyA: readonly string[]
  readonly onlyB: readonly string[]
}

interface Figure {
  readonly name: FigureName
  readonly better: 'more' | 'less'
  /** Changes below this are noise, whatever their share: 50 µs of waiting, a thousandth of a share. */
  readonly floor: number
}

const FIGURES: readonly Figure[] = [
  { name: 'iops', better: 'more', floor: 0.5 },
  { name: 'bps', better: 'more', floor: 512 },
  { name: 'waitP50Ns', better: 'less', floor: 50_000 },
  { name: 'waitP99Ns', better: 'less', floor: 50_000 },
  { name: 'delayedShare', better: 'less', floor: 0.005 },
  { name: 'throttledShare', better: 'less', floor: 0.005 },
  { name: 'fairness', better: 'more', floor: 0.005 },
]

type Figures = Readonly<Partial<Record<FigureName, number>>>

function figuresOfDevice(device: DeviceResult, durationS: number): Figures {
  const flows = [device.read, device.write]
  const sum = (of: (flow: DeviceResult['read']) => number): number => flows.reduce((total, flow) => total + of(flow), 0)
  const requests = sum((flow) => flow.requests)
  return {
    iops: sum((flow) => flow.iops),
    bps: sum((flow) => flow.bps),
    waitP50Ns: Math.max(...flows.map((flow) => flow.waitNs.p50)),
    waitP99Ns: Math.max(...flows.map((flow) => flow.waitNs.p99)),
    delayedShare: requests > 0 ? Math.min(1, sum((flow) => flow.delayed) / requests) : 0,
    throttledShare: durationS > 0 ? Math.min(1, device.throttledS / durationS) : 0,
  }
}

function figuresOfGroup({ iops, bps, fairness, waitNs }: GroupResult): Figures {
  const waits = waitNs === undefined ? {} : { waitP50Ns: waitNs.p50, waitP99Ns: waitNs.p99 }
  return { iops, bps, ...waits, fairness }
}

function verdictOf({ better, floor }: Figure, a: number, b: number, tolerance: number): Verdict {
  if (Math.abs(b - a) < floor || Math.abs(b - a) <= tolerance * Math.max(Math.abs(a), Math.abs(b))) return 'same'
  return b > a === (better === 'more') ? 'better' : 'worse'
}

function differencesOf(
  subject: { readonly kind: Difference['kind']; readonly name: string },
  a: Figures,
  b: Figures,
  tolerance: number,
): readonly Difference[] {
  return FIGURES.flatMap((figure): readonly Difference[] => {
    const [before, after] = [a[figure.name], b[figure.name]]
    if (before === undefined || after === undefined) return []
    const change = before !== 0 ? after / before - 1 : after === 0 ? 0 : null
    return [
      {
        ...subject,
        figure: figure.name,
        a: before,
        b: after,
        change,
        verdict: verdictOf(figure, before, after, tolerance),
      },
    ]
  })
}

function shared<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
): readonly (readonly [string, T, T])[] {
  return Object.entries(a).flatMap(([name, before]) => {
    const after = Object.hasOwn(b, name) ? b[name] : undefined
    return after === undefined ? [] : [[name, before, after] as const]
  })
}

function onlyIn(a: RunResult, b: RunResult): readonly string[] {
  const missing = (mine: object, theirs: object): string[] =>
    Object.keys(mine).filter((name) => !Object.hasOwn(theirs, name))
  return [...missing(a.groups, b.groups), ...missing(a.devices, b.devices)]
}

export function compareResults(a: RunResult, b: RunResult, tolerance: number): Comparison {
  const differences = [
    ...shared(a.groups, b.groups).flatMap(([name, before, after]) =>
      differencesOf({ kind: 'group', name }, figuresOfGroup(before), figuresOfGroup(after), tolerance),
    ),
    ...shared(a.devices, b.devices).flatMap(([name, before, after]) =>
      differencesOf(
        { kind: 'device', name },
        figuresOfDevice(before, a.durationS),
        figuresOfDevice(after, b.durationS),
        tolerance,
      ),
    ),
  ]
  const count = (verdict: Verdict): number => differences.filter((difference) => difference.verdict === verdict).length
  return {
    format: COMPARISON_FORMAT,
    a: a.name,
    b: b.name,
    tolerance,
    differences,
    better: count('better'),
    worse: count('worse'),
    gains: gainsBetween(a, b, tolerance),
    onlyA: onlyIn(a, b),
    onlyB: onlyIn(b, a),
  }
}
