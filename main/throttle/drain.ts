import { assert } from '#shared/assert.ts'
import { disabledCount, setDisabledCount } from './group-table.ts'
import { disabledTimes, memberGroup, setDisabledTimes } from './member-table.ts'
import { leaveGroup } from './membership.ts'
import { restartMember, type Throttle } from './throttle-group.ts'
import type { ThrottleMemory } from './throttle-memory.ts'

// Draining a member, as QEMU does before it changes a node. LOCK: both functions need that of the member's group.

/**
 * From here to `endDrain` limits do not hold for `member`: its whole queue goes at once, in order, charged to the
 * group. May be nested. The owner submits nothing meanwhile.
 */
export function beginDrain(throttle: Throttle, member: number, nowNs: number): void {
  const { memory } = throttle
  const group = memberGroup(memory, member)
  const times = disabledTimes(memory, member)
  setDisabledTimes(memory, member, times + 1)
  if (times > 0) return
  setDisabledCount(memory, group, disabledCount(memory, group) + 1)
  restartMember(throttle, member, nowNs)
}

export function endDrain(memory: ThrottleMemory, member: number): void {
  const times = disabledTimes(memory, member)
  assert(times > 0, 'a drain that ends has begun')
  setDisabledTimes(memory, member, times - 1)
  const group = memberGroup(memory, member)
  if (times === 1 && group !== -1) setDisabledCount(memory, group, disabledCount(memory, group) - 1)
}

/** Takes `member` out of its group, as QEMU does: all its waiting requests are granted when this returns. */
export function drainAndLeave(throttle: Throttle, member: number, nowNs: number): void {
  beginDrain(throttle, member, nowNs)
  leaveGroup(throttle.memory, member)
  endDrain(throttle.memory, member)
}
