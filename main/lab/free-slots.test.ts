import { expect, test } from 'vitest'
import { createLabMemory } from '#main/iothread/lab-memory.ts'
import { joinGroup } from '#main/throttle/membership.ts'
import { freeSlots } from './free-slots.ts'
import { LabSlots } from './lab-slots.ts'
import type { LabTools } from './lab-tools.ts'

/** Of the slots two for devices and two for groups are taken, beside a pool that is late until told otherwise. */
function lateTools() {
  const slots = new LabSlots()
  for (let slot = 0; slot < 2; slot += 1) {
    slots.takeDeviceSlot()
    slots.takeGroupSlot()
  }
  let answer = (): void => {}
  const answered = new Promise<void>((resolve) => {
    answer = resolve
  })
  const pool = { hasLate: true, whenAllAnswered: () => answered }
  const tools = { slots, pool, memory: createLabMemory(), run: (task: () => Promise<void>) => task() }
  return { slots, pool, memory: tools.memory, answer, tools: tools as unknown as LabTools }
}

test('slots of an iothread that does not answer are nobody else’s until it has', async () => {
  const { slots, tools, answer } = lateTools()
  freeSlots(tools, { devices: [0, 1], inner: [], groups: [0] })
  expect([slots.takeDeviceSlot(), slots.takeGroupSlot()]).toEqual([2, 2])
  answer()
  await new Promise(setImmediate)
  expect([slots.takeDeviceSlot(), slots.takeDeviceSlot(), slots.takeGroupSlot()]).toEqual([0, 1, 0])
})

test('a slot whose member a dead iothread left in its group is never taken again', () => {
  const { slots, memory, pool, tools } = lateTools()
  pool.hasLate = false
  joinGroup(memory.throttle, 0, 1)
  freeSlots(tools, { devices: [0, 1], inner: [], groups: [0, 1] })
  expect([slots.takeDeviceSlot(), slots.takeDeviceSlot()]).toEqual([0, 2])
  expect([slots.takeGroupSlot(), slots.takeGroupSlot()]).toEqual([1, 2])
})
