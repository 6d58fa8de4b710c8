import type { Trace, Traces } from '#main/load/trace.ts'
import { roundOf } from '#main/load/trace-stream.ts'
import { Simulation } from '#main/simulate/simulation.ts'
import type { Interval } from '#shared/formats/loads/recording-rows.ts'
import { TRACE_WRITE_BIT } from '#shared/formats/loads/trace-columns.ts'
import { NS_PER_S } from '#shared/units.ts'
import type { Device, Workload, Workspace } from '#shared/workspace/workspace.ts'

// What each device asks for when nothing holds it back: its recording as it is, or what its load does in the simulator
// without limits.

export interface DeviceLoad {
  readonly id: string
  /** Every request; offsets are not kept. */
  readonly trace: Trace
  /** Only these are known, and the trace has their requests evenly; null: each request is timed. */
  readonly intervals: readonly Interval[] | null
  /** The load follows the disk: it asks for more as soon as it gets more, so that what it asked for is not all it wants. */
  readonly isClosedLoop: boolean
}

export interface GroupLoadOptions {
  readonly workspace: Workspace
  readonly traces: Traces
  /** Devices to look at. */
  readonly ids: readonly string[]
  /** Virtual seconds, for loads that are not recordings. */
  readonly durationS: number
  /** Of loads that are not recordings: as many are enough, and the time ends there. Left out: the whole time. */
  readonly mostRequests?: number
}

/** About 10 ms of simulation between two steps. */
const EVENTS_PER_STEP = 20_000

/** Each step does a little and yields how far the whole is, 0…1. */
export function* groupLoads(options: GroupLoadOptions): Generator<number, DeviceLoad[]> {
  const { workspace, traces, ids, durationS } = options
  const devices = workspace.devices.filter((device) => ids.includes(device.id))
  const simulated = devices.some((device) => recordingOf(device, traces) === null)
    ? yield* runUnthrottled(devices, options)
    : new Map<string, Trace>()
  return devices.map((device) => ({
    id: device.id,
    trace: recordingOf(device, traces) ?? simulated.get(device.id) ?? NOTHING,
    intervals: intervalsOf(device.workload, traces, durationS),
    isClosedLoop: isClosedLoop(device.workload, traces),
  }))
}

/** The recording that a device plays as it is; null where it plays none, or plays it changed. */
function recordingOf({ workload }: Device, traces: Traces): Trace | null {
  if (workload.kind !== 'trace' || workload.speed !== 1 || workload.loop) return null
  return traces.get(workload.path) ?? null
}

function isClosedLoop(workload: Workload, traces: Traces): boolean {
  if (workload.kind === 'trace') return traces.get(workload.path)?.about?.isClosedLoop === true
  return workload.kind === 'synthetic' && workload.arrivals === 'closed'
}

/** As the load plays them: at its speed, and again and again if it begins again. */
function intervalsOf(workload: Workload, traces: Traces, durationS: number): readonly Interval[] | null {
  const trace = workload.kind === 'trace' ? traces.get(workload.path) : undefined
  const recorded = trace?.about?.intervals ?? null
  if (workload.kind !== 'trace' || trace === undefined || recorded === null) return null
  const { speed, loop } = workload
  const roundS = loop ? roundOf(trace, speed) / NS_PER_S : Number.POSITIVE_INFINITY
  const rounds = loop ? Math.ceil(durationS / roundS) : 1
  return Array.from({ length: rounds }, (_, round) =>
    recorded.map(({ latency, ...interval }) => ({
      ...interval,
      // Measured once, however often it is played.
      ...(round === 0 && latency !== undefined ? { latency } : {}),
      fromS: interval.fromS / speed + (round === 0 ? 0 : round * roundS),
      toS: interval.toS / speed + (round === 0 ? 0 : round * roundS),
    })),
  ).flat()
}

const NOTHING: Trace = {
  count: 0,
  timesNs: new Float64Array(0),
  offsets: new Float64Array(0),
  sizes: new Uint32Array(0),
}

function* runUnthrottled(
  devices: readonly Device[],
  { workspace, traces, durationS, mostRequests = Number.POSITIVE_INFINITY }: GroupLoadOptions,
): Generator<number, ReadonlyMap<string, Trace>> {
  const ids = new Set(devices.map(({ id }) => id))
  const groups = Object.fromEntries(Object.keys(workspace.groups).map((name) => [name, {}]))
  const seen = devices.map(() => ({ timesNs: [] as number[], sizes: [] as number[] }))
  const simulation = new Simulation({
    workspace: {
      ...workspace,
      groups,
      devices,
      script: workspace.script.filter((step) => 'setWorkload' in step && ids.has(step.setWorkload.device)),
    },
    traces,
    onRequest: (flow, _offset, bytes, arrivalNs) => {
      const device = seen[flow >> 1]!
      device.timesNs.push(arrivalNs)
      device.sizes.push((flow & 1) === 1 ? bytes + TRACE_WRITE_BIT : bytes)
    },
  })
  const endNs = Math.round(durationS * NS_PER_S)
  while (!simulation.advance(endNs, EVENTS_PER_STEP) && simulation.requests < mostRequests) {
    yield simulation.nowNs / endNs
  }
  return new Map(devices.map(({ id }, index) => [id, traceOf(seen[index]!)]))
}

/** Requests come in the order in which they were done. */
function traceOf({
  timesNs,
  sizes,
}: {
  readonly timesNs: readonly number[]
  readonly sizes: readonly number[]
}): Trace {
  const order = Array.from(timesNs.keys()).sort((a, b) => timesNs[a]! - timesNs[b]! || a - b)
  return {
    count: order.length,
    timesNs: Float64Array.from(order, (index) => timesNs[index]!),
    offsets: new Float64Array(order.length),
    sizes: Uint32Array.from(order, (index) => sizes[index]!),
  }
}
