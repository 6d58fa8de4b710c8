import { expect, test } from 'vitest'
import { bucketLevel } from './bucket.ts'
import { configureGroup } from './configure-group.ts'
import { createLocalThrottleMemory } from './create-memory.ts'
import { beginDrain, endDrain } from './drain.ts'
import { armedOf, deadlineNs, tokenOf } from './group-table.ts'
import { memberPending } from './member-table.ts'
import { joinGroup, leaveGroup } from './membership.ts'
import { readLimits, sampleGroup, throttledNs } from './sample-throttle.ts'
import { fireTimer, intercept, restartMember, type Throttle } from './throttle-group.ts'
import { READ, WRITE } from './throttle-memory.ts'

// Worked by hand. The names are facts of QEMU's behaviour, each with the numbers that follow from it.

const MS = 1e6
const IOPS_TOTAL = 3 // position in BUCKETS

interface Bench {
  readonly throttle: Throttle
  /** Members in the order in which their requests were granted. */
  readonly granted: number[]
}

/** A group with these limits; `members` join one after the other, so the ring is n−1 … 1, 0. */
function groupOf(limits: Record<string, number>, members: number): Bench {
  const memory = createLocalThrottleMemory({ groups: 1, members, iodepth: 16 })
  const granted: number[] = []
  const listener = { armed: () => {}, disarmed: () => {}, granted: (member: number) => granted.push(member) }
  configureGroup(memory, 0, limits, 0)
  for (let member = 0; member < members; member += 1) joinGroup(memory, 0, member)
  return { throttle: { memory, listener }, granted }
}

function submit({ throttle }: Bench, member: number, count: number, bytes = 512, nowNs = 0): readonly boolean[] {
  return Array.from({ length: count }, () => intercept(throttle, member, READ, bytes, nowNs))
}

test('a request goes if the level before it is not above the size, however large it is', () => {
  const bench = groupOf({ 'bps-total': 1_048_576 }, 1)
  expect(submit(bench, 0, 2, 67_108_864)).toEqual([true, false])
  expect(deadlineNs(bench.throttle.memory, 0, READ)).toBe(63_900 * MS)
})

test('at 1 IOPS the requests go at 0, 0.9, 1.9 and 2.9 s', () => {
  const bench = groupOf({ 'iops-total': 1 }, 1)
  submit(bench, 0, 4)
  const deadlines = [900, 1900, 2900].map((ms) => {
    const deadline = deadlineNs(bench.throttle.memory, 0, READ)
    fireTimer(bench.throttle, 0, READ, deadline)
    return [deadline, ms * MS]
  })
  for (const [deadline, expected] of deadlines) expect(deadline).toBe(expected)
})

test('a wait beyond 63 bits is no wait, as on x86', () => {
  const bench = groupOf({ 'bps-total': 1 }, 1)
  expect(submit(bench, 0, 6, 2 ** 31 - 512)).toEqual([true, false, false, false, false, false])
  const deadline = deadlineNs(bench.throttle.memory, 0, READ)
  expect(deadline).toBe(Math.floor((2 ** 31 - 512 - 0.1) * 1e9))
  const heavy = groupOf({ 'bps-total': 1 }, 1)
  expect(submit(heavy, 0, 1, 1e10)).toEqual([true])
  expect(submit(heavy, 0, 1)).toEqual([true])
})

test('a request larger than iops-size counts in parts, a smaller one as one', () => {
  const bench = groupOf({ 'iops-total': 100, 'iops-size': 4096 }, 1)
  submit(bench, 0, 1, 6144)
  expect(bucketLevel(bench.throttle.memory, 0, IOPS_TOTAL)).toBe(1.5)
  submit(bench, 0, 1, 1024)
  expect(bucketLevel(bench.throttle.memory, 0, IOPS_TOTAL)).toBe(2.5)
})

test('an iops-size of -1, which QEMU accepts, has no effect', () => {
  const bench = groupOf({ 'iops-total': 100, 'iops-size': -1 }, 1)
  submit(bench, 0, 1, 6144)
  expect(bucketLevel(bench.throttle.memory, 0, IOPS_TOTAL)).toBe(1)
})

test('turns go from the token to older members and wrap to the newest', () => {
  const bench = groupOf({ 'iops-total': 10 }, 3)
  for (const member of [0, 1, 2]) submit(bench, member, 4)
  for (let turn = 1; turn <= 6; turn += 1) fireTimer(bench.throttle, 0, READ, turn * 100 * MS)
  expect(bench.granted).toEqual([0, 2, 1, 0, 2, 1])
})

test('turns go on from the token, not from whoever was served', () => {
  const bench = groupOf({ 'iops-total': 10 }, 4)
  const { memory } = bench.throttle
  for (const member of [0, 1, 2, 3]) submit(bench, member, 5)
  beginDrain(bench.throttle, 2, 50 * MS) // its queue takes the token along
  expect(tokenOf(memory, 0, READ)).toBe(2)
  leaveGroup(memory, 2)
  endDrain(memory, 2)
  expect(tokenOf(memory, 0, READ)).toBe(1) // handed on
  fireTimer(bench.throttle, 0, READ, 100 * MS)
  expect(armedOf(memory, 0, READ)).toBe(0) // next after 1; after 0, which was served, it would be 3
})

test('reads and writes of a total limit each have a timer', () => {
  const bench = groupOf({ 'iops-total': 10 }, 1)
  submit(bench, 0, 3)
  intercept(bench.throttle, 0, WRITE, 512, 0)
  const { memory } = bench.throttle
  expect([deadlineNs(memory, 0, READ), deadlineNs(memory, 0, WRITE)]).toEqual([100 * MS, 100 * MS])
})

test('new limits empty the buckets; a timer that runs keeps its deadline', () => {
  const bench = groupOf({ 'iops-total': 10 }, 1)
  submit(bench, 0, 4)
  configureGroup(bench.throttle.memory, 0, { 'iops-total': 1000 }, 20 * MS)
  expect(bucketLevel(bench.throttle.memory, 0, IOPS_TOTAL)).toBe(0)
  expect(deadlineNs(bench.throttle.memory, 0, READ)).toBe(100 * MS)
  expect(readLimits(bench.throttle.memory, 0)).toEqual({ 'iops-total': 1000 })
})

test('a restart lets the first request go at once, limits or not, and only that', () => {
  const bench = groupOf({ 'iops-total': 10 }, 1)
  submit(bench, 0, 5)
  restartMember(bench.throttle, 0, 10 * MS)
  expect(memberPending(bench.throttle.memory, 0, READ)).toBe(2)
  expect(deadlineNs(bench.throttle.memory, 0, READ)).toBe(200 * MS)
})

test('a drain lets the whole queue go, charged to the group', () => {
  const bench = groupOf({ 'iops-total': 10 }, 2)
  submit(bench, 0, 5)
  submit(bench, 1, 2)
  beginDrain(bench.throttle, 0, 0)
  endDrain(bench.throttle.memory, 0)
  expect(bench.granted).toEqual([0, 0, 0])
  expect(bucketLevel(bench.throttle.memory, 0, IOPS_TOTAL)).toBe(5)
  expect(armedOf(bench.throttle.memory, 0, READ)).toBe(1)
})

test('throttled time counts while anything waits, in either direction', () => {
  const bench = groupOf({ 'iops-total': 10 }, 1)
  submit(bench, 0, 3)
  expect(throttledNs(bench.throttle.memory, 0, 60 * MS)).toBe(60 * MS)
  fireTimer(bench.throttle, 0, READ, 100 * MS)
  expect(throttledNs(bench.throttle.memory, 0, 500 * MS)).toBe(100 * MS)
})

test('a sample shows levels leaked up to its time, the ring and the timer', () => {
  const bench = groupOf({ 'iops-total': 10 }, 2)
  submit(bench, 0, 3)
  const sample = sampleGroup(bench.throttle.memory, 0, 50 * MS)
  expect(sample.buckets).toEqual([{ bucket: IOPS_TOTAL, level: 1.5, size: 1, burstLevel: 0, burstSize: 0 }])
  expect(sample.members).toEqual([1, 0])
  expect(sample.read).toMatchObject({ token: 0, armed: 0, deadlineNs: 100 * MS, pending: 1 })
})

test('a device twice in one group, drained: what its outer level lets go arms no second timer beside the inner one', () => {
  const memory = createLocalThrottleMemory({ groups: 1, members: 2, iodepth: 16 })
  const [OUTER, INNER] = [0, 1]
  let timers = 0
  const most = { timers: 0 }
  const granted: number[] = []
  const throttle: Throttle = {
    memory,
    listener: {
      armed: () => {
        timers += 1
        most.timers = Math.max(most.timers, timers)
      },
      disarmed: () => {
        timers -= 1
      },
      // What goes at the outer level arrives at the inner one at that moment.
      granted: (member) => {
        granted.push(member)
        if (member === OUTER && intercept(throttle, INNER, READ, 512, 0)) granted.push(INNER)
      },
    },
  }
  configureGroup(memory, 0, { 'iops-total': 10 }, 0)
  for (const member of [INNER, OUTER]) joinGroup(memory, 0, member)
  for (let n = 0; n < 6; n += 1) {
    if (intercept(throttle, OUTER, READ, 512, 0) && intercept(throttle, INNER, READ, 512, 0)) granted.push(INNER)
  }
  expect(memberPending(memory, OUTER, READ) + memberPending(memory, INNER, READ)).toBeGreaterThan(3)
  beginDrain(throttle, OUTER, 0)
  beginDrain(throttle, INNER, 0)
  expect(most.timers).toBe(1)
  expect([memberPending(memory, OUTER, READ), memberPending(memory, INNER, READ)]).toEqual([0, 0])
  expect(granted.filter((member) => member === INNER)).toHaveLength(6)
  // The one that runs on fires for nobody.
  expect(timers).toBe(armedOf(memory, 0, READ) === -1 ? 0 : 1)
})
