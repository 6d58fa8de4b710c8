import type { Traces } from '#main/load/trace.ts'
import { Simulation } from '#main/simulate/simulation.ts'
import type { LimitFacts } from '#shared/frontier.ts'
import { bucketLimits } from '#shared/throttle/burst.ts'
import { BUCKETS, type Bucket, type Limits, limitOf } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import type { Device, Workspace } from '#shared/workspace/workspace.ts'
import { arrivalsOf, workOfBucket } from './arrivals.ts'
import type { DeviceLoad } from './group-loads.ts'
import { mostOverTime, queueOverTime } from './over-time.ts'
import { rankOf } from './select.ts'
import { waitsAt } from './waits.ts'

// What limits do to a load, request by request. One recording at one bucket is reckoned directly; several devices,
// several buckets and closed loops go through the simulator, with their disks.

export interface FactsOptions {
  readonly workspace: Workspace
  readonly traces: Traces
  readonly loads: readonly DeviceLoad[]
  readonly durationS: number
}

/** Waits in ns by arrival in ns, arrivals rising. */
interface Waits {
  readonly timesNs: Float64Array
  readonly waitsNs: Float64Array
}

const EVENTS_PER_STEP = 20_000
/** How long the end of a recording may wait: about twelve days. */
const MOST_EXTRA_S = 2 ** 20

/** Each step does a little, so that the caller may stop. */
export function* factsAt(options: FactsOptions, limits: Limits): Generator<null, LimitFacts> {
  const bucket = onlyBucket(limits)
  const [load, ...more] = options.loads
  const isDirect = load !== undefined && more.length === 0 && !load.isClosedLoop && bucket !== null
  return factsOf(isDirect ? directWaits(load, bucket, limits) : yield* simulatedWaits(options, limits))
}

/** The one bucket that has a limit; null: none or several have. */
function onlyBucket(limits: Limits): Bucket | null {
  const [first, ...more] = BUCKETS.filter((bucket) => limitOf(limits, bucket) > 0)
  return more.length === 0 ? (first ?? null) : null
}

function directWaits({ trace }: DeviceLoad, bucket: Bucket, limits: Limits): Waits {
  const arrivals = arrivalsOf([trace], workOfBucket(bucket, limitOf(limits, 'iops-size')))
  const { timesNs, count } = arrivals
  return { timesNs: timesNs.subarray(0, count), waitsNs: waitsAt(arrivals, bucketLimits(limits, bucket)) }
}

function* simulatedWaits(
  { workspace, traces, loads, durationS }: FactsOptions,
  limits: Limits,
): Generator<null, Waits> {
  const ids = new Set(loads.map((load) => load.id))
  const rows: { arrivalNs: number; waitNs: number }[] = []
  const simulation = new Simulation({
    workspace: {
      ...workspace,
      groups: { limited: limits },
      devices: workspace.devices
        .filter((device) => ids.has(device.id))
        .map((device): Device => ({ ...device, groups: ['limited'] })),
      script: [],
    },
    traces,
    onRequest: (_flow, _offset, _bytes, arrivalNs, goNs) => rows.push({ arrivalNs, waitNs: goNs - arrivalNs }),
  })
  const endNs = Math.round(lengthS(loads, durationS) * NS_PER_S)
  while (!simulation.advance(endNs, EVENTS_PER_STEP)) yield null
  // What has come by then and still waits counts, too: it waits longest of all.
  const expected = loads.some((load) => load.isClosedLoop) ? 0 : loads.reduce((sum, { trace }) => sum + trace.count, 0)
  for (let extraS = 1; rows.length < expected && extraS <= MOST_EXTRA_S; extraS *= 2) {
    while (!simulation.advance(endNs + extraS * NS_PER_S, EVENTS_PER_STEP)) yield null
  }
  rows.sort((a, b) => a.arrivalNs - b.arrivalNs)
  return {
    timesNs: Float64Array.from(rows, (row) => row.arrivalNs),
    waitsNs: Float64Array.from(rows, (row) => row.waitNs),
  }
}

function lengthS(loads: readonly DeviceLoad[], durationS: number): number {
  const lastS = loads.map(({ trace }) => (trace.count > 0 ? trace.timesNs[trace.count - 1]! / NS_PER_S : 0))
  return Math.max(durationS, ...lastS)
}

function factsOf({ timesNs, waitsNs }: Waits): LimitFacts {
  const requests = waitsNs.length
  const sorted = waitsNs.toSorted()
  const at = (percent: number) => (sorted[rankOf(percent, requests)] ?? 0) / NS_PER_S
  const spanSeconds = requests > 0 ? (timesNs[requests - 1]! - timesNs[0]!) / NS_PER_S : 0
  const { share, longestS } = timeAtLimit({ timesNs, waitsNs }, spanSeconds)
  const bins = mostOverTime(timesNs, waitsNs, spanSeconds)
  return {
    requests,
    delayedShare: requests === 0 ? 0 : waitsNs.reduce((count, wait) => count + (wait > 0 ? 1 : 0), 0) / requests,
    waitS: { p95: at(95), p99: at(99), p999: at(99.9), max: at(100) },
    atLimitShare: share,
    longestAtLimitS: longestS,
    waitsOverTime: { binS: bins.binS, values: bins.values.map((ns) => ns / NS_PER_S) },
    queue: queueOverTime(timesNs, waitsNs),
  }
}

/** The time in which requests wait, joined where waits overlap. */
function timeAtLimit({ timesNs, waitsNs }: Waits, spanSeconds: number): { share: number; longestS: number } {
  let totalNs = 0
  let longestNs = 0
  let fromNs = 0
  let untilNs = Number.NEGATIVE_INFINITY
  const close = () => {
    if (untilNs === Number.NEGATIVE_INFINITY) return
    totalNs += untilNs - fromNs
    longestNs = Math.max(longestNs, untilNs - fromNs)
  }
  for (let index = 0; index < waitsNs.length; index += 1) {
    if (waitsNs[index]! === 0) continue
    const arrivalNs = timesNs[index]!
    if (arrivalNs > untilNs) {
      close()
      fromNs = arrivalNs
    }
    untilNs = Math.max(untilNs, arrivalNs + waitsNs[index]!)
  }
  close()
  const share = spanSeconds > 0 ? Math.min(1, totalNs / NS_PER_S / spanSeconds) : 0
  return { share, longestS: longestNs / NS_PER_S }
}
