import type { LoadMix } from '#main/load/load-mix.ts'
import { TakenRequest } from '#main/load/taken-request.ts'
import { binOf } from '#main/stats/log-linear.ts'
import { addCounts, recordManyBins, type StatsMemory } from '#main/stats/stats-memory.ts'
import { assert } from '#shared/assert.ts'
import { MixDraw } from './mix-draw.ts'
import type { RequestTally } from './request-tally.ts'
import { ARRIVAL_NS, BYTES, FINISH_NS, FLOW, GO_NS, SERVICE_NS } from './service-queue.ts'
import type { SimulatedDevice } from './simulated-device.ts'
import type { SimulatedDisk } from './simulated-disk.ts'

// Loads that nothing limits: closed loops without a ceiling on a device that is in no group. They fill whatever time
// their iothread has left, up to hundreds of millions of requests an hour, and none of these has anything to decide. So
// there is no event for each. They stand in the disk's queue with the others, and whoever looks (a limited request that
// joins the queue, a reader of the statistics) first lets them go on to that time: whole rounds of the queue at once if
// nothing else is in it and every request takes its disk the same time, else request by request.
//
// How many there were is exact. What they were (reads, sizes) is drawn for many together (`MixDraw`): until somebody reads,
// a request whose time does not depend on it is just one more of its load.

/** Instead of the bytes of a request: neither direction nor size is drawn yet. */
const UNDRAWN = 0

interface Drawing {
  readonly mix: LoadMix
  readonly draw: MixDraw
}

export class FreeLoads {
  /** Requests passed so far. */
  requests = 0
  readonly #devices: readonly SimulatedDevice[]
  readonly #stats: StatsMemory
  readonly #tally: RequestTally
  readonly #seed: number
  readonly #onIdle: (device: SimulatedDevice, atNs: number) => void
  readonly #taken = new TakenRequest()
  /** Per device: requests passed and neither drawn nor entered. */
  readonly #passed: Float64Array
  /** Per device: what its present load is drawn with. */
  readonly #drawings: Drawing[] = []

  /** `onIdle`: a load has no request at that time and is to be looked at again. */
  constructor(
    devices: readonly SimulatedDevice[],
    { stats, tally, seed }: { readonly stats: StatsMemory; readonly tally: RequestTally; readonly seed: number },
    onIdle: (device: SimulatedDevice, atNs: number) => void,
  ) {
    this.#devices = devices
    this.#stats = stats
    this.#tally = tally
    this.#onIdle = onIdle
    this.#seed = seed
    this.#passed = new Float64Array(devices.length)
  }

  /** Passes what is done at `untilNs` (included) and stands before the first request of which somebody is told. */
  goOn(disk: SimulatedDisk, untilNs: number): void {
    if (disk.count === disk.told) return
    if (disk.told === 0) this.#passRounds(disk, untilNs)
    while (disk.count > 0) {
      const { numbers } = disk
      const at = disk.first()
      if (numbers[at + FINISH_NS]! > untilNs) return
      const device = this.#devices[numbers[at + FLOW]! >> 1]! // flows are device * 2 + direction
      if (!device.runsFree) return
      disk.shift()
      this.#pass(device, disk, at)
    }
  }

  /** Enters what was passed into the statistics. */
  enter(): void {
    for (const device of this.#devices) {
      const count = this.#passed[device.slot]!
      if (count > 0) this.#enterDevice(device, count)
    }
  }

  /** The device no longer runs freely: each of its requests in the queue is drawn, for somebody is told of it. */
  settle(device: SimulatedDevice, disk: SimulatedDisk): void {
    const { numbers } = disk
    for (let index = 0; index < disk.count; index += 1) {
      const at = disk.at(index)
      if (numbers[at + FLOW]! >> 1 !== device.slot || numbers[at + BYTES] !== UNDRAWN) continue
      const draw = this.#drawingOf(device)
      draw.draw(1)
      const direction = draw.requests[0] === 1 ? 0 : 1
      numbers[at + FLOW] = device.slot * 2 + direction
      numbers[at + BYTES] = draw.bytes[direction]!
    }
  }

  /** One request is done; the load's next one stands at the end of the queue at once. */
  #pass(device: SimulatedDevice, disk: SimulatedDisk, at: number): void {
    const { numbers } = disk
    const nowNs = numbers[at + FINISH_NS]!
    const bytes = numbers[at + BYTES]!
    if (bytes === UNDRAWN) this.#passed[device.slot]! += 1
    else {
      const waitNs = numbers[at + GO_NS]! - numbers[at + ARRIVAL_NS]!
      this.#tally.add(numbers[at + FLOW]!, bytes, waitNs, numbers[at + SERVICE_NS]!)
    }
    this.requests += 1
    device.outstanding -= 1
    if (device.outstanding >= device.stream.iodepth) return
    const dueNs = device.stream.dueNs(nowNs)
    if (dueNs > nowNs) {
      this.#onIdle(device, dueNs)
      return
    }
    device.outstanding += 1
    const { fixedServiceNs } = device
    if (fixedServiceNs !== null) {
      disk.push(device.slot * 2, UNDRAWN, 0, nowNs, nowNs, fixedServiceNs)
      return
    }
    const taken = this.#taken
    device.stream.take(nowNs, taken)
    disk.push(device.slot * 2 + taken.direction, taken.bytes, taken.offset, nowNs, nowNs, device.nextServiceNs())
  }

  /** Every request of the queue done and followed by its like, as often as that fits. */
  #passRounds(disk: SimulatedDisk, untilNs: number): void {
    const roundNs = this.#roundNs(disk)
    const rounds = roundNs === null ? 0 : Math.floor((untilNs - disk.freeNs) / roundNs)
    if (roundNs === null || rounds < 1) return
    const { numbers } = disk
    for (let index = 0; index < disk.count; index += 1) {
      const at = disk.at(index)
      numbers[at + FINISH_NS]! += rounds * roundNs
      this.#passed[numbers[at + FLOW]! >> 1]! += rounds
    }
    disk.freeNs += rounds * roundNs
    this.requests += rounds * disk.count
  }

  /** How long the disk takes for as many requests as are in its queue; null if another round could differ. */
  #roundNs(disk: SimulatedDisk): number | null {
    const { numbers } = disk
    let roundNs = 0
    for (let index = 0; index < disk.count; index += 1) {
      const at = disk.at(index)
      const device = this.#devices[numbers[at + FLOW]! >> 1]!
      const { stream } = device
      const isSteady = device.runsFree && device.fixedServiceNs !== null && device.outstanding === stream.iodepth
      if (!isSteady || stream.dueNs(disk.freeNs) > disk.freeNs) return null
      // One that was drawn can have waited for a throttle, or have been taken from an earlier load.
      if (numbers[at + BYTES] !== UNDRAWN) return null
      const serviceNs = numbers[at + SERVICE_NS]!
      roundNs = disk.isDeep ? serviceNs : roundNs + serviceNs
    }
    return roundNs
  }

  #enterDevice(device: SimulatedDevice, count: number): void {
    this.#passed[device.slot] = 0
    const draw = this.#drawingOf(device)
    draw.draw(count)
    this.#enterFlow(device, 0, draw.requests[0]!, draw.bytes[0]!)
    this.#enterFlow(device, 1, draw.requests[1]!, draw.bytes[1]!)
  }

  #drawingOf(device: SimulatedDevice): MixDraw {
    const { mix } = device.stream
    assert(mix !== null, 'only a steady load runs freely')
    const known = this.#drawings[device.slot]
    if (known?.mix === mix) return known.draw
    const draw = new MixDraw(mix, this.#seed, `${device.id} mix ${device.loads}`)
    this.#drawings[device.slot] = { mix, draw }
    return draw
  }

  #enterFlow(device: SimulatedDevice, direction: 0 | 1, requests: number, bytes: number): void {
    const serviceNs = device.fixedServiceNs
    if (requests === 0 || serviceNs === null) return
    addCounts(this.#stats, device.slot, direction, {
      requests,
      bytes,
      delayed: 0,
      serviceSumNs: requests * serviceNs,
      waitMaxNs: 0,
      serviceMaxNs: serviceNs,
    })
    recordManyBins(this.#stats, device.slot, direction, { waitBin: 0, serviceBin: binOf(serviceNs), count: requests })
  }
}
