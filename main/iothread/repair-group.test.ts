import { expect, test } from 'vitest'
import { configureGroup } from '#main/throttle/configure-group.ts'
import { createLocalThrottleMemory } from '#main/throttle/create-memory.ts'
import { deadlineNs, groupPending } from '#main/throttle/group-table.ts'
import { memberGroup, setNextMember } from '#main/throttle/member-table.ts'
import { joinGroup } from '#main/throttle/membership.ts'
import { fireTimer, intercept } from '#main/throttle/throttle-group.ts'
import { READ } from '#main/throttle/throttle-memory.ts'
import { repairGroup } from './repair-group.ts'

const MS = 1e6

test('a group left half changed by a thread that died is made whole, and nobody waits for ever', () => {
  const memory = createLocalThrottleMemory({ groups: 1, members: 3, iodepth: 16 })
  const granted: number[] = []
  const listener = { armed: () => {}, disarmed: () => {}, granted: (member: number) => granted.push(member) }
  const throttle = { memory, listener }
  configureGroup(memory, 0, { 'iops-total': 10 }, 0)
  for (const member of [0, 1, 2]) joinGroup(memory, 0, member)
  for (const member of [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]) intercept(throttle, member, READ, 512, 0)
  setNextMember(memory, 2, 2) // a torn ring
  memory.groupWords.fill(0, 8, 10) // PENDING of both directions forgotten
  repairGroup(throttle, 0, 10 * MS)
  expect(groupPending(memory, 0, READ)).toBe(9) // one went by the repair's turn
  for (let turn = 1; turn <= 9; turn += 1) fireTimer(throttle, 0, READ, deadlineNs(memory, 0, READ))
  expect(groupPending(memory, 0, READ)).toBe(0)
  expect(granted.toSorted()).toEqual([0, 0, 1, 1, 1, 1, 2, 2, 2, 2])
  expect([0, 1, 2].map((member) => memberGroup(memory, member))).toEqual([0, 0, 0])
})
