import { expect, test } from 'vitest'
import { createLabMemory } from '#main/iothread/lab-memory.ts'
import type { Operation } from '#main/iothread/messages.ts'
import { configuredCount } from '#main/throttle/group-table.ts'
import { joinGroup } from '#main/throttle/membership.ts'
import { type Limits, NO_LIMITS } from '#shared/throttle/limits.ts'
import { runChanges } from './change-runner.ts'
import type { LabChanges } from './lab-changes.ts'
import { LabSlots } from './lab-slots.ts'
import type { LabTools } from './lab-tools.ts'
import { NO_RENAMES } from './renames.ts'
import { workspaceOf } from './testing/test-lab.ts'

const LIMITS: Limits = { 'iops-total': 100 }

const desired = workspaceOf({ groups: { gold: LIMITS }, devices: [] })

const CHANGES: LabChanges = {
  renames: [],
  addGroups: [],
  removeGroups: [],
  configure: [{ name: 'gold', limits: LIMITS }],
  add: [],
  remove: [],
  move: [],
  reload: [],
}

/** A lab of one group without devices, beside two iothreads of which the first is late. */
function labOfOneGroup() {
  const slots = new LabSlots()
  const slot = slots.takeGroupSlot()
  slots.groups = new Map([['gold', { name: 'gold', key: 'gold', slot, limits: NO_LIMITS }]])
  const posted: { iothread: number; operations: readonly Operation[] }[] = []
  const pool = {
    growTo: async () => {},
    shrinkTo: async () => {},
    numbers: () => [0, 1],
    isLate: (iothread: number) => iothread === 0,
    post: async (iothread: number, operations: readonly Operation[]) => {
      posted.push({ iothread, operations })
    },
  }
  const memory = createLabMemory()
  const tools = { slots, pool, memory, clock: { nowNs: () => 5 } } as unknown as LabTools
  const change = () => runChanges(tools, { changes: CHANGES, desired, renames: NO_RENAMES })
  const before = configuredCount(memory.throttle, slot)
  const configured = () => configuredCount(memory.throttle, slot) - before
  return { slot, memory, posted, change, configured }
}

test('a group without members gets its limits at once', async () => {
  const { posted, change, configured } = labOfOneGroup()
  await change()
  expect(configured()).toBe(1)
  expect(posted).toEqual([])
})

test('a member that a late iothread has yet to take out has the limits set under the lock', async () => {
  const { slot, memory, posted, change, configured } = labOfOneGroup()
  joinGroup(memory.throttle, slot, 3)
  await change()
  expect(configured()).toBe(0)
  expect(posted).toEqual([{ iothread: 1, operations: [{ kind: 'configure', group: slot, limits: LIMITS }] }])
})
