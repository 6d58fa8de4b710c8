import { TakenRequest } from '#main/load/taken-request.ts'
import { SoleMember } from '#main/throttle/sole-member.ts'
import { type DirectionIndex, READ, type ThrottleMemory, WRITE } from '#main/throttle/throttle-memory.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { BlockTime } from './block-time.ts'
import { LoneDisk } from './lone-disk.ts'
import type { RequestTally } from './request-tally.ts'
import type { SimulatedDevice } from './simulated-device.ts'

// A device alone in its part: in one group, of which it is the only member, on a disk that serves nobody else, and no
// script. Then what can happen next is one of four things, and no queue of events is needed to find it:
//
//   the read timer or the write timer is due ─▶ the disk is done with its first request ─▶ the load's next one is due
//
// in this order where they fall on one ns. The throttle is the lab's, less the turns, of which one member has none.

const NEVER_NS = Number.POSITIVE_INFINITY

export class SoleLoad {
  readonly #device: SimulatedDevice
  readonly #memory: ThrottleMemory
  readonly #tally: RequestTally
  readonly #disk: LoneDisk
  readonly #taken = new TakenRequest()
  readonly #block = new BlockTime()
  #member: SoleMember | null = null
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
    this.#member ??= new SoleMember(this.#memory, this.#device.slot)
    const member = this.#member
    let nextNs = this.#nextNs(member)
    while (nextNs <= untilNs) {
      this.#fireTimers(member, nextNs)
      if (this.#disk.nextNs <= nextNs) {
        this.#disk.finish()
        this.#outstanding -= 1
      }
      this.#take(member, nextNs)
      nextNs = this.#nextNs(member)
    }
    member.write()
    return nextNs
  }

  #nextNs(member: SoleMember): number {
    const readNs = member.deadlineNs(READ)
    const writeNs = member.deadlineNs(WRITE)
    const timerNs = readNs < writeNs ? readNs : writeNs
    const diskNs = this.#disk.nextNs
    const nextNs = timerNs < diskNs ? timerNs : diskNs
    return nextNs < this.#loadNs ? nextNs : this.#loadNs
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
      this.#disk.serve(direction, member.granted[0]!, member.granted[1]!, nowNs)
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
        this.#disk.serve(direction, taken.bytes, taken.arrivalNs, nowNs)
        continue
      }
      if (!ran) this.#readIsLater = direction === READ
      this.#tally.addDelayed(slot * 2 + direction)
    }
  }
}

/** Null: the part is more than one limited device in one group, or the script changes it. */
export function soleLoad(
  { script }: Workspace,
  devices: readonly SimulatedDevice[],
  { memory, tally }: { readonly memory: ThrottleMemory; readonly tally: RequestTally },
): SoleLoad | null {
  const [device] = devices
  if (device === undefined || devices.length > 1 || script.length > 0) return null
  return device.groups.length === 1 && !device.isUnlimited ? new SoleLoad(device, memory, tally) : null
}
