/** What the requests of a steady closed loop are made of. */
export interface LoadMix {
  /** 0 … 1. */
  readonly readShare: number
  readonly sizesBytes: Float64Array
  /** Per size: the share of requests up to and with it; the last is 1. */
  readonly sizeBelow: Float64Array
}
