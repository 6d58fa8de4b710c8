/**
 * The value that would stand at `rank` (0 is the smallest) if the first `count` values were sorted. Reorders them: those
 * behind `rank` are then not below it, so that the next, higher rank may start `from` there.
 */
export function selectRank(values: Float64Array, count: number, rank: number, from: number): number {
  let low = from
  let high = count - 1
  while (high > low) {
    const pivot = values[(low + high) >>> 1]!
    let left = low
    let right = high
    while (left <= right) {
      while (values[left]! < pivot) left += 1
      while (values[right]! > pivot) right -= 1
      if (left > right) break
      const value = values[left]!
      values[left] = values[right]!
      values[right] = value
      left += 1
      right -= 1
    }
    if (rank <= right) high = right
    else if (rank >= left) low = left
    else break
  }
  return values[rank]!
}

/** Position, from 0, of the value that `percent` of `count` values do not exceed: the smallest such. */
export function rankOf(percent: number, count: number): number {
  // A percentage such as 99.9 is not exact in binary: without the rounding 99.9 % of 1 000 would be the last but none.
  return Math.max(0, Math.ceil(Number(((percent / 100) * count).toFixed(6))) - 1)
}
