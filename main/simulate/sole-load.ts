import { TakenRequest } from '#main/load/taken-request.ts'
import { SoleMember } from '#main/throttle/sole-member.ts'
import { type DirectionIndex, READ, type ThrottleMemory, WRITE } from '#main/throttle/throttle-memory.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { BlockTime } from './block-time.ts'
import type { RequestTally } from './request-tally.ts'
import { BYTES, FINISH_NS, FLOW, SERVICE_NS, ServiceQueue, WAIT_NS } from './service-queue.ts'
import type { SimulatedDevice } from './simulated-device.ts'

// A device alone in its part: in one group, of which it is the only member, on a disk that serves nobody else, and no
// script. Then what can happen next is one of four things, and no queue of events is needed to find it:
//
//   the read timer or the write timer is due ─▶ the disk is done with its first request ─▶ the load's next one is due
//
// in this order where they fall on one ns. The throttle is the lab's, less the turns, of which one member has none.

const NEVER_NS = Number.POSITIVE_INFINITY

export class SoleLoad {
  /** Requests done. */
  requests = 0
  readonly #device: SimulatedDevice
  readonly #memory: ThrottleMemory
  readonly #tally: RequestTally
  /** With the disk, in the order in which they went. */
  readonly #ring: ServiceQueue
  readonly #taken = new TakenRequest()
  readonly #block = new BlockTime()
  #member: SoleMember | null = null
  /** When the disk has done all that was handed to it. */
  #freeNs = 0
  /** Waiting or with the disk. */
  #outstanding = 0
  /** When the load is to be looked at again; Infinity: not before a request is done. */
  #loadNs = 0
  /** Whether the read timer was set after the write timer, if both run. */
  #readIsLater = false

  constructor(device: SimulatedDevice, memory: ThrottleMemory, tally: RequestTally) {
    this.#device = device
    this.#memory = memory
    this.#tally = tally
    this.#ring = new ServiceQueue(device.stream.iodepth)
  }

  /** Everything up to `untilNs`, included. The time at which it is to be called again, if nobody does before. */
  goOn(untilNs: number): number {
    const before = this.requests
    this.#member ??= new SoleMember(this.#memory, this.#device.slot)
    const member = this.#member
    let nextNs = this.#nextNs(member)
    while (nextNs <= untilNs) {
      this.#fireTimers(member, nextNs)
      if (this.#diskNs() <= nextNs) this.#finish()
      this.#take(member, nextNs)
      nextNs = this.#nextNs(member)
    }
    member.write()
    return Math.max(nextNs, untilNs + this.#block.next(this.requests - before))
  }

  #nextNs(member: SoleMember): number {
    const readNs = member.deadlineNs(READ)
    const writeNs = member.deadlineNs(WRITE)
    const timerNs = readNs < writeNs ? readNs : writeNs
    const diskNs = this.#diskNs()
    const nextNs = timerNs < diskNs ? timerNs : diskNs
    return nextNs < this.#loadNs ? nextNs : this.#loadNs
  }

  #diskNs(): number {
    return this.#ring.count === 0 ? NEVER_NS : this.#ring.numbers[this.#ring.at(0) + FINISH_NS]!
  }

  /** Those that are due: as always, the one that was set first comes first. */
  #fireTimers(member: SoleMember, nowNs: number): void {
    const first: DirectionIndex = this.#readIsLater ? WRITE : READ
    if (member.deadlineNs(first) <= nowNs) this.#fire(member, first, nowNs)
    const second: DirectionIndex = first === READ ? WRITE : READ
    if (member.deadlineNs(second) <= nowNs) this.#fire(member, second, nowNs)
  }

  #fire(member: SoleMember, direction: DirectionIndex, nowNs: number): void {
    let goesOn = true
    while (goesOn) {
      goesOn = member.grant(direction, nowNs)
      this.#serve(direction, member.granted[0]!, member.granted[1]!, nowNs)
    }
    this.#readIsLater = direction === READ
  }

  /** Takes what is due now. */
  #take(member: SoleMember, nowNs: number): void {
    const { stream, slot } = this.#device
    const taken = this.#taken
    this.#loadNs = NEVER_NS
    while (this.#outstanding < stream.iodepth) {
      const dueNs = stream.dueNs(nowNs)
      if (dueNs > nowNs) {
        this.#loadNs = dueNs
        return
      }
      stream.take(nowNs, taken)
      this.#outstanding += 1
      const { direction } = taken
      const ran = member.deadlineNs(direction) !== NEVER_NS
      if (member.intercept(direction, taken.bytes, taken.arrivalNs, nowNs)) {
        this.#serve(direction, taken.bytes, taken.arrivalNs, nowNs)
        continue
      }
      if (!ran) this.#readIsLater = direction === READ
      this.#tally.addDelayed(slot * 2 + direction)
    }
  }

  #serve(direction: DirectionIndex, bytes: number, arrivalNs: number, nowNs: number): void {
    const serviceNs = this.#device.nextServiceNs()
    this.#freeNs = (this.#freeNs > nowNs ? this.#freeNs : nowNs) + serviceNs
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
    this.#outstanding -= 1
    this.requests += 1
  }
}

/** Null: the part is more than one limited device. */
export function soleLoad(
  { script }: Workspace,
  devices: readonly SimulatedDevice[],
  { memory, tally }: { readonly memory: ThrottleMemory; readonly tally: RequestTally },
): SoleLoad | null {
  const [device] = devices
  if (device === undefined || devices.length > 1 || script.length > 0) return null
  return device.groups.length === 1 && !device.isUnlimited ? new SoleLoad(device, memory, tally) : null
}
