import { lastGrantedCell, oldestGrantedCell, takeGranted } from '#main/throttle/member-table.ts'
import { grantAtOnce, intercept, type Throttle } from '#main/throttle/throttle-group.ts'
import { BOTH_DIRECTIONS, type DirectionIndex, type ThrottleMemory } from '#main/throttle/throttle-memory.ts'

// The chains of the lab's devices: which member a request meets after the one that let it go. The throttle itself knows
// members and groups; that several members are levels of one device is known here.
//
//   member of level 0 ──granted, under group 0's lock──▶ its ring ──under group 1's lock──▶ member of level 1 ──▶ …
//
// WHO PASSES A REQUEST ON. The thread that granted it, as soon as it has released that group's lock: a slow disk's owner
// is not waited for. It takes the next group's lock and lets everything that the outer member's ring holds arrive, the
// oldest first. So requests of a device and direction arrive at each level in the order in which they came, whoever
// passes them on, and no thread ever holds two locks. What a dead thread had not passed on the owner does, at its next look.

export interface ChainMemory {
  /** Per member: the member of the next level, or −1. Writer: the owner's iothread, while neither is in a group. */
  readonly nextLevels: Int32Array
  /** As `waiting`: bytes of a request that was granted and has a level to go. Writer: the granter. Lock: the group's. */
  readonly passedBytes: Float64Array
}

export function chainBytes(members: number, iodepth: number): number {
  return Math.ceil(members / 2) * 8 + members * 2 * iodepth * 8
}

export function chainViews(buffer: SharedArrayBuffer, { size }: ThrottleMemory): ChainMemory {
  return {
    nextLevels: new Int32Array(buffer, 0, size.members),
    passedBytes: new Float64Array(buffer, Math.ceil(size.members / 2) * 8, size.members * 2 * size.iodepth),
  }
}

/** A request of `bytes` was just granted at `member`, which is not the innermost level. Needs the lock of its group. */
export function keepPassed(
  memory: ThrottleMemory & ChainMemory,
  member: number,
  direction: DirectionIndex,
  bytes: number,
): void {
  memory.passedBytes[lastGrantedCell(memory, member, direction)] = bytes
}

/**
 * What was granted at `member` arrives at `next`, whose group's lock is held. Of those that go at once the owner, or the
 * next level, hears as of any that is granted.
 */
export function arriveGranted(
  throttle: Throttle & { readonly memory: ThrottleMemory & ChainMemory },
  member: number,
  next: number,
  nowNs: number,
): void {
  const { memory } = throttle
  for (const direction of BOTH_DIRECTIONS) {
    for (;;) {
      const cell = oldestGrantedCell(memory, member, direction)
      if (cell === -1) break
      const bytes = memory.passedBytes[cell]!
      takeGranted(memory, member, direction)
      if (intercept(throttle, next, direction, bytes, nowNs)) grantAtOnce(throttle, next, direction, bytes, nowNs)
    }
  }
}
