import type { Metric } from './timeline-view.ts'

const TITLES: Readonly<Record<Metric, string>> = {
  iops: 'IOPS',
  bandwidth: 'Bandwidth',
  wait: 'Wait',
  'wait-levels': 'Wait by level',
  queue: 'Queue',
  level: 'Bucket level',
  heat: 'Heat map',
}

/** What the short title leaves out. */
export const METRIC_HINTS: Readonly<Partial<Record<Metric, string>>> = {
  wait: 'in the throttle, p50 and p99',
  'wait-levels': 'mean wait at each level of the chain',
  queue: 'requests that wait',
  heat: 'waits of single requests',
}

export function metricTitle(metric: Metric): string {
  return TITLES[metric]
}
