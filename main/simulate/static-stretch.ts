import { armedOf, tokenOf } from '#main/throttle/group-table.ts'
import { BOTH_DIRECTIONS, type ThrottleMemory } from '#main/throttle/throttle-memory.ts'
import type { EventQueue } from './event-queue.ts'
import { LoneDevice } from './lone-device.ts'
import type { RequestTally } from './request-tally.ts'
import { ARRIVAL_NS, BYTES, FINISH_NS, FLOW, GO_NS, SERVICE_NS, ServiceQueue, WAIT_NS } from './service-queue.ts'
import type { SimulatedDevice } from './simulated-device.ts'
import type { SimulatedDisk } from './simulated-disk.ts'
import { type StaticDisk, StaticPart } from './static-part.ts'

// A whole part changes hands: from where each request is an event to a `StaticPart`, and back for a step of the script.
// Everything goes along: levels, queues, turns, timers, what the disks have to serve, and the order in which all of it was set.

/** What a simulation with an event for each request is made of. */
export interface FlowState {
  readonly memory: ThrottleMemory
  readonly tally: RequestTally
  readonly devices: readonly SimulatedDevice[]
  readonly disks: readonly SimulatedDisk[]
  readonly queue: EventQueue
  /** In the queue: timers (group * 2 + direction), then the script, disks, loads by device. */
  readonly ids: { readonly script: number; readonly firstDisk: number; readonly firstLoad: number }
  /** When each request that waits arrived, by its cell in `memory.waiting`. */
  readonly arrivalsNs: Float64Array
}

/** Whether each timer's member holds the token: not so after a drain, until the timer has fired. */
export function areTurnsPlain(memory: ThrottleMemory): boolean {
  for (let group = 0; group < memory.size.groups; group += 1) {
    for (const direction of BOTH_DIRECTIONS) {
      const armed = armedOf(memory, group, direction)
      if (armed !== -1 && armed !== tokenOf(memory, group, direction)) return false
    }
  }
  return true
}

/** All that is due at `nowNs` has happened. */
export function takeOver(state: FlowState, groups: number, nowNs: number): StaticPart {
  const { queue, devices } = state
  const { script, firstDisk, firstLoad } = state.ids
  const part = new StaticPart(groups, devices, nowNs, state)
  const diskOf = new Map(part.devices.map(({ device, disk }) => [device.disk, disk]))
  for (const id of queue.ids()) {
    if (id === script) continue
    const timeNs = queue.timeNs(id)
    queue.clear(id)
    if (id < script) part.queue.set(id, timeNs)
    else if (id < firstLoad) part.queue.set(part.firstDisk + diskOf.get(id - firstDisk)!.id, timeNs)
    else part.queue.set(part.firstLoad + id - firstLoad, timeNs)
  }
  for (const [disk, own] of diskOf) takeDisk(state.disks[disk]!, own)
  return part
}

/** The same of a part that is one device, which keeps it to the end. */
export function takeOverLone(state: FlowState, device: SimulatedDevice): LoneDevice {
  const { queue, disks } = state
  const disk = { id: 0, isDeep: false, queue: new ServiceQueue(device.stream.iodepth), freeNs: new Float64Array(1) }
  takeDisk(disks[device.disk]!, disk)
  const lone = new LoneDevice(device, disk, state)
  for (const id of queue.ids()) {
    const timeNs = queue.timeNs(id)
    queue.clear(id)
    if (id < state.ids.script) lone.set(id, timeNs)
    else if (id >= state.ids.firstLoad) lone.loadNs = timeNs
  }
  return lone
}

export function giveBack(state: FlowState, part: StaticPart): void {
  const { queue } = state
  const { script, firstDisk, firstLoad } = state.ids
  part.endGroups(state.arrivalsNs)
  for (const id of queue.ids()) if (id !== script) queue.clear(id) // the end of a block
  const disks = [...new Map(part.devices.map(({ device, disk }) => [disk, device.disk]))]
  for (const id of part.queue.ids()) {
    const timeNs = part.queue.timeNs(id)
    if (id < part.firstDisk) queue.set(id, timeNs)
    else if (id < part.firstLoad) queue.set(firstDisk + disks[id - part.firstDisk]![1], timeNs)
    else queue.set(firstLoad + id - part.firstLoad, timeNs)
  }
  for (const [own, disk] of disks) giveDisk(own, state.disks[disk]!)
  for (const { device, outstanding } of part.devices) device.outstanding = outstanding
}

function takeDisk(disk: SimulatedDisk, own: StaticDisk): void {
  own.freeNs[0] = disk.freeNs
  const [from, to] = [disk.numbers, own.queue.numbers]
  while (disk.count > 0) {
    const [at, ownAt] = [disk.shift(), own.queue.push()]
    for (const field of [FLOW, BYTES, SERVICE_NS, FINISH_NS]) to[ownAt + field] = from[at + field]!
    to[ownAt + WAIT_NS] = from[at + GO_NS]! - from[at + ARRIVAL_NS]!
  }
  disk.told = 0
  disk.freeNs = 0 // or what it gets back, some of it the same, would stand behind what was taken
}

/** A request counts as arrived where its wait began if it went when the disk began with it: nobody asks for more. */
function giveDisk({ queue, freeNs }: StaticDisk, disk: SimulatedDisk): void {
  const { numbers } = queue
  disk.told = queue.count
  while (queue.count > 0) {
    const at = queue.shift()
    const serviceNs = numbers[at + SERVICE_NS]!
    const goNs = numbers[at + FINISH_NS]! - serviceNs
    disk.push(numbers[at + FLOW]!, numbers[at + BYTES]!, 0, goNs - numbers[at + WAIT_NS]!, goNs, serviceNs)
  }
  disk.freeNs = freeNs[0]!
}
