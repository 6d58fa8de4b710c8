import { beforeEach, expect, test } from 'vitest'
import type { DeviceSnapshot, GroupSnapshot, Snapshot } from '#shared/snapshot.ts'
import { deviceColumn, groupColumn } from './columns.ts'
import {
  deviceGroupAt,
  deviceHeat,
  deviceSeries,
  groupSeries,
  latestSnapshot,
  onSnapshot,
  pushSnapshot,
  resetTelemetry,
  sampleEnd,
  samplesBetween,
  sampleTimeNs,
} from './telemetry.ts'
import { IDLE_FLOW } from './testing/idle-flow.ts'

const MS = 1e6

function device(iops: number, waitP99Ns: number | null = null): DeviceSnapshot {
  return {
    group: 'gold',
    iothread: 0,
    status: 'running',
    reason: null,
    read: { ...IDLE_FLOW, iops, waitP99Ns, waitP50Ns: waitP99Ns, queued: 2 },
    write: { ...IDLE_FLOW, queued: 1 },
    demandIops: null,
    throttledShare: 0.5,
    waitCounts: [1, 0, 3],
  }
}

const GOLD: GroupSnapshot = {
  limits: { 'iops-total': 100 },
  ring: ['db', 'web'],
  members: ['db', 'web'],
  read: { iops: 30, bps: 0, token: 'db', timerInNs: null, queued: 4, tokenMoves: 0 },
  write: { iops: 0, bps: 0, token: 'db', timerInNs: null, queued: 2, tokenMoves: 0 },
  buckets: { 'iops-total': { level: 5, size: 10, burstLevel: null, burstSize: null, errorUnits: 0 } },
  estimated: false,
}

function snapshot(atMs: number, part: Partial<Snapshot> = {}): Snapshot {
  return {
    source: 'lab',
    revision: atMs,
    appliedRevision: 0,
    state: 'running',
    nowNs: atMs * MS,
    groups: { gold: GOLD },
    devices: { db: device(10, 4 * MS), web: device(30, 8 * MS) },
    events: [],
    ...part,
  }
}

beforeEach(resetTelemetry)

test('each snapshot adds one sample to every group and device', () => {
  for (const atMs of [100, 200, 300]) pushSnapshot(snapshot(atMs))
  expect([
    sampleEnd(),
    deviceSeries('web')?.value(deviceColumn('read-iops'), 2),
    deviceSeries('db')?.value(deviceColumn('queued'), 0),
    deviceSeries('db')?.value(deviceColumn('demand-iops'), 0),
    groupSeries('gold')?.value(groupColumn('fill:iops-total'), 1),
    groupSeries('gold')?.value(groupColumn('avg:iops-total'), 1),
    groupSeries('gold')?.value(groupColumn('avg:bps-read'), 1),
  ]).toEqual([3, 30, 3, Number.NaN, 0.5, 100, Number.NaN])
})

test('a group waits as its worst member, its median is weighted by the rates', () => {
  pushSnapshot(snapshot(100))
  const series = groupSeries('gold')
  expect([series?.value(groupColumn('wait-p99-ns'), 0), series?.value(groupColumn('wait-p50-ns'), 0)]).toEqual([
    8 * MS,
    7 * MS,
  ])
})

test('samples are found by time', () => {
  for (let atMs = 100; atMs <= 1000; atMs += 100) pushSnapshot(snapshot(atMs))
  expect(samplesBetween(250 * MS, 500 * MS)).toEqual({ first: 2, end: 5 })
  expect(sampleTimeNs(2)).toBe(300 * MS)
})

test('a device that was away for a moment keeps its history', () => {
  pushSnapshot(snapshot(100))
  pushSnapshot(snapshot(200, { devices: { web: device(30) } }))
  pushSnapshot(snapshot(300))
  const series = deviceSeries('db')
  expect([0, 1, 2].map((sample) => series?.value(deviceColumn('read-iops'), sample))).toEqual([10, Number.NaN, 10])
})

test('a device that stays away is forgotten', () => {
  pushSnapshot(snapshot(100))
  for (let atMs = 200; atMs < 200 + 400 * 100; atMs += 100) pushSnapshot(snapshot(atMs, { devices: {} }))
  expect(deviceSeries('db')).toBeNull()
})

test('a clock that goes back begins a new history', () => {
  for (const atMs of [100, 200, 300, 50]) pushSnapshot(snapshot(atMs))
  expect([sampleEnd(), sampleTimeNs(0), deviceSeries('db')?.end]).toEqual([1, 50 * MS, 1])
})

test('a paused source updates the snapshot but adds no samples', () => {
  pushSnapshot(snapshot(100))
  pushSnapshot(snapshot(100, { state: 'paused' }))
  expect([sampleEnd(), latestSnapshot()?.state]).toEqual([1, 'paused'])
})

test('a live VM keeps a day at one look a second, the lab ten minutes; with many disks it is as much as memory may take', () => {
  const iops = deviceColumn('read-iops')
  const push = (source: Snapshot['source'], samples: number, ids: readonly string[]) => {
    resetTelemetry()
    const devices = Object.fromEntries(ids.map((id) => [id, device(7)]))
    for (let index = 0; index < samples; index += 1)
      pushSnapshot(snapshot(index * 1000, { source, devices, groups: {} }))
    const [id = ''] = ids
    const series = deviceSeries(id)
    return { at: (sample: number) => [sampleTimeNs(sample) / (1000 * MS), series?.value(iops, sample)], series }
  }
  const live = push('qemu', 86_400, ['db'])
  expect([live.at(0), live.at(86_399)]).toEqual([
    [0, 7],
    [86_399, 7],
  ])
  expect(push('lab', 20_000, ['db']).at(0)).toEqual([Number.NaN, Number.NaN])
  const many = Array.from({ length: 400 }, (_, index) => `disk${index}`)
  const bytes = (push('qemu', 7000, many).series?.bytes ?? 0) * many.length
  expect(bytes).toBeGreaterThan(64 * 1024 * 1024)
  expect(bytes).toBeLessThanOrEqual(128 * 1024 * 1024)
})

test('waits are counted by second', () => {
  for (const atMs of [100, 900, 1100]) pushSnapshot(snapshot(atMs))
  const heat = deviceHeat('db')
  expect([heat?.count(0, 0), heat?.count(0, 2), heat?.count(1, 2), heat?.count(7, 2)]).toEqual([2, 6, 3, 0])
})

test('listeners hear each snapshot until they stop', () => {
  const heard: (number | undefined)[] = []
  const stop = onSnapshot((each) => heard.push(each?.revision))
  pushSnapshot(snapshot(100))
  stop()
  pushSnapshot(snapshot(200))
  expect(heard).toEqual([100])
})

test('a renamed lane and card go on with their history, also while paused', () => {
  pushSnapshot(snapshot(100))
  pushSnapshot(snapshot(200))
  const [gold, db, heat] = [groupSeries('gold'), deviceSeries('db'), deviceHeat('db')]
  const events = [
    { atNs: 200 * MS, kind: 'renamed' as const, text: '', group: 'silver', device: null, from: 'gold' },
    { atNs: 200 * MS, kind: 'renamed' as const, text: '', group: null, device: 'sql', from: 'db' },
  ]
  const named = { groups: { silver: GOLD }, devices: { sql: device(10), web: device(30) } }
  pushSnapshot(snapshot(200, { ...named, events, revision: 201 }))
  pushSnapshot(snapshot(300, named))
  expect([groupSeries('gold'), deviceSeries('db')]).toEqual([null, null])
  expect([groupSeries('silver') === gold, deviceSeries('sql') === db, deviceHeat('sql') === heat]).toEqual([
    true,
    true,
    true,
  ])
  expect([gold?.end, db?.end]).toEqual([3, 3])
})

test('a device that moved keeps the groups it was in, by the names they have now', () => {
  const inGroup = (group: string | null) => ({ groups: {}, devices: { db: { ...device(10), group } } })
  pushSnapshot(snapshot(100, inGroup('gold')))
  pushSnapshot(snapshot(200, inGroup(null)))
  const renamed = { atNs: 0, kind: 'renamed', text: '', group: 'platinum', device: null, from: 'gold' } as const
  pushSnapshot(snapshot(300, { ...inGroup('bulk'), events: [renamed] }))
  expect([0, 1, 2].map((sample) => deviceGroupAt('db', sample))).toEqual(['platinum', null, 'bulk'])
})

test('a group that takes the name of one that is gone keeps its own history', () => {
  const inGroup = (group: string) => ({ groups: {}, devices: { db: { ...device(10), group } } })
  pushSnapshot(snapshot(100, inGroup('bulk')))
  pushSnapshot(snapshot(200, inGroup('gold')))
  const renamed = { atNs: 0, kind: 'renamed', text: '', group: 'bulk', device: null, from: 'gold' } as const
  for (let told = 0; told < 2; told += 1) pushSnapshot(snapshot(300, { ...inGroup('bulk'), events: [renamed] }))
  expect([0, 1, 2].map((sample) => deviceGroupAt('db', sample))).toEqual([null, 'bulk', 'bulk'])
  const numbers = [1, 2].map((sample) => deviceSeries('db')?.value(deviceColumn('group'), sample))
  expect(numbers[0]).toBe(numbers[1])
})
