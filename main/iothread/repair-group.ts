import {
  armedOf,
  setArmed,
  setDisabledCount,
  setGroupPending,
  setMemberCount,
  setRingHead,
  setToken,
  tokenOf,
} from '#main/throttle/group-table.ts'
import {
  disabledTimes,
  joinedSequence,
  memberGroup,
  memberPending,
  publishGranted,
  setNextMember,
  setPreviousMember,
} from '#main/throttle/member-table.ts'
import { fireTimer, type Throttle } from '#main/throttle/throttle-group.ts'
import { BOTH_DIRECTIONS, type DirectionIndex, type ThrottleMemory } from '#main/throttle/throttle-memory.ts'

// A thread died while it held the group's lock, anywhere in between. What each member's own words say is believed
// (each changes by one store); everything derived from them is rebuilt: ring, counts, totals, timers. The levels stay
// as they are, off by the one request that was under way at most.

function membersOf(memory: ThrottleMemory, group: number): number[] {
  const members: number[] = []
  for (let member = 0; member < memory.size.members; member += 1) {
    if (memberGroup(memory, member) === group) members.push(member)
  }
  return members.sort((a, b) => joinedSequence(memory, b) - joinedSequence(memory, a)) // newest first
}

function rebuildRing(memory: ThrottleMemory, group: number, members: readonly number[]): void {
  setRingHead(memory, group, members[0] ?? -1)
  setMemberCount(memory, group, members.length)
  setDisabledCount(memory, group, members.filter((member) => disabledTimes(memory, member) > 0).length)
  members.forEach((member, index) => {
    const next = members[(index + 1) % members.length]! // within the array
    setNextMember(memory, member, next)
    setPreviousMember(memory, next, member)
  })
}

function rebuildDirection(
  throttle: Throttle,
  group: number,
  direction: DirectionIndex,
  members: readonly number[],
): void {
  const { memory, listener } = throttle
  const waiting = members.reduce((sum, member) => sum + memberPending(memory, member, direction), 0)
  setGroupPending(memory, group, direction, waiting)
  for (const member of members) publishGranted(memory, member, direction)
  if (!members.includes(tokenOf(memory, group, direction))) setToken(memory, group, direction, members[0] ?? -1)
  if (armedOf(memory, group, direction) !== -1) {
    setArmed(memory, group, direction, -1)
    listener.disarmed(group, direction)
  }
}

/** Makes the group whole again and gives it a turn in each direction. Needs the lock, taken over from the dead. */
export function repairGroup(throttle: Throttle, group: number, nowNs: number): void {
  const { memory } = throttle
  const members = membersOf(memory, group)
  rebuildRing(memory, group, members)
  for (const direction of BOTH_DIRECTIONS) {
    rebuildDirection(throttle, group, direction, members)
    const token = tokenOf(memory, group, direction)
    if (token === -1) continue
    setArmed(memory, group, direction, token) // as if the token's timer were due: its first request goes, the rest follows
    fireTimer(throttle, group, direction, nowNs)
  }
}
