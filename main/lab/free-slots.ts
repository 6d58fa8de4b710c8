import { memberCount } from '#main/throttle/group-table.ts'
import { memberGroup } from '#main/throttle/member-table.ts'
import type { LabTools } from './lab-tools.ts'

export interface LeftSlots {
  readonly devices: readonly number[]
  readonly groups: readonly number[]
}

/**
 * Frees slots that nobody uses any more, but not before every iothread that is late has answered: it may still write to
 * them. One whose member a dead iothread left in its group is never free again.
 */
export function freeSlots(tools: LabTools, left: LeftSlots): void {
  if (left.devices.length + left.groups.length === 0) return
  const { slots, memory, pool } = tools
  const free = (): void => {
    for (const slot of left.devices) if (memberGroup(memory.throttle, slot) === -1) slots.freeDeviceSlot(slot)
    for (const slot of left.groups) if (memberCount(memory.throttle, slot) === 0) slots.freeGroupSlot(slot)
  }
  if (pool.hasLate) void pool.whenAllAnswered().then(() => tools.run(async () => free()))
  else free()
}
