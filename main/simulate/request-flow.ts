import { TakenRequest } from '#main/load/taken-request.ts'
import type { Traces } from '#main/load/trace.ts'
import { createLocalStatsMemory, type StatsMemory } from '#main/stats/stats-memory.ts'
import { createLocalThrottleMemory } from '#main/throttle/create-memory.ts'
import { countAsTaken } from '#main/throttle/member-table.ts'
import { fireTimer, intercept, type Throttle, type ThrottleListener } from '#main/throttle/throttle-group.ts'
import type { DirectionIndex } from '#main/throttle/throttle-memory.ts'
import type { Workspace } from '#shared/workspace/workspace.ts'
import { DiskQueues } from './disk-queues.ts'
import { EventQueue } from './event-queue.ts'
import { EventlessLoads } from './eventless-load.ts'
import { FreeLoads } from './free-loads.ts'
import { disksOf, simulatedDevices } from './place-disks.ts'
import { type Passing, type Place, placesOf } from './places.ts'
import type { RequestObserver } from './request-observer.ts'
import { RequestTally } from './request-tally.ts'
import { ARRIVAL_NS, BYTES, FLOW, GO_NS, OFFSET, SERVICE_NS } from './service-queue.ts'
import { largestIodepths, type SimulatedDevice } from './simulated-device.ts'
import { limitedGroups, unlimitedDevices } from './unlimited.ts'
import { WaitingRequests } from './waiting-requests.ts'

// Requests in virtual time: the throttle of the lab, the loads of the lab, and disks that take as long as the workspace
// says. Nothing is kept of a request that is done, and none costs an allocation.
//
//   load ──▶ take while iodepth allows ──▶ intercept ──▶ iothread's queue ──▶ disk ──▶ counted; the load takes the next
//                                              └──▶ waits, granted by a timer ──▲
//
// What happens at one instant: timers first, as in QEMU, then script steps, then disks and loads as they were set.

export interface FlowListener {
  /** A step of the script is due. */
  onScript(): void
  readonly onRequest: RequestObserver | null
}

export class RequestFlow {
  nowNs = 0
  readonly throttle: Throttle
  /** Up to date after `enterStats`. */
  readonly stats: StatsMemory
  readonly devices: readonly SimulatedDevice[]
  readonly #listener: FlowListener
  readonly #queue: EventQueue
  readonly #tally: RequestTally
  readonly #free: FreeLoads
  readonly #disks: DiskQueues
  readonly #limited: ReadonlySet<string>
  readonly #eventless: EventlessLoads
  readonly #taken = new TakenRequest()
  #told = 0
  readonly #waiting: WaitingRequests
  /** By member. */
  readonly #places: readonly Place[]
  /** What was let go at a level and has not arrived at the next, in that order. */
  readonly #passing: Passing[] = []
  /** Slots of devices to look at before time goes on; each at most once. */
  readonly #dirty: Int32Array
  #dirtyCount = 0
  #timerIsDue = false
  /** Ids in the queue: timers (group * 2 + direction), then the script, disks, loads by device. */
  readonly #scriptId: number
  readonly #firstDisk: number
  readonly #firstLoad: number

  constructor(workspace: Workspace, traces: Traces, listener: FlowListener) {
    const groups = Math.max(Object.keys(workspace.groups).length, 1)
    const depths = largestIodepths(workspace)
    const iodepth = Math.max(1, ...depths.values())
    this.#listener = listener
    this.#scriptId = groups * 2
    this.#firstDisk = this.#scriptId + 1
    this.devices = simulatedDevices(workspace, traces)
    const devices = Math.max(workspace.devices.length, 1)
    this.#places = placesOf(this.devices)
    const members = Math.max(this.#places.length, 1)
    const disks = disksOf(workspace, this.devices, depths)
    this.#firstLoad = this.#firstDisk + disks.length
    this.#queue = new EventQueue(this.#firstLoad + devices, [this.#scriptId, this.#firstDisk])
    this.throttle = {
      memory: createLocalThrottleMemory({ groups, members, iodepth }),
      listener: this.#throttleListener(),
    }
    this.stats = createLocalStatsMemory(devices)
    this.#tally = new RequestTally(this.stats)
    this.#dirty = new Int32Array(devices)
    this.#free = new FreeLoads(
      this.devices,
      { stats: this.stats, tally: this.#tally, seed: workspace.seed },
      (device, atNs) => this.#lookAgain(device, atNs),
    )
    this.#disks = new DiskQueues(disks, this.#free, { queue: this.#queue, firstId: this.#firstDisk })
    this.#waiting = new WaitingRequests(this.throttle.memory, listener.onRequest !== null)
    this.#limited = limitedGroups(workspace)
    const unlimited = unlimitedDevices(workspace, this.#limited)
    for (const device of this.devices) device.isUnlimited = unlimited.has(device.id)
    this.#eventless = new EventlessLoads(
      workspace,
      {
        memory: this.throttle.memory,
        tally: this.#tally,
        devices: this.devices,
        disks,
        queue: this.#queue,
        ids: { script: this.#scriptId, firstDisk: this.#firstDisk, firstLoad: this.#firstLoad },
        arrivalsNs: this.#waiting.arrivalsNs,
      },
      listener.onRequest !== null,
    )
    for (const device of this.devices) this.afterChange(device)
  }

  /** Requests done so far. */
  get requests(): number {
    return this.#told + this.#free.requests + this.#eventless.requests
  }

  /**
   * Goes on to `untilNs`, what is due then included, but through no more than `maxEvents` events, so that the caller gets
   * a say in between: how many of these are left; -1 if it is not there yet.
   */
  advance(untilNs: number, maxEvents: number): number {
    this.#pullDirty()
    for (let event = 0; event < maxEvents; event += 1) {
      if (this.#eventless.mayBegin && this.#queue.nextNs() > this.nowNs) this.#beginStretch()
      const timeNs = this.#queue.nextNs()
      if (timeNs > untilNs) {
        this.nowNs = untilNs
        this.#catchUp()
        return maxEvents - event
      }
      this.nowNs = timeNs
      this.#happen(this.#queue.take())
      if (this.#dirtyCount > 0) this.#pullDirty()
    }
    return -1
  }

  /** What costs no events goes on to now. */
  #catchUp(): void {
    this.#disks.goOn(this.nowNs)
    this.#eventless.goOn(this.nowNs)
  }

  /** All that is due now has happened. */
  #beginStretch(): void {
    const nextNs = this.#eventless.begin(this.nowNs)
    if (nextNs !== null) this.#lookAgain(this.devices[0]!, nextNs)
  }

  /** Before anybody reads the statistics. */
  enterStats(): void {
    this.#catchUp()
    this.#eventless.write()
    this.#free.enter()
    this.#tally.enter()
  }

  /** Before the device's load or group changes. */
  beforeChange(device: SimulatedDevice): void {
    this.enterStats() // by what its load was made of until now
    this.#disks.setFree(device, false)
  }

  /** After the device's load or group changed, and at the start. */
  afterChange(device: SimulatedDevice): void {
    const isFree = device.stream.mix !== null && !device.groups.some((group) => this.#limited.has(group))
    this.#disks.setFree(device, isFree && this.#listener.onRequest === null)
    this.touch(device)
  }

  setScriptNs(timeNs: number): void {
    this.#queue.set(this.#scriptId, timeNs)
  }

  /** The device's load is looked at before time goes on. */
  touch(device: SimulatedDevice): void {
    if (device.isDirty) return
    device.isDirty = true
    this.#dirty[this.#dirtyCount] = device.slot
    this.#dirtyCount += 1
  }

  #throttleListener(): ThrottleListener {
    return {
      armed: (group, direction, _member, deadlineNs) => {
        if (deadlineNs <= this.nowNs) this.#timerIsDue = true
        this.#queue.set(group * 2 + direction, deadlineNs)
      },
      disarmed: (group, direction) => this.#queue.clear(group * 2 + direction),
      granted: (member, direction, bytes) => {
        countAsTaken(this.throttle.memory, member, direction)
        const offset = this.#waiting.offset(member, direction)
        const arrivalNs = this.#waiting.arrivalNs(member, direction)
        const { device, level } = this.#places[member] as Place // every member has one
        if (level + 1 < device.groups.length) {
          this.#passing.push({ device, level: level + 1, direction, bytes, offset, arrivalNs })
        } else this.#serve(device, direction, bytes, offset, arrivalNs)
      },
      passOn: () => {
        for (let next = this.#passing.shift(); next !== undefined; next = this.#passing.shift()) {
          this.#arrive(next.device, next.level, next)
        }
      },
    }
  }

  #happen(id: number): void {
    if (id < this.#scriptId)
      fireTimer(this.throttle, id >> 1, (id & 1) as DirectionIndex, this.nowNs) // group * 2 + direction
    else if (id >= this.#firstLoad)
      this.touch(this.devices[id - this.#firstLoad] as SimulatedDevice) // by device
    else if (id >= this.#firstDisk) this.#finish(id - this.#firstDisk)
    else {
      this.#eventless.end(this.nowNs)
      this.#listener.onScript()
    }
  }

  #pullDirty(): void {
    for (let index = 0; index < this.#dirtyCount; index += 1) {
      const device = this.devices[this.#dirty[index]!] as SimulatedDevice // a slot that was touched
      this.#pull(device) // what is done meanwhile makes room that this very loop takes up
      device.isDirty = false
    }
    this.#dirtyCount = 0
  }

  /** Takes requests from the load as long as one is due and its iodepth has room. */
  #pull(device: SimulatedDevice): void {
    const eventless = this.#eventless.of(device)
    if (eventless !== null) {
      this.#lookAgain(device, eventless.endBlock(this.nowNs))
      return
    }
    const { stream } = device
    while (device.outstanding < stream.iodepth) {
      const dueNs = stream.dueNs(this.nowNs)
      if (dueNs > this.nowNs) {
        this.#lookAgain(device, dueNs)
        return
      }
      stream.take(this.nowNs, this.#taken)
      device.outstanding += 1
      this.#timerIsDue = false
      this.#submit(device)
      if (this.#timerIsDue) {
        // A turn was handed on "now": that timer fires before the next request is submitted.
        this.#lookAgain(device, this.nowNs)
        return
      }
    }
  }

  #lookAgain(device: SimulatedDevice, atNs: number): void {
    const id = this.#firstLoad + device.slot
    if (atNs !== Number.POSITIVE_INFINITY && this.#queue.timeNs(id) !== atNs) this.#queue.set(id, atNs)
  }

  #submit(device: SimulatedDevice): void {
    const { direction } = this.#taken
    if (!this.#arrive(device, 0, this.#taken)) this.#tally.addDelayed(device.slot * 2 + direction)
  }

  /** Through the levels from `level` on, to its disk: false if it waits at one of them. */
  #arrive(device: SimulatedDevice, level: number, request: Readonly<TakenRequest>): boolean {
    const { direction, bytes, offset, arrivalNs } = request
    for (let next = level; next < device.groups.length; next += 1) {
      const member = device.members[next]! // there is one for each level
      if (intercept(this.throttle, member, direction, bytes, this.nowNs)) continue
      this.#waiting.keep(member, direction, arrivalNs, offset)
      return false
    }
    this.#serve(device, direction, bytes, offset, arrivalNs)
    return true
  }

  /** The throttle let a request go: to its disk with it. */
  #serve(device: SimulatedDevice, direction: DirectionIndex, bytes: number, offset: number, arrivalNs: number): void {
    this.#disks.push(device, device.slot * 2 + direction, bytes, offset, arrivalNs, this.nowNs)
  }

  /** The disk's first request of which somebody is told is done. */
  #finish(index: number): void {
    const disk = this.#disks.first(index, this.nowNs)
    const { numbers } = disk
    const at = disk.shift()
    const flow = numbers[at + FLOW]!
    const bytes = numbers[at + BYTES]!
    const arrivalNs = numbers[at + ARRIVAL_NS]!
    const goNs = numbers[at + GO_NS]!
    const device = this.devices[flow >> 1] as SimulatedDevice // flows are device * 2 + direction
    this.#tally.add(flow, bytes, goNs - arrivalNs, numbers[at + SERVICE_NS]!)
    this.#told += 1
    device.outstanding -= 1
    this.touch(device)
    const { onRequest } = this.#listener
    if (onRequest !== null) onRequest(flow, numbers[at + OFFSET]!, bytes, arrivalNs, goNs, this.nowNs)
    this.#disks.next(index)
  }
}
