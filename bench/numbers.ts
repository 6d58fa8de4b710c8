export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** A figure over the rounds of a run. */
export interface Spread {
  readonly median: number
  readonly least: number
  readonly most: number
}

/** Ours over theirs in each round by itself: what else the machine does hits both sides of one. null: no round has both. */
export function ratioSpread(ours: readonly number[], theirs: readonly number[]): Spread | null {
  const ratios = theirs.map((their, round) => ours[round]! / their)
  if (ratios.length === 0) return null
  return { median: median(ratios), least: Math.min(...ratios), most: Math.max(...ratios) }
}
