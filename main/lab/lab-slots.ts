import type { Level } from '#main/iothread/messages.ts'
import type { DeviceSlot, SlotNames } from '#main/stats/slot-names.ts'
import { assert } from '#shared/assert.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { keptInFlight } from '#shared/workspace/disk-depth.ts'
import { freeName } from '#shared/workspace/edits.ts'
import { MAX_DEVICES, MAX_GROUPS, MAX_LEVELS_TOGETHER } from '#shared/workspace/workspace.ts'
import type { RunningDevice } from './running-device.ts'
import { SlotPool } from './slot-pool.ts'

// What runs in the lab, by name: which slot, which iothread, which group. The main process's own book; the truth about
// buckets and queues is in shared memory.

export interface RunningGroup {
  readonly name: string
  /** By which the sampler and the run book know it, whatever it is called by now. */
  readonly key: string
  readonly slot: number
  limits: Limits
}

/** In the order of the workspace. */
export interface Running {
  readonly groups: ReadonlyMap<string, RunningGroup>
  readonly devices: ReadonlyMap<string, RunningDevice>
}

export class LabSlots implements Running {
  groups: ReadonlyMap<string, RunningGroup> = new Map()
  devices: ReadonlyMap<string, RunningDevice> = new Map()
  readonly #groupSlots = new SlotPool(MAX_GROUPS, 'groups')
  readonly #deviceSlots = new SlotPool(MAX_DEVICES, 'devices')
  readonly #timesTaken = new Map<number, number>()
  /** Members of inner levels; those of outermost ones have their device's slot. */
  readonly #innerSlots = new SlotPool(MAX_LEVELS_TOGETHER - MAX_DEVICES, 'levels of chains')

  takeGroupSlot(): number {
    return this.#groupSlots.take()
  }

  freeGroupSlot(slot: number): void {
    this.#groupSlots.free(slot)
  }

  takeDeviceSlot(): number {
    const slot = this.#deviceSlots.take()
    this.#timesTaken.set(slot, this.deviceSlotTaken(slot) + 1)
    return slot
  }

  /** How often the slot was taken: tells who has it from who had it before. */
  deviceSlotTaken(slot: number): number {
    return this.#timesTaken.get(slot) ?? 0
  }

  freeDeviceSlot(slot: number): void {
    this.#deviceSlots.free(slot)
  }

  /** Of the member of an inner level. */
  takeInnerMember(): number {
    return MAX_DEVICES + this.#innerSlots.take()
  }

  freeInnerMember(member: number): void {
    this.#innerSlots.free(member - MAX_DEVICES)
  }

  /** Where the device is to join. */
  levelsOf({ groups, members }: RunningDevice): readonly Level[] {
    return groups.map((group, level) => ({ member: members[level]!, group: this.group(group).slot })) // one for each
  }

  group(name: string): RunningGroup {
    const group = this.groups.get(name)
    assert(group !== undefined, 'a group that is named runs')
    return group
  }

  device(id: string): RunningDevice {
    const device = this.devices.get(id)
    assert(device !== undefined, 'a device that is named runs')
    return device
  }

  deviceIn(slot: number): RunningDevice | undefined {
    return [...this.devices.values()].find((device) => device.slot === slot)
  }

  groupKeys(groups: readonly string[]): readonly string[] {
    return groups.map((name) => this.group(name).key)
  }

  /** What runs by its keys: for the sampler and the run book. */
  slotNames(): SlotNames {
    return {
      groups: [...this.groups.values()].map(({ key, slot }) => ({ name: key, slot })),
      devices: [...this.devices.values()].map((device) => this.#deviceSlot(device)),
    }
  }

  #deviceSlot(device: RunningDevice): DeviceSlot {
    const shown: DeviceSlot = {
      id: device.key,
      slot: device.slot,
      groups: this.groupKeys(device.groups),
      members: device.members,
      iothread: device.iothread,
      status: statusOf(device),
      reason: device.failure?.message ?? device.stuck,
      rateIops: device.rateIops,
      diskDepth: device.isShallow ? 1 : keptInFlight(device.disk, device.workload),
    }
    return shown.reason === null ? shown : { ...shown, advice: adviceFor(device) }
  }
}

/** Keys for newcomers: the name they come with, unless one that was renamed still goes by that. */
export class FreeKeys {
  readonly #taken: Set<string>

  constructor(running: readonly { readonly key: string }[]) {
    this.#taken = new Set(running.map(({ key }) => key))
  }

  take(name: string): string {
    const key = this.#taken.has(name) ? freeName(this.#taken, name) : name
    this.#taken.add(key)
    return key
  }
}

function statusOf(device: RunningDevice): 'running' | 'idle' | 'failed' {
  if (device.failure !== null || device.stuck !== null) return 'failed'
  return device.workload.kind === 'idle' ? 'idle' : 'running'
}

function adviceFor({ failure }: RunningDevice): string {
  return failure?.advice ?? 'Check that disk, or the network it is on; its devices continue when it answers.'
}
