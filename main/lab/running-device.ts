import type { DeviceSpec, Failure, LoadSpec, OwnFile } from '#main/iothread/messages.ts'
import { createStream, deviceRandom } from '#main/load/request-stream.ts'
import type { Trace, TraceAbout, Traces } from '#main/load/trace.ts'
import { assert } from '#shared/assert.ts'
import type { Device, Disk, Workload } from '#shared/workspace/workspace.ts'

export interface RunningDevice {
  readonly id: string
  /** By which the sampler and the run book know it, whatever it is called by now. */
  readonly key: string
  readonly slot: number
  readonly seed: number
  readonly disk: Disk
  /** Backing file of Weir's own; null: the user's file, or none. */
  readonly ownFile: string | null
  readonly iothread: number
  /** Its chain. */
  groups: readonly string[]
  /** Its members in the throttle, `slot` first: one for each level that its chain ever had. */
  members: readonly number[]
  workload: Workload
  trace: Trace | null
  /** What the file of the recorded load that it plays, or played last, says beside the requests; null: nothing. */
  about: TraceAbout | null
  /** What its load asks for by itself, requests per second; null: as many as it gets. */
  rateIops: number | null
  /** Why its disk gave up. */
  failure: Failure | null
  /** Its disk does one request at a time, though it was opened with O_DIRECT. */
  isShallow: boolean
  /** For people: since when its disk does not answer, or its iothread waits for another's; null: neither. */
  stuck: string | null
}

/** As it is before its disk is opened: without a chain. */
export function runningDevice(
  device: Device,
  place: {
    readonly key: string
    readonly slot: number
    readonly iothread: number
    readonly seed: number
    readonly ownFile: string | null
  },
  traces: Traces,
): RunningDevice {
  const { id, disk, workload } = device
  const load = { workload, trace: traceOf(workload, traces) }
  return {
    id,
    disk,
    ...place,
    ...load,
    about: aboutOf(workload, traces),
    groups: [],
    members: [place.slot],
    rateIops: offeredRateIops(load),
    failure: null,
    isShallow: false,
    stuck: null,
  }
}

export function setLoad(device: RunningDevice, workload: Workload, traces: Traces): void {
  device.workload = workload
  device.trace = traceOf(workload, traces)
  device.about = aboutOf(workload, traces) ?? device.about
  device.rateIops = offeredRateIops(device)
}

export function loadOf({ workload, trace }: RunningDevice): LoadSpec {
  return { workload, trace }
}

export function specOf(device: RunningDevice, how: OwnFile['how']): DeviceSpec {
  const { slot, id, seed, disk, ownFile } = device
  return { slot, id, seed, disk, ownFile: ownFile === null ? null : { file: ownFile, how }, load: loadOf(device) }
}

function traceOf(workload: Workload, traces: Traces): Trace | null {
  if (workload.kind !== 'trace') return null
  const trace = traces.get(workload.path)
  assert(trace !== undefined, 'the traces that a workspace names were read')
  const { about: _notForIothreads, ...requests } = trace
  return requests
}

function aboutOf(workload: Workload, traces: Traces): TraceAbout | null {
  return (workload.kind === 'trace' ? traces.get(workload.path)?.about : undefined) ?? null
}

function offeredRateIops(load: { readonly workload: Workload; readonly trace: Trace | null }): number | null {
  return createStream({ ...load, diskBytes: 2 ** 40, random: deviceRandom(0, ''), fromNs: 0 }).rateIops
}
