export interface Summary {
  readonly min: number
  readonly avg: number
  readonly p95: number
  readonly max: number
}

/** Of what is a number among the samples from `first` up to, not including, `end`; null: none is. */
export function summarise(value: (sample: number) => number, first: number, end: number): Summary | null {
  const values = new Float64Array(Math.max(0, end - first))
  let count = 0
  let sum = 0
  for (let sample = first; sample < end; sample += 1) {
    const each = value(sample)
    if (Number.isNaN(each)) continue
    values[count] = each
    count += 1
    sum += each
  }
  if (count === 0) return null
  const sorted = values.subarray(0, count).sort()
  const at = (index: number) => sorted[index] ?? Number.NaN
  // Nearest rank: the smallest value that 95 % of the samples do not exceed.
  return { min: at(0), avg: sum / count, p95: at(Math.ceil(0.95 * count) - 1), max: at(count - 1) }
}
