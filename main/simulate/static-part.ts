import { TakenRequest } from '#main/load/taken-request.ts'
import { memberCount } from '#main/throttle/group-table.ts'
import { memberGroup } from '#main/throttle/member-table.ts'
import { NEVER_NS, type StaticClock } from '#main/throttle/static-clock.ts'
import { StaticGroup } from '#main/throttle/static-group.ts'
import type { DirectionIndex, ThrottleMemory } from '#main/throttle/throttle-memory.ts'
import { BlockTime } from './block-time.ts'
import { EventQueue } from './event-queue.ts'
import { FEW_IDS, FewEvents } from './few-events.ts'
import type { RequestTally } from './request-tally.ts'
import { BYTES, FINISH_NS, FLOW, SERVICE_NS, ServiceQueue, WAIT_NS } from './service-queue.ts'
import type { SimulatedDevice } from './simulated-device.ts'

// Devices that nothing changes from outside, no step of the script and no load that runs freely, from one moment to another:
// groups, members and limits are what they were at its start, so the throttle is `StaticGroup`. What can happen next is one of three things:
//
//   a timer is due, the one that was set first ─▶ a disk is done with its first request, or a load's next one is due,
//
// in this order where they fall on one ns; disks and loads as they were set. Their requests are gone through a block at a
// time, with the same random numbers and the same figures as if each were an event of the whole simulation.

/** A device's member of one group. */
interface StaticMember {
  readonly group: StaticGroup
  readonly place: number
  readonly device: StaticDevice
  /** Where its requests arrive next; null: at the disk. */
  readonly inner: StaticMember | null
}

export interface StaticDevice {
  readonly index: number
  readonly device: SimulatedDevice
  readonly disk: StaticDisk
  /** Where its requests arrive first. */
  outermost: StaticMember | null
  /** Requests taken from its load and not done. */
  outstanding: number
}

/** Serves one request after the other, or, with depth, all that it was handed at once. */
export interface StaticDisk {
  readonly id: number
  readonly isDeep: boolean
  readonly queue: ServiceQueue
  /** One number: when all that was handed over is done. */
  readonly freeNs: Float64Array
}

/** What a part without events is simulated in. */
export interface StaticUse {
  readonly memory: ThrottleMemory
  readonly tally: RequestTally
  /** When each request that waits arrived, by its cell in `memory.waiting`. */
  readonly arrivalsNs: Float64Array
}

export class StaticPart {
  /** Requests done. */
  requests = 0
  readonly #clock: StaticClock
  readonly devices: readonly StaticDevice[]
  readonly disks: readonly StaticDisk[]
  /** Timers (group * 2 + direction), then disks, then loads by device. */
  readonly queue: FewEvents | EventQueue
  readonly firstDisk: number = 0
  readonly firstLoad: number = 0
  readonly #tally: RequestTally
  readonly #taken = new TakenRequest()
  readonly #granted = new TakenRequest()
  readonly #block = new BlockTime()
  /** By slot; null: it has no member. */
  readonly #groups: (StaticGroup | null)[] = []
  /** By slot of the group, and there by place. */
  readonly #members: StaticMember[][] = []

  /** At `nowNs`, with all that waits in the throttle. `groups` 0: those of the devices limit nothing. */
  constructor(
    groups: number,
    devices: readonly SimulatedDevice[],
    nowNs: number,
    { memory, tally, arrivalsNs }: StaticUse,
  ) {
    this.#tally = tally
    const disks = new Map<number, StaticDisk>()
    for (const { disk, isDeep } of devices) {
      if (disks.has(disk)) continue
      const depth = devices.reduce((sum, other) => sum + (other.disk === disk ? mostOutstanding(other) : 0), 0)
      disks.set(disk, { id: disks.size, isDeep, queue: new ServiceQueue(depth), freeNs: new Float64Array(1) })
    }
    this.disks = [...disks.values()]
    this.devices = devices.map((device, index) => staticDevice(index, device, disks.get(device.disk)!))
    this.firstDisk = groups * 2
    this.firstLoad = this.firstDisk + this.disks.length
    const ids = this.firstLoad + devices.length
    this.queue = ids <= FEW_IDS ? new FewEvents(ids, this.firstDisk) : new EventQueue(ids, [this.firstDisk])
    this.#clock = { nowNs: Float64Array.of(nowNs), timers: this.queue }
    for (let slot = 0; slot < groups; slot += 1) {
      const isEmpty = memberCount(memory, slot) === 0
      this.#groups.push(isEmpty ? null : new StaticGroup(memory, slot, this.#clock, arrivalsNs))
      this.#members.push([])
    }
    if (groups > 0) for (const device of this.devices) this.#joinAll(device, memory)
  }

  endBlock(nowNs: number): number {
    const nextNs = this.goOn(nowNs)
    return Math.max(nextNs, nowNs + this.#block.next(this.requests))
  }

  /** Everything up to `untilNs`, included. The time of what comes next; Infinity: nothing does. */
  goOn(untilNs: number): number {
    const { queue, firstDisk, firstLoad } = this
    const { nowNs } = this.#clock
    for (;;) {
      const nextNs = queue.nextNs()
      if (nextNs > untilNs) return nextNs
      nowNs[0] = nextNs
      const id = queue.take()
      if (id < firstDisk) this.#fire(id)
      else if (id < firstLoad) this.#finish(this.disks[id - firstDisk]!)
      else this.#pull(this.devices[id - firstLoad]!)
    }
  }

  /** To a step of the script: what is due before it, and the timers that are due at the same ns. */
  goOnToStep(stepNs: number): void {
    this.goOn(stepNs - 1)
    this.#clock.nowNs[0] = stepNs
    while (this.queue.nextNs() === stepNs && this.queue.next() < this.firstDisk) this.#fire(this.queue.take())
  }

  /** Takes the first requests of its loads. */
  begin(): void {
    for (const device of this.devices) this.#pull(device)
  }

  /** Brings the memory up to date, for whoever reads it, but for the requests that wait. */
  write(): void {
    for (const group of this.#groups) group?.write()
  }

  /** Gives the throttle back: the memory and `arrivalsNs` are up to date in everything. */
  endGroups(arrivalsNs: Float64Array): void {
    for (const group of this.#groups) group?.end(arrivalsNs)
  }

  #joinAll(device: StaticDevice, memory: ThrottleMemory): void {
    const { members, groups } = device.device
    for (const index of members.slice(0, groups.length).reverse()) {
      const slot = memberGroup(memory, index)
      const group = this.#groups[slot]! // it has this member
      const place = group.members.indexOf(index)
      const member = { group, place, device, inner: device.outermost }
      this.#members[slot]![place] = member
      device.outermost = member
    }
  }

  #fire(timer: number): void {
    const slot = timer >> 1
    const direction = (timer & 1) as DirectionIndex // timers are group * 2 + direction
    const group = this.#groups[slot]! // one with members
    const members = this.#members[slot]! // one per group
    const granted = this.#granted
    let goesOn = true
    while (goesOn) {
      const member = members[group.turnOf(direction)]! // one per member
      goesOn = group.grant(direction, granted)
      this.#pass(member.device, member.inner, granted)
    }
  }

  /** The disk's first request is done. */
  #finish(disk: StaticDisk): void {
    const { queue } = disk
    const { numbers } = queue
    const at = queue.shift()
    const flow = numbers[at + FLOW]!
    const device = this.devices[flow >> 1]! // flows are device * 2 + direction
    this.#tally.add(
      device.device.slot * 2 + (flow & 1),
      numbers[at + BYTES]!,
      numbers[at + WAIT_NS]!,
      numbers[at + SERVICE_NS]!,
    )
    this.requests += 1
    if (queue.count > 0) this.queue.set(this.firstDisk + disk.id, numbers[queue.at(0) + FINISH_NS]!)
    device.outstanding -= 1
    this.#pull(device)
  }

  /** Takes requests from the load as long as one is due and its iodepth has room. */
  #pull(device: StaticDevice): void {
    const { stream, slot } = device.device
    const taken = this.#taken
    const nowNs = this.#clock.nowNs[0]!
    while (device.outstanding < stream.iodepth) {
      const dueNs = stream.dueNs(nowNs)
      if (dueNs > nowNs) {
        const id = this.firstLoad + device.index
        if (dueNs !== NEVER_NS && this.queue.timeNs(id) !== dueNs) this.queue.set(id, dueNs)
        return
      }
      stream.take(nowNs, taken)
      device.outstanding += 1
      if (!this.#pass(device, device.outermost, taken)) this.#tally.addDelayed(slot * 2 + taken.direction)
    }
  }

  /** A request arrives at that member and those within, and at last at the disk: whether it got there. */
  #pass(device: StaticDevice, from: StaticMember | null, request: TakenRequest): boolean {
    for (let member = from; member !== null; member = member.inner) {
      if (!member.group.intercept(member.place, request)) return false
    }
    this.#serve(device, request)
    return true
  }

  #serve({ index, device, disk }: StaticDevice, { direction, bytes, arrivalNs }: TakenRequest): void {
    const nowNs = this.#clock.nowNs[0]!
    const serviceNs = device.nextServiceNs()
    const freeNs = disk.freeNs[0]!
    const finishNs = (disk.isDeep || freeNs < nowNs ? nowNs : freeNs) + serviceNs
    if (finishNs > freeNs) disk.freeNs[0] = finishNs
    const { numbers } = disk.queue
    const at = disk.isDeep ? disk.queue.insert(finishNs) : disk.queue.push()
    numbers[at + FLOW] = index * 2 + direction
    numbers[at + BYTES] = bytes
    numbers[at + WAIT_NS] = nowNs - arrivalNs
    numbers[at + SERVICE_NS] = serviceNs
    numbers[at + FINISH_NS] = finishNs
    if (at === disk.queue.at(0)) this.queue.set(this.firstDisk + disk.id, finishNs)
  }
}

function staticDevice(index: number, device: SimulatedDevice, disk: StaticDisk): StaticDevice {
  return { index, device, disk, outermost: null, outstanding: device.outstanding }
}

/** Some may be left of a load that was deeper. */
function mostOutstanding({ stream, outstanding }: SimulatedDevice): number {
  return Math.max(stream.iodepth, outstanding)
}
