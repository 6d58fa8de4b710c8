import type { DiskDepth } from './disk-depth.ts'
import type { IothreadThrottle } from './iothread-throttle.ts'
import type { ServedDevice } from './served-device.ts'
import type { ServiceSlices } from './service-slices.ts'

// One round of an iothread: a slice for every device that needs one.
//
//   disks with depth ─▶ the kernel ─▶ one that may block ─▶ what has come back ─▶ disks with depth of which it was ─▶ …
//
// So that requests of a disk with depth are under way while another blocks the iothread, and what comes back meanwhile is seen
// when that ends: the kernel keeps no time for it.

/** After this long a device yields to the others of its iothread, and to due timers. */
const SLICE_NS = 200_000
/** The same while requests of disks with depth are in flight, whose service times are known to within that. */
const SLICE_BESIDE_DEPTH_NS = 20_000
/** How often timers are checked in a round that takes long. */
const CHECK_PERIOD_NS = 20_000

export interface RoundTools {
  readonly throttle: Pick<IothreadThrottle, 'fireDue' | 'hasGranted'>
  readonly depth: Pick<DiskDepth, 'aio' | 'submit' | 'takeAnswers'>
  readonly reportFailure: (device: ServedDevice, atNs: number) => void
}

export class ServiceRound {
  readonly #tools: RoundTools
  /** With which device the next round begins: where the kernel's queue is full, not always the same ones get its rows. */
  #first = 0
  #checkedNs = 0

  constructor(tools: RoundTools) {
    this.#tools = tools
  }

  /** The time after the last request; `nowNs` itself if there was nothing to do. */
  serve(slices: ServiceSlices, nowNs: number): number {
    const { throttle, depth } = this.#tools
    const { deepCount, devices } = slices
    throttle.hasGranted = false
    this.#checkedNs = nowNs
    let endNs = deepCount > 0 ? this.#serveDeep(slices, nowNs) : nowNs
    for (let index = deepCount; index < devices.length; index += 1) {
      if (!slices.needsSlice(index, endNs)) continue
      depth.submit()
      endNs = this.#slice(slices, index, endNs)
      if (deepCount > 0) endNs = this.#takeAnswers(slices, endNs)
    }
    depth.submit()
    return endNs
  }

  #serveDeep(slices: ServiceSlices, nowNs: number): number {
    const { deepCount, devices } = slices
    const first = this.#first < deepCount ? this.#first : 0
    let [endNs, heldUp] = [nowNs, first]
    for (let done = 0; done < deepCount; done += 1) {
      const index = first + done < deepCount ? first + done : first + done - deepCount
      if (!slices.needsSlice(index, endNs)) continue
      endNs = this.#slice(slices, index, endNs)
      if (heldUp === first && devices[index]!.isHeldUp) heldUp = index
    }
    this.#first = heldUp
    return endNs
  }

  #takeAnswers(slices: ServiceSlices, nowNs: number): number {
    const { depth } = this.#tools
    const { aio } = depth
    const returnedNs = aio !== null && aio.inFlight > 0 ? aio.reap(0) : -1
    if (!depth.takeAnswers()) return nowNs
    slices.noteReturned()
    return this.#serveDeep(slices, Math.max(nowNs, returnedNs))
  }

  #slice(slices: ServiceSlices, index: number, nowNs: number): number {
    const { throttle, depth } = this.#tools
    const device = slices.devices[index]!
    const isBesideDepth = depth.aio !== null && depth.aio.inFlight > 0
    const endNs = device.serve(nowNs, isBesideDepth ? SLICE_BESIDE_DEPTH_NS : SLICE_NS)
    slices.noteSlice(index, endNs)
    if (endNs === nowNs) return nowNs
    if (device.failure !== null) this.#tools.reportFailure(device, endNs)
    if (endNs - this.#checkedNs >= CHECK_PERIOD_NS) {
      this.#checkedNs = endNs
      throttle.fireDue(endNs) // another device's turn may be due while this one's disk was slow
    }
    return endNs
  }
}
