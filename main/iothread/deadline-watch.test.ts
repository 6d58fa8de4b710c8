import { expect, test } from 'vitest'
import { configureGroup } from '#main/throttle/configure-group.ts'
import { setArmed, setDeadlineNs } from '#main/throttle/group-table.ts'
import { setMemberIothread } from '#main/throttle/member-table.ts'
import { READ, WRITE } from '#main/throttle/throttle-memory.ts'
import { DeadlineWatch, GRACE_NS } from './deadline-watch.ts'
import { acquireGroup, releaseGroup } from './futex-lock.ts'
import { createIothreadMemory, type IothreadMemory, markBusy, wakeIothread } from './iothread-memory.ts'
import { IothreadThrottle } from './iothread-throttle.ts'

const MS = 1e6
const [MINE, THEIRS] = [0, 1]

/** Three groups; member 0 is of iothread 0, which watches groups 0 and 1, member 1 of iothread 1. */
function watched(): { readonly memory: IothreadMemory; readonly watch: DeadlineWatch } {
  const memory = createIothreadMemory({ groups: 3, members: 2, iodepth: 8 })
  setMemberIothread(memory, MINE, 0)
  setMemberIothread(memory, THEIRS, 1)
  const watch = new DeadlineWatch(memory, 0)
  watch.countMember(0, 1)
  watch.countMember(1, 1)
  watch.nextNs()
  return { memory, watch }
}

function arm(memory: IothreadMemory, group: number, member: number, deadlineNs: number): void {
  setArmed(memory, group, READ, member)
  setDeadlineNs(memory, group, READ, deadlineNs)
}

/** Two iothreads, each with a member in a group of 10 IOPS, of which the first has seen that no timer runs. */
function sharingGroup(): {
  readonly memory: IothreadMemory
  readonly one: IothreadThrottle
  readonly other: IothreadThrottle
} {
  const memory = createIothreadMemory({ groups: 1, members: 2, iodepth: 8 })
  configureGroup(memory, 0, { 'iops-total': 10 }, 0)
  const [one, other] = [new IothreadThrottle(memory, 0), new IothreadThrottle(memory, 1)]
  one.join(0, 0, 0)
  other.join(0, 1, 0)
  expect(one.nextDeadlineNs()).toBe(Number.POSITIVE_INFINITY)
  return { memory, one, other }
}

function fill(throttle: IothreadThrottle, member: number): void {
  while (throttle.intercept(member, READ, 512, 0)) {}
}

test('the nearest of all groups counts, also when it moves away or another comes nearer', () => {
  const { memory, watch } = watched()
  const refreshed = (group: number, deadlineNs: number): number => {
    arm(memory, group, MINE, deadlineNs)
    watch.refresh(group)
    return watch.nextNs()
  }
  expect(refreshed(0, 20)).toBe(20)
  expect(refreshed(1, 10)).toBe(10)
  expect(refreshed(1, 30)).toBe(20)
  expect(refreshed(2, 5)).toBe(20) // it has no member there
})

test('a wake-up lets all be read again, and nothing else does', () => {
  const { memory, watch } = watched()
  arm(memory, 1, MINE, 10)
  expect(watch.nextNs()).toBe(Number.POSITIVE_INFINITY)
  wakeIothread(memory, 0)
  expect(watch.nextNs()).toBe(10)
})

test('a timer of another iothread is left to it for a while, unless it is busy with its disk', () => {
  const { memory, watch } = watched()
  arm(memory, 0, THEIRS, 10)
  watch.refresh(0)
  expect(watch.nextNs()).toBe(10 + GRACE_NS)
  markBusy(memory, 1)
  watch.refresh(0)
  expect(watch.nextNs()).toBe(10)
})

test('a deadline that has passed is read again before anything is fired', () => {
  const { memory, watch } = watched()
  arm(memory, 0, THEIRS, 10)
  watch.refresh(0)
  arm(memory, 0, THEIRS, 20) // its owner was faster
  expect(watch.isDue(0, 10 + GRACE_NS)).toBe(false)
  expect(watch.nextNs()).toBe(20 + GRACE_NS)
  expect(watch.isDue(0, 20 + GRACE_NS)).toBe(true)
})

test('a group that somebody is writing to is looked at again at once, not taken for one without a timer', () => {
  const { memory, watch } = watched()
  acquireGroup(memory, 0, 1) // to fire its timer and arm the next one
  wakeIothread(memory, 0)
  expect(watch.nextNs()).toBe(0)
  expect(watch.isDue(0, MS)).toBe(true)
  arm(memory, 0, THEIRS, 2 * MS)
  releaseGroup(memory, 0)
  expect(watch.isDue(0, MS)).toBe(false)
  expect(watch.nextNs()).toBe(2 * MS + GRACE_NS)
})

test('who leaves a group forgets its deadline, and who comes back reads it again', () => {
  const { memory, watch } = watched()
  arm(memory, 0, MINE, 10)
  watch.refresh(0)
  watch.countMember(0, -1)
  expect(watch.groups).toEqual([1])
  expect(watch.nextNs()).toBe(Number.POSITIVE_INFINITY)
  arm(memory, 0, MINE, 7)
  watch.countMember(0, 1)
  expect(watch.nextNs()).toBe(7)
})

test.each(['one by one', 'together'])('requests that wait, submitted %s, watch the timer they wait behind', (how) => {
  const { one, other } = sharingGroup()
  fill(other, 1)
  const columns = { directions: new Uint8Array(2), sizesBytes: new Uint32Array(2).fill(512), goes: new Uint8Array(2) }
  if (how === 'together') one.interceptBatch(0, { ...columns, first: 0, mask: 1, count: 2 }, 0)
  else one.intercept(0, READ, 512, 0)
  expect(one.nextDeadlineNs()).toBe(100 * MS + GRACE_NS)
})

test('the timer of a direction is seen behind an earlier copy of the other one', () => {
  const { memory, one, other } = sharingGroup()
  configureGroup(memory, 0, { 'iops-read': 1, 'iops-write': 10 }, 0)
  fill(one, 0)
  while (other.intercept(1, WRITE, 512, 0)) {}
  expect(one.nextDeadlineNs()).toBe(900 * MS)
  one.intercept(0, WRITE, 512, 0)
  expect(one.nextDeadlineNs()).toBe(100 * MS + GRACE_NS)
})

test('a deadline that a raised limit brings forward is seen by those who wait behind it', () => {
  const memory = createIothreadMemory({ groups: 1, members: 4, iodepth: 8 })
  configureGroup(memory, 0, { 'iops-total': 1 }, 0)
  const [one, other] = [new IothreadThrottle(memory, 0), new IothreadThrottle(memory, 1)]
  for (const member of [3, 2, 1]) other.join(0, member, 0)
  one.join(0, 0, 0)
  fill(other, 1)
  for (const member of [2, 3]) other.intercept(member, READ, 512, 0)
  one.intercept(0, READ, 512, 0)
  expect(one.nextDeadlineNs()).toBe(900 * MS + GRACE_NS)
  other.configure(0, { 'iops-total': 10 }, 0) // 1 gets a turn and 2 goes with it, 3 is next
  expect(one.nextDeadlineNs()).toBe(100 * MS + GRACE_NS)
})
