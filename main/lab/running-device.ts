import type { DeviceSpec, LoadSpec, OwnFile } from '#main/iothread/messages.ts'
import { createStream, deviceRandom } from '#main/load/request-stream.ts'
import type { Trace, TraceAbout, Traces } from '#main/load/trace.ts'
import { assert } from '#shared/assert.ts'
import type { Device, Workload } from '#shared/workspace/workspace.ts'
import type { RunningDevice } from './lab-slots.ts'

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
