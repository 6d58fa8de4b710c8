import { expect, test } from 'vitest'
import { createLabMemory } from '#main/iothread/lab-memory.ts'
import { joinGroup } from '#main/throttle/membership.ts'
import { freeSlots } from './free-slots.ts'
import type { LabTools } from './lab-tools.ts'
import { Roster } from './roster.ts'

/** A roster of which two device slots and two group slots are taken, beside a pool that is late until told otherwise. */
function lateTools() {
  const roster = new Roster()
  for (let slot = 0; slot < 2; slot += 1) {
    roster.takeDeviceSlot()
    roster.takeGroupSlot()
  }
  let answer = (): void => {}
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  const pool = { hasLate: true, whenAllAnswered: () => answered }
  const tools = { roster, pool, memory: createLabMemory(), run: (task: () => Promise<void>) => task() }
  return { roster, pool, memory: tools.memory, answer, tools: tools as unknown as LabTools }
}

test('slots of an iothread that does not answer are nobody else’s until it has', async () => {
  const { roster, tools, answer } = lateTools()
  freeSlots(tools, { devices: [0, 1], groups: [0] })
  expect([roster.takeDeviceSlot(), roster.takeGroupSlot()]).toEqual([2, 2])
  answer()
  await new Promise(setImmediate)
  expect([roster.takeDeviceSlot(), roster.takeDeviceSlot(), roster.takeGroupSlot()]).toEqual([0, 1, 0])
})

test('a slot whose member a dead iothread left in its group is never taken again', () => {
  const { roster, memory, pool, tools } = lateTools()
  pool.hasLate = false
  joinGroup(memory.throttle, 0, 1)
  freeSlots(tools, { devices: [0, 1], groups: [0, 1] })
  expect([roster.takeDeviceSlot(), roster.takeDeviceSlot()]).toEqual([0, 2])
  expect([roster.takeGroupSlot(), roster.takeGroupSlot()]).toEqual([1, 2])
})
