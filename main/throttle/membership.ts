import { assert } from '#shared/assert.ts'
import {
  armedOf,
  disabledCount,
  memberCount,
  ringHead,
  setDisabledCount,
  setMemberCount,
  setRingHead,
  setToken,
  tokenOf,
} from './group-table.ts'
import {
  disabledTimes,
  joinedSequence,
  memberGroup,
  memberPending,
  nextMember,
  previousMember,
  setJoinedSequence,
  setMemberGroup,
  setNextMember,
  setPreviousMember,
} from './member-table.ts'
import { BOTH_DIRECTIONS, type ThrottleMemory } from './throttle-memory.ts'

// Who is in a group. Buckets are untouched by joining and leaving. Needs the group's lock.

function linkAtHead(memory: ThrottleMemory, group: number, member: number): void {
  const head = ringHead(memory, group)
  const oldest = head === -1 ? member : previousMember(memory, head)
  setNextMember(memory, member, head === -1 ? member : head)
  setPreviousMember(memory, member, oldest)
  setNextMember(memory, oldest, member)
  if (head !== -1) setPreviousMember(memory, head, member)
  setRingHead(memory, group, member)
}

function unlink(memory: ThrottleMemory, group: number, member: number): void {
  const next = nextMember(memory, member)
  const previous = previousMember(memory, member)
  setNextMember(memory, previous, next)
  setPreviousMember(memory, next, previous)
  if (ringHead(memory, group) === member) setRingHead(memory, group, next === member ? -1 : next)
  setNextMember(memory, member, -1)
  setPreviousMember(memory, member, -1)
}

/** Puts `member` at the head of the ring. It gets the token only where the group has none. */
export function joinGroup(memory: ThrottleMemory, group: number, member: number): void {
  assert(memberGroup(memory, member) === -1, 'a member that joins is in no group')
  const head = ringHead(memory, group)
  setJoinedSequence(memory, member, head === -1 ? 0 : joinedSequence(memory, head) + 1)
  setMemberGroup(memory, member, group)
  linkAtHead(memory, group, member)
  setMemberCount(memory, group, memberCount(memory, group) + 1)
  if (disabledTimes(memory, member) > 0) setDisabledCount(memory, group, disabledCount(memory, group) + 1)
  for (const direction of BOTH_DIRECTIONS) {
    if (tokenOf(memory, group, direction) === -1) setToken(memory, group, direction, member)
  }
}

/** Takes `member` out of its group; a token it holds goes to the next member. It must have been drained before. */
export function leaveGroup(memory: ThrottleMemory, member: number): void {
  const group = memberGroup(memory, member)
  assert(group !== -1, 'a member that leaves is in a group')
  const next = nextMember(memory, member)
  for (const direction of BOTH_DIRECTIONS) {
    assert(memberPending(memory, member, direction) === 0, 'a member that leaves has been drained')
    assert(armedOf(memory, group, direction) !== member, 'a member that leaves has no timer running')
    if (tokenOf(memory, group, direction) === member) {
      setToken(memory, group, direction, next === member ? -1 : next)
    }
  }
  unlink(memory, group, member)
  setMemberCount(memory, group, memberCount(memory, group) - 1)
  if (disabledTimes(memory, member) > 0) setDisabledCount(memory, group, disabledCount(memory, group) - 1)
  setMemberGroup(memory, member, -1)
}
