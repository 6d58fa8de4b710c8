import { expect, test } from 'vitest'
import type { DepthPort } from '#main/device/disk-port.ts'
import { EngineError } from '#main/engine-error.ts'
import { flowAt, REQUESTS } from '#main/stats/stats-memory.ts'
import { answersOf, owedBy } from './disk-memory.ts'
import { busyWith, isBusy } from './iothread-memory.ts'
import type { LabMemory } from './lab-memory.ts'
import { ServiceSlices } from './service-slices.ts'
import { Reads, servedDevice } from './testing/served-device.ts'

// What a disk with depth has in flight: how many, when more go, and who waits for them.

const MS = 1e6

/** A disk with depth that has done what it started when the test says so; it has room for `room` requests. */
function deepDisk(room: number) {
  const started: (readonly [offset: number, waitNs: number, startNs: number])[] = []
  const disk: DepthPort & { error: EngineError | null; finish(count: number, nowNs: number): void; isClosed: boolean } =
    {
      inFlight: 0,
      error: null,
      isClosed: false,
      onDone: () => {},
      hasRoomFor: () => disk.inFlight < room,
      start(_direction, offset, _bytes, waitNs, startNs) {
        started.push([offset, waitNs, startNs])
        Object.assign(disk, { inFlight: disk.inFlight + 1 })
      },
      finish(count, nowNs) {
        Object.assign(disk, { inFlight: disk.inFlight - count })
        for (let each = 0; each < count; each += 1) disk.onDone(0, 512, 0, nowNs)
      },
      settle: () => disk.finish(disk.inFlight, 0),
      check: () => {},
      close() {
        disk.settle()
        disk.isClosed = true
      },
    }
  return { disk, started }
}

function readsDone(memory: LabMemory): number {
  return memory.stats.numbers[flowAt(0, 0) + REQUESTS]!
}

test('a disk with depth gets what is granted up to the iodepth, and more when requests come back', () => {
  const stream = new Reads(4)
  const { memory, throttle, device, serve } = servedDevice(stream)
  const { disk, started } = deepDisk(100)
  device.replaceDisk(disk)
  stream.asked = 9
  const slices = new ServiceSlices(memory.throttle, [device])
  const serveAt = (nowNs: number) => {
    serve(nowNs)
    slices.noteSlice(0, nowNs)
  }
  serveAt(0)
  expect([started.length, disk.inFlight]).toEqual([2, 2]) // the group lets two go, two wait: as deep as it may
  expect(slices.needsSlice(0, 0)).toBe(false)
  disk.finish(1, 5)
  slices.noteReturned()
  expect([slices.needsSlice(0, 0), readsDone(memory)]).toEqual([true, 1])
  serveAt(0) // its place is taken by one more that waits
  expect([started.length, slices.needsSlice(0, 0)]).toEqual([2, false])
  throttle.fireDue(100 * MS)
  serveAt(100 * MS)
  expect(started.at(-1)).toEqual([2, 100 * MS, 100 * MS])
})

test('what a disk with depth has no room for keeps its place and goes first', () => {
  const stream = new Reads(8)
  const { memory, device, serve } = servedDevice(stream)
  const { disk, started } = deepDisk(1)
  device.replaceDisk(disk)
  stream.asked = 2
  serve(0)
  const slices = new ServiceSlices(memory.throttle, [device])
  slices.noteSlice(0, 0)
  expect([started.length, device.isHeldUp, slices.needsSlice(0, 0)]).toEqual([1, true, false])
  disk.finish(1, 0)
  slices.noteReturned()
  expect(slices.needsSlice(0, 0)).toBe(true)
  serve(0)
  expect([started.map(([offset]) => offset), device.isHeldUp]).toEqual([[0, 1], false])
})

test('a disk with depth that fails takes its device out when all it had in flight is back and counted', () => {
  const stream = new Reads(8)
  const { memory, device, serve } = servedDevice(stream)
  const { disk } = deepDisk(100)
  device.replaceDisk(disk)
  stream.asked = 2
  serve(0)
  disk.error = new EngineError('disk-full', 'no space is left', '')
  serve(1)
  expect([device.failure?.code, disk.isClosed, disk.inFlight, readsDone(memory)]).toEqual(['disk-full', true, 0, 2])
  expect(device.dueNs(1)).toBe(Number.POSITIVE_INFINITY)
})

test('whoever waits for what a disk with depth has in flight is known to wait for that device', () => {
  const stream = new Reads(8)
  const { memory, device, serve } = servedDevice(stream)
  const { disk } = deepDisk(100)
  device.replaceDisk(disk)
  const seen: unknown[] = []
  const { settle } = disk
  disk.settle = () => {
    seen.push([isBusy(memory.throttle, 0), busyWith(memory.throttle, 0), owedBy(memory.diskWords, 0)])
    settle()
  }
  stream.asked = 2
  serve(0)
  const before = answersOf(memory.diskWords, 0)
  disk.finish(1, 5)
  expect([owedBy(memory.diskWords, 0), answersOf(memory.diskWords, 0) - before]).toEqual([1, 1])
  device.settle()
  device.close()
  expect(seen).toEqual([
    [true, 0, 1],
    [true, 0, 0], // by its close
  ])
  expect([isBusy(memory.throttle, 0), owedBy(memory.diskWords, 0)]).toEqual([false, 0])
})

test('requests in flight are back before a device forgets them', () => {
  const stream = new Reads(2)
  const { memory, throttle, device, serve } = servedDevice(stream)
  const { disk } = deepDisk(100)
  device.replaceDisk(disk)
  stream.asked = 2
  serve(0)
  throttle.leave(0, 0)
  device.setLevels([])
  expect(disk.inFlight).toBe(2) // they have passed their group
  device.discard()
  expect([disk.inFlight, readsDone(memory)]).toEqual([0, 2])
  stream.asked = 4
  serve(1)
  expect(disk.inFlight).toBe(2)
})
