import { memberCount } from '#main/throttle/group-table.ts'
import { memberGroup } from '#main/throttle/member-table.ts'
import type { LabTools } from './lab-tools.ts'
import type { RunningDevice } from './running-device.ts'

export interface LeftSlots {
  readonly devices: readonly number[]
  /** Members of inner levels. */
  readonly inner: readonly number[]
  readonly groups: readonly number[]
}

/** Of devices that are gone. */
export function slotsOf(devices: readonly RunningDevice[]): LeftSlots {
  return {
    devices: devices.map(({ slot }) => slot),
    inner: devices.flatMap(({ members }) => members.slice(1)),
    groups: [],
  }
}

/**
 * Frees slots that nobody uses any more, but not before every iothread that is late has answered: it may still write to
 * them. One whose member a dead iothread left in its group is never free again.
 */
export function freeSlots(tools: LabTools, left: LeftSlots): void {
  if (left.devices.length + left.inner.length + left.groups.length === 0) return
  const { slots, memory, pool } = tools
  const free = (): void => {
    for (const slot of left.devices) if (memberGroup(memory.throttle, slot) === -1) slots.freeDeviceSlot(slot)
    for (const slot of left.inner) if (memberGroup(memory.throttle, slot) === -1) slots.freeInnerMember(slot)
    for (const slot of left.groups) if (memberCount(memory.throttle, slot) === 0) slots.freeGroupSlot(slot)
  }
  if (pool.hasLate) void pool.whenAllAnswered().then(() => tools.run(async () => free()))
  else free()
}
