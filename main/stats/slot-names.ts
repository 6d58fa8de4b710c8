import type { DeviceStatus } from '#shared/snapshot.ts'

// Which names stand for which slots: what a snapshot or a result needs to know beyond the memory. In the order in which
// people see them.

export interface SlotNames {
  readonly groups: readonly GroupSlot[]
  readonly devices: readonly DeviceSlot[]
}

export interface GroupSlot {
  readonly name: string
  /** Its group in ThrottleMemory. */
  readonly slot: number
}

export interface DeviceSlot {
  readonly id: string
  /** Its member in ThrottleMemory and its device in StatsMemory. */
  readonly slot: number
  readonly group: string | null
  readonly iothread: number | null
  readonly status: DeviceStatus
  readonly reason: string | null
  /** What to do about it. */
  readonly advice?: string
  /** Requests per second its load asks for by itself; null: as many as it gets. */
  readonly rateIops: number | null
  /** How long its disk takes for a request, in µs, where Weir had to assume it: then nobody knows what it could do alone. */
  readonly assumedServiceUs?: number
}
