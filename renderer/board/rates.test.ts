import { expect, test } from 'vitest'
import type { DeviceSnapshot, FlowSnapshot, GroupSnapshot, Snapshot } from '#shared/snapshot.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import { groupUse, measuredFlows } from '../store/group-use.ts'
import { IDLE_FLOW } from '../store/testing/idle-flow.ts'
import { limitShareIops as shareOf } from './rates.ts'

const KIB = 1024

function flow(iops: number, bytes: number): FlowSnapshot {
  return { ...IDLE_FLOW, iops, bps: iops * bytes }
}

function device(read: FlowSnapshot, write: FlowSnapshot): DeviceSnapshot {
  return {
    group: 'gold',
    iothread: 0,
    status: 'running',
    reason: null,
    read,
    write,
    demandIops: null,
    throttledShare: null,
    waitCounts: [],
  }
}

function snapshotOf(limits: Limits, devices: Record<string, DeviceSnapshot>): Snapshot {
  const sum = (direction: 'read' | 'write', key: 'iops' | 'bps') =>
    Object.values(devices).reduce((total, each) => total + each[direction][key], 0)
  const half = (direction: 'read' | 'write') => ({
    iops: sum(direction, 'iops'),
    bps: sum(direction, 'bps'),
    token: null,
    timerInNs: null,
    queued: 0,
    tokenMoves: 0,
  })
  const gold: GroupSnapshot = {
    limits,
    ring: Object.keys(devices),
    members: Object.keys(devices),
    read: half('read'),
    write: half('write'),
    buckets: {},
    estimated: false,
  }
  return {
    source: 'lab',
    revision: 1,
    appliedRevision: 1,
    state: 'running',
    nowNs: 0,
    groups: { gold },
    devices,
    events: [],
  }
}

function limitShareIops(snapshot: Snapshot, id: string): number | null {
  return shareOf(snapshot, id, measuredFlows(snapshot))
}

function use(snapshot: Snapshot, bucket: Parameters<typeof groupUse>[1]): number {
  const gold = snapshot.groups.gold
  return gold ? groupUse(gold, bucket, measuredFlows(snapshot)) : Number.NaN
}

test('a total counts both directions, a split one only', () => {
  const snapshot = snapshotOf({}, { db: device(flow(70, 4 * KIB), flow(30, 8 * KIB)) })
  expect([use(snapshot, 'iops-total'), use(snapshot, 'iops-write'), use(snapshot, 'bps-read')]).toEqual([
    100,
    30,
    280 * KIB,
  ])
})

test('with an iops size a large request counts as several, a small one as one', () => {
  const snapshot = snapshotOf(
    { 'iops-size': 16 * KIB },
    { mail: device(flow(0, 0), flow(100, 64 * KIB)), db: device(flow(50, 4 * KIB), flow(0, 0)) },
  )
  expect([use(snapshot, 'iops-total'), use(snapshot, 'iops-write')]).toEqual([450, 400])
})

test('the limit share is the binding limit over the members that want something', () => {
  const idle = device(flow(0, 0), flow(0, 0))
  const snapshot = snapshotOf(
    { 'iops-total': 1000, 'bps-total': 4000 * KIB },
    { small: device(flow(100, 4 * KIB), flow(0, 0)), large: device(flow(0, 0), flow(20, 40 * KIB)), idle },
  )
  expect([
    limitShareIops(snapshot, 'small'),
    limitShareIops(snapshot, 'large'),
    limitShareIops(snapshot, 'idle'),
  ]).toEqual([500, 50, null])
})

test('a split limit binds by the part of the requests it counts', () => {
  const snapshot = snapshotOf({ 'iops-write': 100 }, { db: device(flow(75, 4 * KIB), flow(25, 4 * KIB)) })
  expect(limitShareIops(snapshot, 'db')).toBe(400)
})

test('of a chain the share is that of its narrowest level', () => {
  const both = snapshotOf(
    { 'iops-total': 900 },
    { db: device(flow(100, 4 * KIB), flow(0, 0)), web: device(flow(50, 4 * KIB), flow(0, 0)) },
  )
  const { gold } = both.groups
  if (!gold || !both.devices.db) throw new Error('made above')
  const level = { queued: 0, waitMeanNs: null, throttledShare: null }
  const chained = (own: number): Snapshot => ({
    ...both,
    groups: { gold, own: { ...gold, limits: { 'iops-total': own }, members: ['db'] } },
    devices: {
      ...both.devices,
      db: {
        ...device(flow(100, 4 * KIB), flow(0, 0)),
        levels: [
          { ...level, group: 'gold' },
          { ...level, group: 'own' },
        ],
      },
    },
  })
  expect([limitShareIops(chained(200), 'db'), limitShareIops(chained(800), 'db')]).toEqual([200, 450])
})
