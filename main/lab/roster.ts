import type { Failure } from '#main/iothread/messages.ts'
import type { Trace } from '#main/load/trace.ts'
import type { Board } from '#main/stats/board.ts'
import { assert } from '#shared/assert.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { type Disk, MAX_DEVICES, MAX_GROUPS, type Workload } from '#shared/workspace/workspace.ts'

// What runs in the lab, by name: which slot, which iothread, which group. The main process's own book; the truth about
// buckets and queues is in shared memory.

export interface RunningGroup {
  readonly name: string
  readonly slot: number
  limits: Limits
}

export interface RunningDevice {
  readonly id: string
  readonly slot: number
  readonly seed: number
  readonly disk: Disk
  /** Backing file of Weir's own; null: the user's file, or none. */
  readonly ownFile: string | null
  readonly iothread: number
  group: string | null
  workload: Workload
  trace: Trace | null
  /** What its load asks for by itself, requests per second; null: as many as it gets. */
  rateIops: number | null
  /** Why its disk gave up. */
  failure: Failure | null
  /** Since when its iothread has been inside one disk request, for people; null: it is not. */
  stuck: string | null
}

export class Roster {
  /** In the order of the workspace. */
  groups: ReadonlyMap<string, RunningGroup> = new Map()
  devices: ReadonlyMap<string, RunningDevice> = new Map()
  readonly #groupSlots = new Slots(MAX_GROUPS)
  readonly #deviceSlots = new Slots(MAX_DEVICES)

  takeGroupSlot(): number {
    return this.#groupSlots.take()
  }

  freeGroupSlot(slot: number): void {
    this.#groupSlots.free(slot)
  }

  takeDeviceSlot(): number {
    return this.#deviceSlots.take()
  }

  freeDeviceSlot(slot: number): void {
    this.#deviceSlots.free(slot)
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

  board(): Board {
    return {
      groups: [...this.groups.values()],
      devices: [...this.devices.values()].map((device) => ({
        id: device.id,
        slot: device.slot,
        group: device.group,
        iothread: device.iothread,
        status: statusOf(device),
        reason: device.failure?.message ?? device.stuck,
        rateIops: device.rateIops,
      })),
    }
  }
}

function statusOf(device: RunningDevice): 'running' | 'idle' | 'failed' {
  if (device.failure !== null || device.stuck !== null) return 'failed'
  return device.workload.kind === 'idle' ? 'idle' : 'running'
}

/** Numbers 0 … count−1, the lowest free one first. */
class Slots {
  readonly #count: number
  readonly #taken = new Set<number>()

  constructor(count: number) {
    this.#count = count
  }

  take(): number {
    for (let slot = 0; slot < this.#count; slot += 1) {
      if (this.#taken.has(slot)) continue
      this.#taken.add(slot)
      return slot
    }
    throw new Error('Broken invariant: a workspace fits the tables')
  }

  free(slot: number): void {
    assert(this.#taken.delete(slot), 'a slot that is freed was taken')
  }
}
