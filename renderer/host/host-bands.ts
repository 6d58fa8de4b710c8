// The host's IOPS or bandwidth as bands, one on the other: the noisiest VM at the bottom, the next ones, all others as one.

/** VMs that have a band of their own. */
const NAMED = 5

export interface Bands {
  /** Of the lowest band; null: nothing is known of any VM now. */
  readonly noisiest: { readonly id: string; readonly share: number } | null
  /** Upper edges, the lowest first; the last one is the whole host. NaN: no VM was known then. */
  readonly edges: readonly Float32Array[]
}

/** `trails` by VM, all of one length, the newest last, and `whole`, what they come to; NaN: not known. */
export function bandsOf(trails: ReadonlyMap<string, Float32Array>, whole: Float32Array): Bands {
  const latest = (values: Float32Array) => values.at(-1) || 0
  const sorted = [...trails].sort(([, a], [, b]) => latest(b) - latest(a))
  const edges: Float32Array[] = []
  for (const [, values] of sorted.slice(0, NAMED)) edges.push(addedTo(edges.at(-1), values))
  // All others are one band.
  if (sorted.length > NAMED) edges.push(whole)
  const [first] = sorted
  const total = latest(whole)
  return {
    noisiest: first === undefined || total === 0 ? null : { id: first[0], share: latest(first[1]) / total },
    edges,
  }
}

/** Where the sum is not known it is what is added, and the other way round. */
function addedTo(sum: Float32Array | undefined, values: Float32Array): Float32Array {
  if (sum === undefined) return values.slice()
  return sum.map((all, at) => {
    const value = values[at] ?? Number.NaN
    return Number.isNaN(value) ? all : (all || 0) + value
  })
}
