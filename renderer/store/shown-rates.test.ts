import { beforeEach, expect, test } from 'vitest'
import type { DeviceSnapshot, Snapshot } from '#shared/snapshot.ts'
import { shownFlows, shownMean, shownRates } from './shown-rates.ts'
import { latestSnapshot, pushSnapshot, resetTelemetry, showSnapshot } from './telemetry.ts'
import { IDLE_FLOW } from './testing/idle-flow.ts'

function device(iops: number, throttledShare: number): DeviceSnapshot {
  return {
    group: null,
    iothread: 0,
    status: 'running',
    reason: null,
    read: { ...IDLE_FLOW, iops, bps: iops * 4096 },
    write: IDLE_FLOW,
    demandIops: null,
    throttledShare,
    waitCounts: [],
  }
}

function snapshot(atMs: number, iops: number, part: Partial<Snapshot> = {}): Snapshot {
  return {
    source: 'lab',
    revision: atMs,
    appliedRevision: 0,
    state: 'running',
    nowNs: atMs * 1e6,
    groups: {},
    devices: { db: device(iops, iops > 0 ? 0.5 : 0) },
    events: [],
    ...part,
  }
}

function shownIops(): number {
  const latest = latestSnapshot()
  return latest === null ? Number.NaN : Math.round(shownRates(shownFlows(latest), 'db').iops * 10) / 10
}

beforeEach(() => resetTelemetry())

test('pausing keeps the rates that were measured, and the lab goes on from them', () => {
  for (let at = 100; at <= 1500; at += 100) pushSnapshot(snapshot(at, 100))
  for (const revision of [1600, 1700]) pushSnapshot(snapshot(1550, 0, { state: 'paused', revision }))
  const paused = latestSnapshot()
  expect(shownIops()).toBe(100)
  expect(paused && shownMean(paused, 'db', 'throttled-share')).toBeCloseTo(0.5)
  pushSnapshot(snapshot(1650, 100))
  expect(shownIops()).toBe(100)
})

test('a live VM that is paused does 0', () => {
  for (let at = 1000; at <= 4000; at += 1000) pushSnapshot(snapshot(at, 100, { source: 'qemu' }))
  for (let at = 5000; at <= 6000; at += 1000) pushSnapshot(snapshot(at, 0, { source: 'qemu', state: 'paused' }))
  expect(shownIops()).toBe(0)
})

test('an earlier moment shows the rate of that moment', () => {
  const early = snapshot(3000, 10)
  for (let at = 100; at <= 2900; at += 100) pushSnapshot(snapshot(at, 10))
  pushSnapshot(early)
  for (let at = 3100; at <= 6000; at += 100) pushSnapshot(snapshot(at, 100))
  expect(shownIops()).toBe(100)
  showSnapshot(early)
  expect(shownIops()).toBe(10)
})
