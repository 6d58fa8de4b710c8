import type { Labels } from './labels.ts'

/** One figure of a scrape. */
export interface Sample {
  readonly labels: Labels
  readonly value: number
  /** Of a histogram: which of its series. `le` of a bucket: requests up to so many seconds. */
  readonly part?: { readonly suffix: '_bucket'; readonly le: string } | { readonly suffix: '_sum' | '_count' }
}
