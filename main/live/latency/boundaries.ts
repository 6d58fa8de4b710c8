import type { Histogram, Histograms } from '#main/qmp/latency-histogram.ts'

/** Ten a decade from 10 µs to 10 s: a bin's upper boundary is 26 % above its lower one. */
export const WEIR_BOUNDARIES: readonly number[] = Array.from({ length: 61 }, (_, step) =>
  Math.round(10_000 * 10 ** (step / 10)),
)

/** Who set a disk's histograms. They bear no name; but nobody else has these very boundaries. */
export function ownerOf({ read, write }: Histograms): 'weir' | 'other' {
  return isWeirs(read) && isWeirs(write) ? 'weir' : 'other'
}

function isWeirs(histogram: Histogram | null): boolean {
  return histogram !== null && equalBoundaries(histogram.boundaries, WEIR_BOUNDARIES)
}

export function equalBoundaries(a: readonly number[], b: readonly number[]): boolean {
  return a === b || (a.length === b.length && a.every((boundary, index) => boundary === b[index]))
}
