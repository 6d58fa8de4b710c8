import type { Metric } from './timeline-view.ts'

const TITLES: Readonly<Record<Metric, string>> = {
  iops: 'IOPS',
  bandwidth: 'Bandwidth',
  wait: 'Wait p50 – p99',
  queue: 'Queue',
  level: 'Bucket level',
  heat: 'Wait heat map',
}

export function metricTitle(metric: Metric): string {
  return TITLES[metric]
}
