import { TakenRequest } from '#main/load/taken-request.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { BlockTime } from './block-time.ts'
import { deviceOf } from './parts.ts'
import type { RequestTally } from './request-tally.ts'
import { BYTES, FINISH_NS, FLOW, SERVICE_NS, ServiceQueue, WAIT_NS } from './service-queue.ts'
import type { SimulatedDevice } from './simulated-device.ts'

// A load that nothing limits and that has its disk to itself, but is no closed loop that could run in whole rounds
// (`FreeLoads`): it pauses, has a ceiling, or comes from outside. Nothing that happens elsewhere concerns it, so its
// requests are gone through a block at a time, from one to the next, without an event for each: from the same random
// numbers and with the same figures as if there were one.

export class LoneLoad {
  /** Requests done. */
  requests = 0
  readonly #device: SimulatedDevice
  readonly #tally: RequestTally
  readonly #ring: ServiceQueue
  readonly #taken = new TakenRequest()
  readonly #block = new BlockTime()
  #nowNs = 0
  /** When the disk has done all that was taken. */
  #freeNs = 0

  constructor(device: SimulatedDevice, tally: RequestTally) {
    this.#device = device
    this.#tally = tally
    this.#ring = new ServiceQueue(device.stream.iodepth)
  }

  /** Everything up to `untilNs`, included. The time at which it is to be called again, if nobody does before; Infinity: never. */
  goOn(untilNs: number): number {
    const before = this.requests
    const ring = this.#ring
    let nextNs = this.#take()
    while (nextNs <= untilNs) {
      this.#nowNs = nextNs
      while (ring.count > 0 && ring.numbers[ring.at(0) + FINISH_NS]! <= nextNs) this.#finish()
      nextNs = this.#take()
    }
    return Math.max(nextNs, untilNs + this.#block.next(this.requests - before))
  }

  /** Takes what is due now; the time at which the next request is due or one is done. */
  #take(): number {
    const { stream } = this.#device
    const ring = this.#ring
    const nowNs = this.#nowNs
    let dueNs = Number.POSITIVE_INFINITY
    while (ring.count < stream.iodepth) {
      dueNs = stream.dueNs(nowNs)
      if (dueNs > nowNs) break
      stream.take(nowNs, this.#taken)
      this.#push(nowNs)
      dueNs = Number.POSITIVE_INFINITY
    }
    return ring.count === 0 ? dueNs : Math.min(dueNs, ring.numbers[ring.at(0) + FINISH_NS]!)
  }

  #push(nowNs: number): void {
    const { direction, bytes, arrivalNs } = this.#taken
    const serviceNs = this.#device.nextServiceNs()
    this.#freeNs = Math.max(this.#freeNs, nowNs) + serviceNs
    const { numbers } = this.#ring
    const at = this.#ring.push()
    numbers[at + FLOW] = this.#device.slot * 2 + direction
    numbers[at + BYTES] = bytes
    numbers[at + WAIT_NS] = nowNs - arrivalNs
    numbers[at + SERVICE_NS] = serviceNs
    numbers[at + FINISH_NS] = this.#freeNs
  }

  #finish(): void {
    const { numbers } = this.#ring
    const at = this.#ring.shift()
    this.#tally.add(numbers[at + FLOW]!, numbers[at + BYTES]!, numbers[at + WAIT_NS]!, numbers[at + SERVICE_NS]!)
    this.requests += 1
  }
}

/** By device; null: its requests are events. */
export function loneLoads(
  workspace: Workspace,
  devices: readonly SimulatedDevice[],
  tally: RequestTally,
): readonly (LoneLoad | null)[] {
  const queues = new Map<number, number>()
  for (const { disk } of devices) queues.set(disk, (queues.get(disk) ?? 0) + 1)
  const changed = new Set(workspace.script.map((step) => ('setLimits' in step ? '' : deviceOf(step))))
  return devices.map((device) => {
    const { isUnlimited, stream, id, disk } = device
    const isLone = isUnlimited && stream.mix === null && queues.get(disk) === 1 && !changed.has(id)
    return isLone ? new LoneLoad(device, tally) : null
  })
}
