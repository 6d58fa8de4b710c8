// The host's IOPS or bandwidth as bands, one on the other: the noisiest VM at the bottom, the next ones, all others as one.

/** VMs that have a band of their own. */
const NAMED = 5

export interface Bands {
  /** Of the lowest band; null: nothing is known of any VM now. */
  readonly noisiest: { readonly id: string; readonly share: number } | null
  /** Upper edges, the lowest first; the last one is the whole host. NaN: no VM was known then. */
  readonly edges: readonly Float32Array[]
}

/** `trails` by VM, all of one length, the newest last; NaN: not known. */
export function bandsOf(trails: ReadonlyMap<string, Float32Array>): Bands {
  const latest = (values: Float32Array) => values.at(-1) || 0
  const sorted = [...trails].sort(([, a], [, b]) => latest(b) - latest(a))
  const edges: Float32Array[] = []
  let sum = new Float32Array(sorted[0]?.[1].length ?? 0).fill(Number.NaN)
  for (const [index, [, values]] of sorted.entries()) {
    // All others are one band.
    if (index <= NAMED) sum = Float32Array.from(sum)
    // Once a second for each VM of a host: an iterator's pair per value would be ten times slower.
    for (let at = 0; at < values.length; at += 1) {
      const value = values[at] ?? Number.NaN
      if (!Number.isNaN(value)) sum[at] = (sum[at] || 0) + value
    }
    if (index <= NAMED) edges.push(sum)
  }
  const [first] = sorted
  const total = sum.at(-1) || 0
  return {
    noisiest: first === undefined || total === 0 ? null : { id: first[0], share: latest(first[1]) / total },
    edges,
  }
}
