import { expect, test } from 'vitest'
import type { DeviceSnapshot, GroupSnapshot, Snapshot } from '#shared/snapshot.ts'
import { latestSnapshot, pushSnapshot, resetTelemetry } from '../store/telemetry.ts'
import { IDLE_FLOW } from '../store/testing/idle-flow.ts'
import { linesOfDevice } from './timeline-series.ts'

const FLOW = { ...IDLE_FLOW, iops: 10, bps: 40_960 }

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
  const limit = linesOfDevice('db', 'iops', latestSnapshot()).series.find(({ key }) => key === 'avg:iops-total')
  expect([0, 1, 2, 3].map((sample) => limit?.value(sample))).toEqual([1000, 1000, 50, Number.NaN])
})

/** Held at `web01` and, from revision `ownFrom` on, at `db-own` beneath it. */
function chained(revision: number, ownFrom: number): Snapshot {
  const plain = snapshot(revision, 'web01')
  const { db } = plain.devices
  if (!db) throw new Error('made above')
  const level = (name: string, waitMeanNs: number) => ({ group: name, queued: 1, waitMeanNs, throttledShare: 1 })
  const bucket = { level: 20, size: 40, burstLevel: null, burstSize: null, errorUnits: 0 }
  const groups = {
    web01: group(900),
    'db-own': { ...group(400), buckets: { 'iops-total': bucket } },
  }
  const levels = [level('web01', 3e6), level('db-own', 9e6)]
  return { ...plain, groups, devices: { db: revision < ownFrom ? db : { ...db, levels } } }
}

test('a device with several levels has its waits stacked by level, from the moment it has them', () => {
  resetTelemetry()
  for (const revision of [1, 2, 3]) pushSnapshot(chained(revision, 2))
  const { kind, series } = linesOfDevice('db', 'wait-levels', latestSnapshot())
  expect([kind, series.map(({ label, tone, stacked }) => [label, tone, stacked])]).toEqual([
    'ns',
    [
      ['waits at web01', 'level-0', true],
      ['waits at db-own', 'level-1', true],
    ],
  ])
  expect([0, 1, 2].map((sample) => series[1]?.value(sample))).toEqual([Number.NaN, 9e6, 9e6])
})

test('waits by level outlive a gap and a rename of the group', () => {
  resetTelemetry()
  pushSnapshot(chained(1, 1))
  pushSnapshot(chained(2, 9))
  pushSnapshot(chained(3, 1))
  const renamed = chained(4, 1)
  const { db } = renamed.devices
  if (!db?.levels) throw new Error('made above')
  pushSnapshot({
    ...renamed,
    devices: {
      db: { ...db, levels: db.levels.map((each) => ({ ...each, group: each.group.replace('db-own', 'gp3') })) },
    },
    events: [{ atNs: 0, kind: 'renamed', text: '', group: 'gp3', device: null, from: 'db-own' }],
  })
  const gp3 = linesOfDevice('db', 'wait-levels', latestSnapshot()).series.find(({ label }) => label === 'waits at gp3')
  expect([0, 1, 2, 3].map((sample) => gp3?.value(sample))).toEqual([9e6, Number.NaN, 9e6, 9e6])
})

test('limit and bucket are those of the chosen level', () => {
  resetTelemetry()
  pushSnapshot(chained(1, 1))
  const at = (level: string | null) => {
    const { series } = linesOfDevice('db', 'iops', latestSnapshot(), level)
    return ['avg:iops-total', 'level'].map((key) => series.find((each) => each.key === key)?.value(0))
  }
  expect([at('web01'), at('db-own')]).toEqual([
    [900, Number.NaN],
    [400, 0.5],
  ])
  // One level: the limit alone, as ever.
  expect(at(null)).toEqual([900, undefined])
})
