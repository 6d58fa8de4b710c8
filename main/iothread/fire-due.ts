import { armedOf, deadlineNs } from '#main/throttle/group-table.ts'
import { fireTimer, type Throttle } from '#main/throttle/throttle-group.ts'
import { BOTH_DIRECTIONS } from '#main/throttle/throttle-memory.ts'

/** Timers fired under one hold of the lock. What is still due then is due at the next look. */
const MAX_FIRED_PER_HOLD = 64

/**
 * Fires the group's timers whose deadline has passed. A turn handed on "now" is a timer due now: fired here at once, it costs
 * no wake-up of its owner. `onLate` hears by how much each was late. LOCK: that of the group.
 */
export function fireDueOf(throttle: Throttle, group: number, nowNs: number, onLate: (lateNs: number) => void): void {
  for (const direction of BOTH_DIRECTIONS) {
    for (let fired = 0; fired < MAX_FIRED_PER_HOLD; fired += 1) {
      if (armedOf(throttle.memory, group, direction) === -1) break
      const lateNs = nowNs - deadlineNs(throttle.memory, group, direction)
      if (lateNs < 0) break
      if (lateNs > 0) onLate(lateNs)
      fireTimer(throttle, group, direction, nowNs)
    }
  }
}
