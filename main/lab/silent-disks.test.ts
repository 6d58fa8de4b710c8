import { expect, test } from 'vitest'
import { noteAnswer, noteOwed } from '#main/iothread/disk-memory.ts'
import { createLabMemory } from '#main/iothread/lab-memory.ts'
import type { HeldUp } from './iothread-pool.ts'
import { LabSlots } from './lab-slots.ts'
import type { LabTools } from './lab-tools.ts'
import type { RunningDevice } from './running-device.ts'
import { SilentDisks } from './silent-disks.ts'

/** Devices `a` and `b` on iothread 0, `c` on iothread 1, in slots 0, 1, 2. `held`: what the pool finds. */
function threeDisks() {
  const memory = createLabMemory()
  const slots = new LabSlots()
  const device = (id: string, slot: number, iothread: number) =>
    [id, { id, key: id, slot, iothread } as RunningDevice] as const
  slots.devices = new Map([device('a', 0, 0), device('b', 1, 0), device('c', 2, 1)])
  const held: HeldUp[] = []
  const tools = { memory, slots, pool: { heldUp: () => held } } as unknown as LabTools // no more of it is asked
  const disks = new SilentDisks(tools)
  const look = (nowMs: number) => Object.fromEntries(disks.look(nowMs))
  return { memory, slots, held, look }
}

test('a disk that is silent beside one that answers on the same iothread is named, and nobody else', () => {
  const { memory, look } = threeDisks()
  for (let nowMs = 0; nowMs <= 5000; nowMs += 1000) {
    noteOwed(memory.diskWords, 0, 3)
    noteAnswer(memory.diskWords, 1, 4)
    expect(look(nowMs)).toEqual({})
  }
  noteAnswer(memory.diskWords, 1, 4)
  expect(look(6000)).toEqual({ a: 'its disk has not answered for 6 s' })
  noteAnswer(memory.diskWords, 0, 2)
  noteAnswer(memory.diskWords, 1, 4)
  expect(look(7000)).toEqual({})
})

test('a disk that owes nothing is silent for as long as it likes', () => {
  const { memory, look } = threeDisks()
  expect([look(0), look(60_000)]).toEqual([{}, {}])
  noteOwed(memory.diskWords, 0, 1)
  expect([look(61_000), look(64_000)]).toEqual([{}, {}])
})

test('of an iothread that waits for a disk all devices are told whose it is', () => {
  const { slots, held, look } = threeDisks()
  held.push({ iothread: 0, slot: 1, forMs: 6000 })
  const waits = 'its iothread has waited 6 s for'
  expect(look(0)).toEqual({ a: `${waits} the disk of b`, b: 'its disk has not answered for 6 s' })
  held[0] = { iothread: 0, slot: null, forMs: 6000 }
  expect(look(1000)).toEqual({ a: `${waits} a disk`, b: `${waits} a disk` })
  held[0] = { iothread: 0, slot: 1, forMs: 6000 }
  slots.devices = new Map([['a', slots.device('a')]]) // b was removed
  expect(look(2000)).toEqual({ a: `${waits} the disk of b` })
  const a = slots.device('a')
  held[0] = { iothread: 0, slot: 0, forMs: 6000 }
  slots.devices = new Map([['renamed', { ...a, id: 'renamed', slot: 7 }]]) // by a reset
  expect(look(3000)).toEqual({ renamed: 'its disk has not answered for 6 s' })
})

test('what a disk owes while its iothread waits for another is not held against it', () => {
  const { memory, held, look } = threeDisks()
  noteOwed(memory.diskWords, 0, 3)
  held.push({ iothread: 0, slot: 1, forMs: 6000 })
  expect(look(6000)).toHaveProperty('a', 'its iothread has waited 6 s for the disk of b')
  held.pop()
  expect([look(7000), look(10_000)]).toEqual([{}, {}])
})
