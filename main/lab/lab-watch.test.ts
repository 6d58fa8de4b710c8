import { expect, test } from 'vitest'
import { LabSlots } from './lab-slots.ts'
import type { LabTools } from './lab-tools.ts'
import { LabWatch } from './lab-watch.ts'
import type { RunningDevice } from './running-device.ts'

/** A watch over slots that the test fills, and what it says. */
function watched() {
  const slots = new LabSlots()
  const said: string[] = []
  const clock = { machineMs: () => 0, nowNs: () => 0 }
  const watch = new LabWatch({ slots, clock } as unknown as LabTools, ({ text }) => said.push(text)) // no more is asked
  const place = (id: string, slot: number): RunningDevice => {
    const device = { id, key: id, slot, groups: [], isShallow: false } as unknown as RunningDevice
    slots.devices = new Map([[id, device]])
    return device
  }
  return { slots, watch, said, place }
}

test('a disk without depth is told of once its device is in its slot, and not again when a reset opens it', () => {
  const { slots, watch, said, place } = watched()
  const slot = slots.takeDeviceSlot()
  watch.diskShallow(slot, 'it is forbidden')
  watch.look()
  expect(said).toEqual([])
  const device = place('a', slot)
  watch.look()
  watch.diskShallow(slot, 'it is forbidden')
  watch.look()
  expect([said, device.isShallow]).toEqual([['a does one request at a time: it is forbidden'], true])
})

test('what was said of a device that never came to be is not held against who gets its slot', () => {
  const { slots, watch, said, place } = watched()
  const slot = slots.takeDeviceSlot()
  watch.diskShallow(slot, 'it is forbidden')
  slots.freeDeviceSlot(slot) // another disk of the same workspace was refused
  expect(slots.takeDeviceSlot()).toBe(slot)
  const device = place('null-disk', slot)
  watch.look()
  expect([said, device.isShallow]).toEqual([[], false])
})
