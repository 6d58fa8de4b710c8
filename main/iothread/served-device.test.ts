import { expect, test } from 'vitest'
import { ServiceSlices } from './service-slices.ts'
import { Reads, servedDevice } from './testing/served-device.ts'

const MS = 1e6

test('requests keep their order when another iothread grants around a batch', () => {
  const stream = new Reads(8)
  const { throttle, other, transferred, serve } = servedDevice(stream)
  stream.asked = 3
  serve(0) // two go, one waits
  stream.asked = 7
  throttle.before = () => other.look(0, 400 * MS) // lets the one go
  throttle.after = () => other.look(0, 501 * MS) // lets one of the batch go, behind the first, which needed no timer
  serve(400 * MS)
  throttle.before = () => {}
  throttle.after = () => {}
  serve(501 * MS)
  other.look(0, 601 * MS)
  other.look(0, 701 * MS)
  serve(701 * MS)
  expect(transferred).toEqual([0, 1, 2, 3, 4, 5, 6])
})

test('a request that goes alone goes behind those that another iothread has just granted', () => {
  const stream = new Reads(2)
  const { throttle, other, transferred, serve } = servedDevice(stream)
  stream.asked = 3
  for (let times = 0; times < 2; times += 1) serve(0)
  expect(transferred).toEqual([0, 1]) // one waits, and there is room for one more
  stream.asked = 4
  throttle.before = () => other.look(0, 400 * MS) // lets the one go
  serve(400 * MS)
  expect(transferred).toEqual([0, 1, 2, 3])
})

test('a batch that goes in part keeps its order in a ring that has wrapped', () => {
  const stream = new Reads(5)
  const { throttle, transferred, serve } = servedDevice(stream)
  for (let nowNs = 0; nowNs < 3000 * MS; nowNs += 100 * MS) {
    throttle.fireDue(nowNs)
    stream.asked += nowNs % (400 * MS) === 0 ? 4 : 0
    serve(nowNs)
  }
  expect(transferred.length).toBeGreaterThan(25)
  expect(transferred).toEqual(transferred.map((_, index) => index))
})

test('a shallower load leaves room for what is under way', () => {
  const stream = new Reads(40)
  const { device, throttle, transferred, serve } = servedDevice(stream)
  stream.asked = 40
  serve(0)
  device.setStream(new Reads(1))
  for (let nowNs = 0; nowNs <= 4000 * MS; nowNs += 100 * MS) throttle.fireDue(nowNs)
  serve(4000 * MS)
  expect(transferred).toEqual(Array.from({ length: 40 }, (_, index) => index))
})

test('a device needs a slice when its load is due or something was granted, and none while it can only wait', () => {
  const stream = new Reads(4)
  const { memory, throttle, device, serve } = servedDevice(stream)
  const slices = new ServiceSlices(memory.throttle, [device])
  expect(slices.needsSlice(0, 0)).toBe(true) // everybody has one at first
  slices.noteSlice(0, 0)
  expect(slices.needsSlice(0, 0)).toBe(false) // nothing asked for
  stream.asked = 9
  slices.noteSlice(0, 0)
  expect([slices.needsSlice(0, 0), slices.nextNs()]).toEqual([true, 0])
  for (let times = 0; times < 2; times += 1) serve(0)
  slices.noteSlice(0, 0)
  expect([slices.needsSlice(0, 0), slices.nextNs()]).toEqual([false, Number.POSITIVE_INFINITY]) // four wait: as deep as it may
  throttle.fireDue(100 * MS)
  expect(slices.needsSlice(0, 100 * MS)).toBe(true)
})

test('the next slice is for the device whose time comes first', () => {
  const [stream, { memory, device }] = [new Reads(1), servedDevice(new Reads(1))]
  stream.asked = 1
  const asking = servedDevice(stream).device
  const slices = new ServiceSlices(memory.throttle, [asking, asking, device])
  for (const [index, nowNs] of [3, 5, 0].entries()) slices.noteSlice(index, nowNs)
  expect(slices.nextNs()).toBe(3)
})

test('a disk that fails drops what was ready, and what is granted afterwards, but no slice is due', () => {
  const stream = new Reads(8)
  const { throttle, disk, device, transferred, serve } = servedDevice(stream)
  stream.asked = 6
  disk.isBroken = true
  serve(0)
  expect(device.failure?.message).toBe('the disk is gone')
  expect(device.dueNs(0)).toBe(Number.POSITIVE_INFINITY)
  for (let nowNs = 0; nowNs <= 400 * MS; nowNs += 100 * MS) throttle.fireDue(nowNs)
  serve(400 * MS)
  disk.isBroken = false
  device.replaceDisk(disk)
  stream.asked = 9
  serve(2000 * MS)
  throttle.fireDue(2100 * MS)
  serve(2100 * MS)
  expect(transferred).toEqual([6, 7, 8])
})
