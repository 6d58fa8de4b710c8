import type { FrontierChart } from '#shared/frontier.ts'
import type { Bucket } from '#shared/throttle/limits.ts'
import { arrivalsOf, spanS, workOfBucket } from './arrivals.ts'
import { frontierOf, frontierRates, meanRate } from './frontier.ts'
import type { DeviceLoad } from './group-loads.ts'
import { isSteady, limitedLoad } from './hidden-demand.ts'
import { measuredLatency } from './measured-latency.ts'
import { rateOverTime } from './over-time.ts'
import { isCounted, mostLevels } from './recording.ts'

export interface ChartOptions {
  readonly bucket: Bucket
  /** Bytes from which a request counts as several; 0: each counts as one. */
  readonly iopsSizeBytes: number
  readonly rateCount: number
  /** Whether several recorded loads are as far apart as they were; null: there are not two. */
  readonly isAligned: boolean | null
}

/** All of the loads as one, as if they shared a bucket. */
export function frontierChartOf(loads: readonly DeviceLoad[], options: ChartOptions): FrontierChart {
  const { bucket, iopsSizeBytes, rateCount } = options
  const work = workOfBucket(bucket, iopsSizeBytes)
  const traces = loads.map((load) => load.trace)
  const arrivals = arrivalsOf(traces, work)
  const rates = frontierRates(arrivals, rateCount)
  return {
    bucket,
    devices: loads.map((load) => load.id),
    requests: arrivals.count,
    spanS: spanS(arrivals),
    meanRate: meanRate(arrivals),
    frontier: frontierOf(arrivals, rates),
    most: isCounted(loads) ? mostLevels(loads, work, rates) : null,
    overTime: rateOverTime(arrivals, spanS(arrivals)),
    closedLoops: loads.filter((load) => load.isClosedLoop).map((load) => load.id),
    steady: loads.filter(({ intervals }) => intervals !== null && isSteady(intervals)).map((load) => load.id),
    limited: limitedLoad(loads, work),
    measured: loads.flatMap(({ id, intervals }) => measuredLatency(id, intervals ?? []) ?? []),
    isAligned: options.isAligned,
  }
}
