import { requestsPerS } from '#main/simulate/part-weight.ts'
import type { Part } from '#main/simulate/parts.ts'

/** Indices of the parts for each of `threads` threads, about evenly: the heaviest first, each to who has least. */
export function divideParts(parts: readonly Part[], threads: number): readonly (readonly number[])[] {
  const shares = Array.from({ length: Math.min(threads, parts.length) }, () => ({ weight: 0, indices: [] as number[] }))
  // Even one that does nothing weighs something, so that no thread is left without a part.
  const weights = parts.map(({ workspace }) => 1 + requestsPerS(workspace))
  const heaviestFirst = [...parts.keys()].sort((a, b) => weights[b]! - weights[a]! || a - b)
  for (const index of heaviestFirst) {
    const lightest = shares.reduce((best, share) => (share.weight < best.weight ? share : best))
    lightest.weight += weights[index]!
    lightest.indices.push(index)
  }
  return shares.map(({ indices }) => indices.sort((a, b) => a - b))
}
