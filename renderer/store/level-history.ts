import type { LevelSnapshot } from '#shared/snapshot.ts'
import { Series } from './series.ts'

// What a device did at the levels of its chain over time, by the number of the group (see telemetry.ts), so that a level
// keeps its history when its group is renamed, or the chain changes around it.

export const LEVEL_COLUMNS = ['wait-mean-ns', 'queued'] as const
export type LevelColumn = (typeof LEVEL_COLUMNS)[number]

export function levelColumn(column: LevelColumn): number {
  return LEVEL_COLUMNS.indexOf(column)
}

const NOT_MEASURED = LEVEL_COLUMNS.map(() => Number.NaN)

export class LevelHistory {
  readonly #series = new Map<number, Series>()

  /** `keptFrom`: what ended before this sample is forgotten. */
  add(
    levels: readonly LevelSnapshot[],
    at: { readonly sample: number; readonly keptFrom: number; readonly maxChunks: number },
    numberOf: (group: string) => number,
  ): void {
    for (const [group, { end }] of this.#series) if (end < at.keptFrom) this.#series.delete(group)
    for (const [group, measured] of byGroup(levels, numberOf)) {
      const known = this.#series.get(group)
      const series = known ?? new Series(LEVEL_COLUMNS.length, at.sample)
      if (known === undefined) this.#series.set(group, series)
      while (series.end < at.sample) series.push(NOT_MEASURED, at.maxChunks)
      series.push(measured, at.maxChunks)
    }
  }

  /** null: the group was no level of the device lately. */
  series(group: number): Series | null {
    return this.#series.get(group) ?? null
  }
}

/** Of a group that is in the chain twice, both levels together. */
function byGroup(
  levels: readonly LevelSnapshot[],
  numberOf: (group: string) => number,
): ReadonlyMap<number, readonly number[]> {
  const found = new Map<number, readonly number[]>()
  for (const { group, waitMeanNs, queued } of levels) {
    const number = numberOf(group)
    const [waitNs = 0, count = 0] = found.get(number) ?? []
    found.set(number, [waitNs + (waitMeanNs ?? Number.NaN), count + (queued ?? Number.NaN)])
  }
  return found
}
