import { TakenRequest } from '#main/load/taken-request.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { BlockTime } from './block-time.ts'
import { LoneDisk } from './lone-disk.ts'
import { deviceOf } from './parts.ts'
import type { RequestTally } from './request-tally.ts'
import type { SimulatedDevice } from './simulated-device.ts'

// A load that nothing limits and that has its disk to itself, but is no closed loop that could run in whole rounds
// (`FreeLoads`): it pauses, has a ceiling, or comes from outside. Nothing that happens elsewhere concerns it, so its
// requests are gone through a block at a time, from one to the next, without an event for each: from the same random
// numbers and with the same figures as if there were one.

export class LoneLoad {
  readonly #device: SimulatedDevice
  readonly #disk: LoneDisk
  readonly #taken = new TakenRequest()
  readonly #block = new BlockTime()
  #nowNs = 0

  constructor(device: SimulatedDevice, tally: RequestTally) {
    this.#device = device
    this.#disk = new LoneDisk(device, tally)
  }

  /** Requests done. */
  get requests(): number {
    return this.#disk.requests
  }

  endBlock(nowNs: number): number {
    const nextNs = this.goOn(nowNs)
    return Math.max(nextNs, nowNs + this.#block.next(this.requests))
  }

  goOn(untilNs: number): number {
    const disk = this.#disk
    let nextNs = this.#take()
    while (nextNs <= untilNs) {
      this.#nowNs = nextNs
      while (disk.nextNs <= nextNs) disk.finish()
      nextNs = this.#take()
    }
    return nextNs
  }

  /** Takes what is due now; the time at which the next request is due or one is done. */
  #take(): number {
    const { stream } = this.#device
    const taken = this.#taken
    const disk = this.#disk
    const nowNs = this.#nowNs
    let dueNs = Number.POSITIVE_INFINITY
    while (disk.count < stream.iodepth) {
      dueNs = stream.dueNs(nowNs)
      if (dueNs > nowNs) break
      stream.take(nowNs, taken)
      disk.serve(taken.direction, taken.bytes, taken.arrivalNs, nowNs)
      dueNs = Number.POSITIVE_INFINITY
    }
    return Math.min(dueNs, disk.nextNs)
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
