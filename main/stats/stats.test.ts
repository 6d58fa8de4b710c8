import { expect, test, vi } from 'vitest'
import { accountGroup } from '#main/throttle/bucket.ts'
import { configureGroup } from '#main/throttle/configure-group.ts'
import { createLocalThrottleMemory } from '#main/throttle/create-memory.ts'
import { bucketAt, lockWordOf, setStampNs, setToken } from '#main/throttle/group-table.ts'
import { ONE_HOLD } from '#main/throttle/lock-word.ts'
import { joinGroup } from '#main/throttle/membership.ts'
import { sampleGroup } from '#main/throttle/sample-throttle.ts'
import type { ThrottleMemory } from '#main/throttle/throttle-memory.ts'
import { BUCKETS } from '#shared/throttle/limits.ts'
import { BIN_COUNT, binMiddleNs, binOf, ROW_COUNT, rowOfBin } from './log-linear.ts'
import { percentilesNs } from './percentile.ts'
import { jainIndex, RunBook } from './run-book.ts'
import { Sampler } from './sampler.ts'
import type { SlotNames } from './slot-names.ts'
import { createLocalStatsMemory, flowAt, recordDelayed, recordRequest, resetStats, waitBinsAt } from './stats-memory.ts'

const S = 1e9

/** As an iothread takes and releases the group's lock. */
function hold({ groupWords }: ThrottleMemory, group: number): void {
  groupWords[lockWordOf(group)]! += 1
}

function letGo({ groupWords }: ThrottleMemory, group: number): void {
  groupWords[lockWordOf(group)]! += ONE_HOLD - 1
}

test('a bin is within 1.6 % of every duration it stands for, and bins rise with durations', () => {
  let previous = 0
  for (let ns = 1; ns < 6e13; ns = Math.ceil(ns * 1.003)) {
    const bin = binOf(ns)
    expect(bin).toBeGreaterThanOrEqual(previous)
    if (ns > 64) expect(Math.abs(binMiddleNs(bin) / ns - 1)).toBeLessThan(0.0161)
    previous = bin
  }
})

test('no duration falls outside the bins', () => {
  expect([0, 1e15, 9e15, 1e18].map(binOf)).toEqual([0, BIN_COUNT - 1, BIN_COUNT - 1, BIN_COUNT - 1])
})

test('heat map rows are powers of two of a microsecond', () => {
  const row = (us: number) => rowOfBin(binOf(us * 1000))
  expect([0, 0.5, 0.999, 1, 1.999, 2, 3.999, 4, 1024, 1e9].map(row)).toEqual([0, 0, 0, 1, 1, 2, 2, 3, 11, 30])
  expect(rowOfBin(BIN_COUNT - 1)).toBe(ROW_COUNT - 1)
})

test('percentiles are those of the sorted durations', () => {
  const stats = createLocalStatsMemory(1)
  for (let us = 1; us <= 1000; us += 1) recordRequest(stats, 0, 0, 4096, us * 1000, 0)
  const histogram = { numbers: stats.numbers, at: waitBinsAt(0, 0), topBin: BIN_COUNT - 1 }
  const found = percentilesNs(histogram, 1000, [0.5, 0.95, 0.99, 1])
  found.forEach((ns, index) => {
    expect(Math.abs(ns / ([500, 950, 990, 1000][index]! * 1000) - 1)).toBeLessThan(0.017)
  })
})

test('Jain: equal shares are fair, one taking all is 1/n', () => {
  expect([jainIndex([5, 5, 5]), jainIndex([9, 0, 0]), jainIndex([0, 0]), jainIndex([])]).toEqual([1, 1 / 3, 1, 1])
})

/** Two devices in one group of 100 IOPS, which nobody serves: the tests write what an iothread would. */
function board() {
  const throttle = createLocalThrottleMemory({ groups: 2, members: 2, iodepth: 4 })
  const stats = createLocalStatsMemory(2)
  configureGroup(throttle, 0, { 'iops-total': 100 }, 0)
  joinGroup(throttle, 0, 0)
  joinGroup(throttle, 0, 1)
  const device = { groups: ['gold'], iothread: 0, status: 'running', reason: null, rateIops: null } as const
  const names: SlotNames = {
    groups: [{ name: 'gold', slot: 0 }],
    devices: [
      { ...device, id: 'a', slot: 0, members: [0] },
      { ...device, id: 'b', slot: 1, members: [1], rateIops: 7 },
    ],
  }
  return { throttle, stats, names }
}

function moment(nowNs: number) {
  return { source: 'lab', revision: 1, appliedRevision: 1, state: 'running', nowNs, events: [] } as const
}

test('a disk with requests in flight could do that many in the time of one', () => {
  const { throttle, stats, names } = board()
  const [first, ...others] = names.devices
  for (let request = 0; request < 10; request += 1) recordRequest(stats, 0, 0, 4096, 0, 1e6)
  const sampler = new Sampler(throttle, stats)
  const deep = { ...names, devices: [{ ...first!, diskDepth: 16 }, ...others] }
  expect(sampler.sample(deep, moment(1 * S)).devices.a?.demandIops).toBe(16_000)
})

test('a snapshot tells what was gained since the one before', () => {
  const { throttle, stats, names } = board()
  const sampler = new Sampler(throttle, stats)
  for (let request = 0; request < 30; request += 1) recordRequest(stats, 0, 0, 4096, 3000, 1e6)
  sampler.sample(names, moment(1 * S))
  for (let request = 0; request < 10; request += 1) recordRequest(stats, 0, 1, 512, 0, 1e6)
  recordDelayed(stats, 0, 0)
  const { groups, devices } = sampler.sample(names, moment(1.5 * S))
  expect(groups).toEqual({
    gold: {
      limits: { 'iops-total': 100 },
      ring: ['b', 'a'],
      members: ['a', 'b'],
      read: { iops: 0, bps: 0, token: 'a', timerInNs: null, queued: 0, tokenMoves: 0 },
      write: { iops: 20, bps: 10_240, token: 'a', timerInNs: null, queued: 0, tokenMoves: 0 },
      buckets: { 'iops-total': { level: 0, size: 10, burstLevel: null, burstSize: null, errorUnits: 0 } },
      estimated: false,
    },
  })
  expect(devices.a).toMatchObject({
    read: { iops: 0, requests: 30, bytes: 122_880, delayed: 1 },
    write: { iops: 20, bps: 10_240, requests: 10 },
    demandIops: 1000,
    throttledShare: 0,
    waitCounts: [10],
  })
  expect(devices.b).toMatchObject({ demandIops: 7, waitCounts: [], read: { waitP99Ns: null } })
})

test('a writer asleep inside a group leaves turns as they were before it began, and shows its levels', () => {
  const { throttle, stats, names } = board()
  const sampler = new Sampler(throttle, stats)
  const shown = (nowNs: number) => {
    const { read, buckets, stale } = sampler.sample(names, moment(nowNs)).groups.gold!
    return `${read.token} ${buckets['iops-total']?.level}${stale ? ', stale' : ''}`
  }
  expect(shown(1 * S)).toBe('a 0')
  hold(throttle, 0)
  setToken(throttle, 0, 0, 1)
  setStampNs(throttle, 0, 2 * S)
  accountGroup(throttle, 0, 0, 4096)
  expect(shown(2 * S)).toBe('a 1, stale')
  letGo(throttle, 0)
  expect(shown(2 * S)).toBe('b 1')
})

test('limits first seen while a writer was asleep between them are read again', () => {
  const { throttle, stats, names } = board()
  const sampler = new Sampler(throttle, stats)
  const limits = (nowNs: number) => sampler.sample(names, moment(nowNs)).groups.gold!.limits
  hold(throttle, 0)
  throttle.groupNumbers[bucketAt(0, BUCKETS.indexOf('iops-total'))] = 7
  expect(limits(1 * S)).toEqual({ 'iops-total': 7 })
  throttle.groupNumbers[bucketAt(0, BUCKETS.indexOf('iops-total'))] = 100
  letGo(throttle, 0)
  expect(limits(2 * S)).toEqual({ 'iops-total': 100 })
})

test('a reading that a writer tore is taken again', () => {
  const { throttle } = board()
  const { groupNumbers } = throttle
  configureGroup(throttle, 0, { 'iops-total': 1, 'iops-total-max': 100 }, 0)
  accountGroup(throttle, 0, 0, 512)
  const before = Float64Array.from(groupNumbers)
  let [readings, tornAt] = [0, 0]
  const watched: ThrottleMemory = Object.create(throttle, {
    groupNumbers: {
      get: () => {
        readings += 1
        if (readings === tornAt) {
          hold(throttle, 0)
          setStampNs(throttle, 0, 1 * S) // of the two numbers of a level, the second is still to come
          for (let request = 0; request < 8; request += 1) accountGroup(throttle, 0, 0, 512)
          letGo(throttle, 0)
        }
        return groupNumbers
      },
    },
  })
  const levels = new Set<number | undefined>()
  for (tornAt = 1; tornAt <= readings + 1; tornAt += 1) {
    groupNumbers.set(before)
    readings = 0
    levels.add(sampleGroup(watched, 0, 1 * S).buckets[0]?.level)
  }
  // 1 unit that a second leaks away; 9 units as of now. Torn: 8 or 1.
  expect(levels).toEqual(new Set([0, 9]))
})

test('while time stands still nothing has a rate, although requests end that were under way', () => {
  const { throttle, stats, names } = board()
  const sampler = new Sampler(throttle, stats)
  sampler.sample(names, moment(1 * S))
  for (let request = 0; request < 10; request += 1) recordRequest(stats, 0, 0, 4096, 0, 1e6)
  const { devices, groups } = sampler.sample(names, { ...moment(1.1 * S), state: 'paused' })
  expect([devices.a?.read.iops, devices.a?.read.bps, groups.gold?.read.iops]).toEqual([0, 0, 0])
  expect(devices.a?.read.requests).toBe(10)
})

test('a device that is forgotten and comes back in the same slot begins at nothing', () => {
  const { throttle, stats, names } = board()
  const sampler = new Sampler(throttle, stats)
  for (let request = 0; request < 10; request += 1) recordRequest(stats, 0, 0, 4096, 0, 1e6)
  sampler.sample(names, moment(1 * S))
  sampler.forget('a')
  resetStats(stats, 0)
  for (let request = 0; request < 3; request += 1) recordRequest(stats, 0, 0, 4096, 0, 1e6)
  expect(sampler.sample(names, moment(2 * S)).devices.a?.read).toMatchObject({ requests: 3, iops: 3 })
})

test('recent percentiles forget what is more than a second old', () => {
  const { throttle, stats, names } = board()
  const sampler = new Sampler(throttle, stats)
  const p99 = (nowNs: number) => sampler.sample(names, moment(nowNs)).devices.a?.read.waitP99Ns ?? null
  recordRequest(stats, 0, 0, 4096, 5e6, 0)
  expect(Math.abs(p99(0.1 * S)! / 5e6 - 1)).toBeLessThan(0.02)
  recordRequest(stats, 0, 0, 4096, 1e6, 0)
  for (const at of [0.6, 1.2]) p99(at * S)
  recordRequest(stats, 0, 0, 4096, 1e6, 0)
  expect(Math.abs(p99(1.7 * S)! / 1e6 - 1)).toBeLessThan(0.02)
  for (const at of [2.3, 2.9]) p99(at * S)
  expect(p99(3 * S)).toBe(null)
})

test('a result gives a group what was done in it, although the device moved on', () => {
  const { throttle, stats, names } = board()
  const book = new RunBook(throttle, stats)
  const [a, b] = names.devices
  book.enter(a!, ['gold'], 0)
  book.enter(b!, ['gold'], 0)
  for (let request = 0; request < 40; request += 1) recordRequest(stats, 0, 0, 4096, 0, 1e6)
  for (let request = 0; request < 100; request += 1) recordRequest(stats, 1, 1, 1000, 0, 1e6)
  book.enter(a!, [], 1 * S)
  for (let request = 0; request < 500; request += 1) recordRequest(stats, 0, 0, 4096, 0, 1e6)
  const after: SlotNames = { ...names, devices: [{ ...a!, groups: [] }, b!] }
  const result = book.result(after, { source: 'lab', name: 'n', seed: 1, nowNs: 2 * S })
  expect(result.groups.gold).toEqual({
    members: ['b'],
    limits: { 'iops-total': 100 },
    iops: 70,
    bps: (40 * 4096 + 100_000) / 2,
    fairness: 1,
    waitNs: { p50: 0, p95: 0, p99: 0 },
  })
  expect(result.devices.a?.read).toMatchObject({ requests: 540, iops: 270, waitNs: { p50: 0, p95: 0, p99: 0, max: 0 } })
})

test('the waits of a group are those of its members, reads and writes, for as long as they were in it', () => {
  const { throttle, stats, names } = board()
  const book = new RunBook(throttle, stats)
  const [a, b] = names.devices
  const record = (count: number, slot: number, direction: 0 | 1, waitNs: number) => {
    for (let request = 0; request < count; request += 1) recordRequest(stats, slot, direction, 512, waitNs, 0)
  }
  book.enter(a!, [], 0)
  book.enter(b!, ['gold'], 0)
  record(1000, 0, 0, 900e6) // before it is a member
  book.enter(a!, ['gold'], 1 * S)
  record(60, 0, 0, 1e6)
  record(2, 0, 1, 40e6)
  record(38, 1, 1, 7e6)
  const inGold = book.result(names, { source: 'lab', name: 'n', seed: 1, nowNs: 2 * S }).groups.gold
  const near = (ns: number | undefined) => Math.round((ns ?? 0) / 1e6)
  // 60 of 1 ms, 38 of 7 ms, 2 of 40 ms.
  expect([near(inGold?.waitNs?.p50), near(inGold?.waitNs?.p95), near(inGold?.waitNs?.p99)]).toEqual([1, 7, 40])
  book.leave(a!)
  record(1000, 0, 0, 900e6) // it is gone
  const without = { ...names, devices: [b!] }
  expect(book.result(without, { source: 'lab', name: 'n', seed: 1, nowNs: 3 * S }).groups.gold?.waitNs).toEqual(
    inGold?.waitNs,
  )
})

test('a slot that is reset starts from nothing', () => {
  const stats = createLocalStatsMemory(2)
  for (const device of [0, 1]) recordRequest(stats, device, 1, 4096, 5e6, 5e6)
  resetStats(stats, 0)
  expect(stats.numbers.slice(0, flowAt(1, 0)).every((value) => value === 0)).toBe(true)
  expect(stats.numbers[flowAt(1, 1)]).toBe(1)
})

test('resetting what was never used writes nothing, one that only waited is reset', () => {
  const stats = createLocalStatsMemory(2)
  recordDelayed(stats, 1, 0)
  const fill = vi.spyOn(stats.numbers, 'fill')
  resetStats(stats, 0)
  expect(fill).not.toHaveBeenCalled()
  resetStats(stats, 1)
  expect(stats.numbers.every((value) => value === 0)).toBe(true)
})
