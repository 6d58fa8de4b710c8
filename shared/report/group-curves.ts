import type { Snapshot } from '../snapshot.ts'

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
