import { expect, test } from 'vitest'
import type { DeviceSnapshot, GroupSnapshot, Snapshot } from '#shared/snapshot.ts'
import { latestSnapshot, pushSnapshot, resetTelemetry } from '../store/telemetry.ts'
import { planDevice } from './series-plan.ts'

const FLOW = {
  iops: 10,
  bps: 40_960,
  requests: 0,
  bytes: 0,
  delayed: 0,
  queued: 0,
  waitP50Ns: null,
  waitP99Ns: null,
  serviceP50Ns: null,
  serviceP99Ns: null,
}

function group(limit: number): GroupSnapshot {
  const half = { iops: 0, bps: 0, token: null, timerInNs: null, queued: 0, tokenMoves: 0 }
  return {
    limits: { 'iops-total': limit },
    ring: [],
    members: [],
    read: half,
    write: half,
    buckets: {},
    estimated: false,
  }
}

function snapshot(revision: number, home: string | null): Snapshot {
  const db: DeviceSnapshot = {
    group: home,
    iothread: 0,
    status: 'running',
    reason: null,
    read: FLOW,
    write: FLOW,
    demandIops: null,
    throttledShare: 0,
    waitCounts: [],
  }
  return {
    source: 'lab',
    revision,
    appliedRevision: 0,
    state: 'running',
    nowNs: revision * 1e8,
    groups: { gold: group(1000), bulk: group(50) },
    devices: { db },
    events: [],
  }
}

test('the limit of a device that moved is that of the group it was in', () => {
  resetTelemetry()
  for (const [index, home] of ['gold', 'gold', 'bulk', null].entries()) pushSnapshot(snapshot(index + 1, home))
  const limit = planDevice('db', 'iops', latestSnapshot()).series.find(({ key }) => key === 'avg:iops-total')
  expect([0, 1, 2, 3].map((sample) => limit?.value(sample))).toEqual([1000, 1000, 50, Number.NaN])
})
