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
  /** Its device in StatsMemory, and its member at the outermost level in ThrottleMemory. */
  readonly slot: number
  /** Its place among all devices, where slots are those of a part; left out: the slot. */
  readonly place?: number
  /** Its chain. */
  readonly groups: readonly string[]
  /** Its members in ThrottleMemory, one for each level that its chain has or ever had. */
  readonly members: readonly number[]
  readonly iothread: number | null
  readonly status: DeviceStatus
  readonly reason: string | null
  /** What to do about it. */
  readonly advice?: string
  /** Requests per second its load asks for by itself; null: as many as it gets. */
  readonly rateIops: number | null
  /** How long its disk takes for a request, in µs, where Weir had to assume it: then nobody knows what it could do alone. */
  readonly assumedServiceUs?: number
  /** Requests that its disk has in flight at most; left out: one. */
  readonly diskDepth?: number
  /** No limit held it at any time of the run; known of a simulation only. */
  readonly isUnlimited?: true
}
