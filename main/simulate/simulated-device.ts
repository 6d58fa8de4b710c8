import type { Random } from '#main/load/random.ts'
import { createStream, deviceRandom, type RequestStream } from '#main/load/request-stream.ts'
import { createServiceTimes, type ServiceTimes } from '#main/load/service-times.ts'
import type { Traces } from '#main/load/trace.ts'
import { assert } from '#shared/assert.ts'
import { isDeep, keptInFlight } from '#shared/workspace/disk-depth.ts'
import type { Device, Disk, Workload } from '#shared/workspace/workspace.ts'
import { assumedServiceUs, serviceOf } from './disk-model.ts'

/** A disk whose time is drawn can come out at 0, and time would stand still. */
const LEAST_SERVICE_NS = 1

/** A device of the simulator: its load, its throttled requests, how long its disk takes. */
export class SimulatedDevice {
  readonly id: string
  /** Its slot in the throttle's and the statistics' memory. */
  readonly slot: number
  readonly iothread: number
  /** Its queue: that of its iothread, or one of its own. */
  readonly disk: number
  /** Whether its disk has all that it was handed in flight at once. */
  readonly isDeep: boolean
  /** The time in ns that its disk takes for each request; null: it differs. */
  readonly fixedServiceNs: number | null
  /** What its disk is taken to need for a request, in µs; null: the workspace says it. */
  readonly assumedServiceUs: number | null
  /** Whether no limit holds it at any time of the run. */
  isUnlimited = false
  /** Whether its load runs freely, with no event for each request (`FreeLoads`). */
  runsFree = false
  /** Its chain. */
  groups: readonly string[]
  /** A member for each level that it ever has, the device's own slot first. */
  readonly members: readonly number[]
  stream: RequestStream
  /** How many requests the load keeps in flight on its disk while nothing holds it. */
  inFlight: number
  /** Loads that it had before the present one. */
  loads = 0
  /** Requests taken from the stream and not done. */
  outstanding = 0
  /** Whether it is to be looked at before time goes on. */
  isDirty = false
  readonly #times: ServiceTimes
  readonly #random: Random
  readonly #spec: Disk

  constructor(
    device: Device,
    place: {
      readonly slot: number
      readonly iothread: number
      readonly disk: number
      readonly members: readonly number[]
    },
    source: { readonly seed: number; readonly traces: Traces },
  ) {
    this.id = device.id
    this.slot = place.slot
    this.iothread = place.iothread
    this.disk = place.disk
    this.groups = device.groups
    this.members = place.members
    this.#random = deviceRandom(source.seed, device.id)
    this.#spec = device.disk
    this.isDeep = isDeep(device.disk)
    this.assumedServiceUs = assumedServiceUs(device.disk)
    this.#times = createServiceTimes(serviceOf(device.disk), deviceRandom(source.seed, `${device.id} disk`))
    const { fixedNs } = this.#times
    this.fixedServiceNs = fixedNs === null ? null : Math.max(fixedNs, LEAST_SERVICE_NS)
    this.stream = this.#streamOf(device.workload, 0, source.traces)
    this.inFlight = keptInFlight(device.disk, device.workload)
  }

  /** How long its disk takes for the next request, in whole ns, at least 1. */
  nextServiceNs(): number {
    return this.fixedServiceNs ?? Math.max(this.#times.nextNs(), LEAST_SERVICE_NS)
  }

  /** Another load from now on; what is outstanding is finished first. */
  changeLoad(workload: Workload, nowNs: number, traces: Traces): void {
    this.loads += 1
    this.stream = this.#streamOf(workload, nowNs, traces)
    this.inFlight = keptInFlight(this.#spec, workload)
  }

  #streamOf(workload: Workload, fromNs: number, traces: Traces): RequestStream {
    const trace = workload.kind === 'trace' ? traces.get(workload.path) : null
    assert(trace !== undefined, 'the traces that a workspace names were read')
    return createStream({ workload, diskBytes: this.#spec.sizeBytes, random: this.#random, fromNs, trace })
  }
}

/** The most requests each device can ever have outstanding, by id: whatever the script gives it to do. */
export function largestIodepths(workspace: {
  readonly devices: readonly Device[]
  readonly script: readonly object[]
}): ReadonlyMap<string, number> {
  const depths = new Map(workspace.devices.map((device) => [device.id, iodepthOf(device.workload)]))
  for (const step of workspace.script) {
    if (!('setWorkload' in step)) continue
    const { device, workload } = step.setWorkload as { device: string; workload: Workload } // a SetWorkloadStep
    depths.set(device, Math.max(depths.get(device) ?? 1, iodepthOf(workload)))
  }
  return depths
}

function iodepthOf(workload: Workload): number {
  return workload.kind === 'idle' ? 1 : workload.iodepth
}
