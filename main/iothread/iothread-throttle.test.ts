import { expect, test } from 'vitest'
import { configureGroup } from '#main/throttle/configure-group.ts'
import { holdSequence } from '#main/throttle/lock-word.ts'
import { publishGranted } from '#main/throttle/member-table.ts'
import { intercept } from '#main/throttle/throttle-group.ts'
import { type DirectionIndex, READ } from '#main/throttle/throttle-memory.ts'
import { GRACE_NS } from './deadline-watch.ts'
import { fireDueOf } from './fire-due.ts'
import { createIothreadMemory, type IothreadMemory, wakeSequence } from './iothread-memory.ts'
import { IothreadThrottle } from './iothread-throttle.ts'

const MS = 1e6

function memoryWithGroup(iops: number): IothreadMemory {
  const memory = createIothreadMemory({ groups: 2, members: 4, iodepth: 8 })
  configureGroup(memory, 0, { 'iops-total': iops }, 0)
  return memory
}

/** Submits `count` reads at `nowNs` and says which went. */
function submit(throttle: IothreadThrottle, member: number, count: number, nowNs: number): boolean[] {
  return Array.from({ length: count }, () => throttle.intercept(member, READ, 512, nowNs))
}

test('two requests pass an allowance of a tenth of a second at 10 IOPS, the others come at 100 ms each', () => {
  const throttle = new IothreadThrottle(memoryWithGroup(10), 0)
  throttle.join(0, 0, 0)
  expect(submit(throttle, 0, 4, 0)).toEqual([true, true, false, false])
  expect(throttle.nextDeadlineNs()).toBe(100 * MS)
  throttle.fireDue(99 * MS)
  expect(throttle.takeGranted(0, READ)).toBe(-1)
  throttle.fireDue(100 * MS)
  expect(throttle.takeGranted(0, READ)).toBe(100 * MS)
  expect(throttle.nextDeadlineNs()).toBe(200 * MS)
})

test('an iothread with requests behind a timer of another fires it when its owner does not', () => {
  const memory = memoryWithGroup(10)
  const owner = new IothreadThrottle(memory, 0)
  const other = new IothreadThrottle(memory, 1)
  owner.join(0, 0, 0)
  other.join(0, 1, 0)
  submit(owner, 0, 3, 0)
  submit(other, 1, 1, 0)
  expect(other.nextDeadlineNs()).toBe(100 * MS + GRACE_NS)
  const before = wakeSequence(memory, 0)
  other.fireDue(101 * MS)
  expect(wakeSequence(memory, 0)).not.toBe(before)
  expect(owner.takeGranted(0, READ)).toBe(101 * MS)
})

test('a batch is admitted as if its requests came one after the other', () => {
  const throttle = new IothreadThrottle(memoryWithGroup(30), 0)
  throttle.join(0, 0, 0)
  const goes = new Uint8Array(6).fill(1)
  const batch = {
    directions: new Uint8Array(8),
    sizesBytes: new Uint32Array(8).fill(512),
    goes,
    first: 5,
    mask: 7,
    count: 6,
  }
  expect(throttle.interceptBatch(0, batch, 0)).toBe(4)
  expect([...goes].slice(4)).toEqual([0, 0])
})

test('a direction without limits needs no lock', () => {
  const memory = createIothreadMemory({ groups: 1, members: 1, iodepth: 8 })
  configureGroup(memory, 0, { 'iops-write': 10 }, 0)
  const throttle = new IothreadThrottle(memory, 0)
  throttle.join(0, 0, 0)
  const held = holdSequence(memory, 0)
  expect(submit(throttle, 0, 100, 0).every((goes) => goes)).toBe(true)
  expect(holdSequence(memory, 0)).toBe(held)
})

test.each(['one by one', 'together'])('requests %s: whose turn it is matters from a half full bucket on', (how) => {
  const throttle = new IothreadThrottle(memoryWithGroup(100), 0)
  throttle.join(0, 0, 0)
  const ask = (count: number): boolean => {
    throttle.isContended = false
    const directions = new Uint8Array(8)
    const columns = { directions, sizesBytes: new Uint32Array(8).fill(512), goes: new Uint8Array(8) }
    if (how === 'one by one') submit(throttle, 0, count, 0)
    else throttle.interceptBatch(0, { ...columns, first: 0, mask: 7, count }, 0)
    return throttle.isContended
  }
  expect(ask(5)).toBe(false) // 5 of 10
  expect(ask(1)).toBe(true)
  expect(ask(6)).toBe(true) // the last of them waits
})

test('a request that goes while nobody waits is charged as QEMU charges it, and one that does not is charged nothing', () => {
  const [quick, plain] = [memoryWithGroup(10), memoryWithGroup(10)]
  const throttle = new IothreadThrottle(quick, 0)
  throttle.join(0, 0, 0)
  new IothreadThrottle(plain, 0).join(0, 0, 0)
  const granted = (member: number, direction: DirectionIndex) => publishGranted(plain, member, direction)
  const listener = { armed: () => {}, disarmed: () => {}, granted }
  for (const nowNs of [0, 1, 99_999_999, 100_000_001, 100_000_002, 350_000_003, 350_000_004]) {
    const goes = intercept({ memory: plain, listener }, 0, READ, 512, nowNs)
    fireDueOf({ memory: plain, listener }, 0, nowNs, () => {})
    expect(throttle.intercept(0, READ, 512, nowNs)).toBe(goes)
    expect(quick.groupNumbers).toEqual(plain.groupNumbers)
    expect(quick.memberWords).toEqual(plain.memberWords)
  }
})

test('what it grants and arms for its own members it knows without waking itself', () => {
  const memory = memoryWithGroup(10)
  const throttle = new IothreadThrottle(memory, 0)
  throttle.join(0, 0, 0)
  const before = wakeSequence(memory, 0)
  submit(throttle, 0, 4, 0)
  expect(throttle.hasGranted).toBe(false)
  throttle.fireDue(100 * MS)
  expect(throttle.hasGranted).toBe(true)
  expect(throttle.nextDeadlineNs()).toBe(200 * MS)
  expect(wakeSequence(memory, 0)).toBe(before)
})

test('a timer armed for a member of another iothread wakes that iothread, and nothing is granted here', () => {
  const memory = memoryWithGroup(10)
  const [owner, other] = [new IothreadThrottle(memory, 0), new IothreadThrottle(memory, 1)]
  owner.join(0, 0, 0)
  other.join(0, 1, 0)
  submit(owner, 0, 3, 0)
  submit(other, 1, 1, 0)
  const before = wakeSequence(memory, 1)
  owner.fireDue(100 * MS) // its own goes, and the turn passes to the other
  expect(wakeSequence(memory, 1)).not.toBe(before)
  expect(other.nextDeadlineNs()).toBe(200 * MS)
  owner.hasGranted = false
  owner.look(0, 200 * MS)
  expect(owner.hasGranted).toBe(false)
  expect(other.takeGranted(1, READ)).toBe(200 * MS)
})

test('timers that an operation fires and arms are known at once', () => {
  const throttle = new IothreadThrottle(memoryWithGroup(10), 0)
  throttle.join(0, 0, 0)
  submit(throttle, 0, 4, 0)
  expect(throttle.nextDeadlineNs()).toBe(100 * MS)
  throttle.look(0, 100 * MS)
  expect(throttle.nextDeadlineNs()).toBe(200 * MS)
  throttle.look(0, 200 * MS)
  expect(throttle.nextDeadlineNs()).toBe(Number.POSITIVE_INFINITY)
})
