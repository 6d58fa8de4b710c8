import { NS_PER_US } from '#shared/units.ts'
import { HEAT_BUCKETS, type WaitHeat } from '../store/wait-heat.ts'

// How many requests waited how long, second by second, as the cells of a chart.

export interface HeatModel {
  /** First second, one column each. */
  readonly firstS: number
  readonly columns: number
  /** Rows from the bottom: row 0 did not wait, row b waited 2^(b-1) to 2^b µs. */
  readonly rows: number
  /** counts[column * rows + row] */
  readonly counts: Uint32Array
  readonly most: number
}

/** Up to 16 ms the rows always stand, so that the chart does not jump when the first long wait comes. */
const MIN_ROWS = 15

export function heatModel(heats: readonly WaitHeat[], fromS: number, toS: number): HeatModel {
  const firstS = Math.max(0, Math.floor(fromS))
  const columns = Math.max(1, Math.floor(toS) - firstS + 1)
  const all = new Uint32Array(columns * HEAT_BUCKETS)
  let rows = MIN_ROWS
  let most = 0
  for (let column = 0; column < columns; column += 1) {
    for (let row = 0; row < HEAT_BUCKETS; row += 1) {
      const count = heats.reduce((sum, heat) => sum + heat.count(firstS + column, row), 0)
      all[column * HEAT_BUCKETS + row] = count
      if (count > 0) rows = Math.max(rows, row + 1)
      most = Math.max(most, count)
    }
  }
  const counts = new Uint32Array(columns * rows)
  for (let column = 0; column < columns; column += 1) {
    counts.set(all.subarray(column * HEAT_BUCKETS, column * HEAT_BUCKETS + rows), column * rows)
  }
  return { firstS, columns, rows, counts, most }
}

/** Ns at the upper edge of a row; 0 for the row of those that did not wait. */
export function rowTopNs(row: number): number {
  return row === 0 ? 0 : 2 ** row * NS_PER_US
}

export interface HeatReading {
  readonly requests: number
  /** Row that holds the request in the middle, and the highest row with any. */
  readonly median: number
  readonly longest: number
}

/** null: no request in that second. */
export function readHeat({ firstS, columns, rows, counts }: HeatModel, second: number): HeatReading | null {
  const column = Math.floor(second) - firstS
  if (column < 0 || column >= columns) return null
  const own = counts.subarray(column * rows, (column + 1) * rows)
  const requests = own.reduce((sum, count) => sum + count, 0)
  if (requests === 0) return null
  let seen = 0
  const median = own.findIndex((count) => {
    seen += count
    return seen * 2 >= requests
  })
  return { requests, median, longest: own.findLastIndex((count) => count > 0) }
}
