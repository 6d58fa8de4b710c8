import type { Snapshot } from '../snapshot.ts'
import { NS_PER_S } from '../units.ts'

/** Points of each group's curve in a result. */
export const CURVE_STEPS = 120

/** What each group did over time: requests and bytes a second in even steps. */
export interface GroupCurves {
  readonly stepS: number
  readonly groups: Readonly<Record<string, { readonly iops: readonly number[]; readonly bps: readonly number[] }>>
}

/** Collects snapshots that come in even steps of `stepS` seconds. */
export class CurveCollector {
  readonly #stepS: number
  readonly #groups = new Map<string, { iops: number[]; bps: number[] }>()
  #count = 0

  constructor(stepS: number) {
    this.#stepS = stepS
  }

  add(snapshot: Pick<Snapshot, 'groups'>): void {
    for (const [name, { read, write }] of Object.entries(snapshot.groups)) {
      const curve = this.#groups.get(name) ?? { iops: zeros(this.#count), bps: zeros(this.#count) }
      curve.iops.push(rounded(read.iops + write.iops))
      curve.bps.push(rounded(read.bps + write.bps))
      this.#groups.set(name, curve)
    }
    this.#count += 1
  }

  curves(): GroupCurves {
    return { stepS: this.#stepS, groups: Object.fromEntries(this.#groups) }
  }
}

/** For a group that came later. */
function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0)
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}

/** Of snapshots that came in even steps from the start: at most about `most` steps, each the mean of those it takes in. */
export function curvesOf(snapshots: readonly Pick<Snapshot, 'groups' | 'nowNs'>[], most: number): GroupCurves {
  const stepS = (snapshots[0]?.nowNs ?? 0) / NS_PER_S
  const collector = new CurveCollector(stepS)
  for (const snapshot of snapshots) collector.add(snapshot)
  const stride = Math.max(1, Math.round(snapshots.length / most))
  const whole = collector.curves()
  const groups = Object.entries(whole.groups).map(
    ([name, { iops, bps }]) => [name, { iops: means(iops, stride), bps: means(bps, stride) }] as const,
  )
  return { stepS: stepS * stride, groups: Object.fromEntries(groups) }
}

function means(values: readonly number[], stride: number): number[] {
  return Array.from({ length: Math.floor(values.length / stride) }, (_, step) => {
    const taken = values.slice(step * stride, (step + 1) * stride)
    return rounded(taken.reduce((sum, value) => sum + value, 0) / stride)
  })
}
