// @vitest-environment happy-dom
import { expect, test } from 'vitest'
import type { DeviceSnapshot, FlowSnapshot, GroupSnapshot, LevelSnapshot, Snapshot } from '#shared/snapshot.ts'
import { pushSnapshot } from '../store/telemetry.ts'
import { paintCard } from './paint-card.ts'

test('before anything was measured a card shows no figures, not zeros', () => {
  const root = document.createElement('div')
  root.innerHTML = `<b data-metric="iops"></b> <b data-metric="bps"></b> <b data-metric="wait-p99-ns"></b>
    <b data-metric="queued"></b> <b data-part="slowed-value"></b>`
  paintCard(root, null, { id: 'db', lane: 'gold', width: 100, units: 'binary' })
  expect([...root.querySelectorAll('b')].map(({ textContent }) => textContent)).toEqual(['–', '–', '–', '–', '–'])
})

const FLOW: FlowSnapshot = {
  iops: 200,
  bps: 819_200,
  requests: 200,
  bytes: 819_200,
  delayed: 200,
  queued: 4,
  waitP50Ns: 12e6,
  waitP99Ns: 21e6,
  serviceP50Ns: null,
  serviceP99Ns: null,
}

function snapshotOf(levels: readonly LevelSnapshot[]): Snapshot {
  const device: DeviceSnapshot = {
    group: 'web01',
    levels,
    iothread: 0,
    status: 'running',
    reason: null,
    read: FLOW,
    write: { ...FLOW, iops: 0, bps: 0, queued: 0 },
    demandIops: null,
    throttledShare: 0.98,
    waitCounts: [],
  }
  const half = { iops: 0, bps: 0, timerInNs: null, queued: 0, tokenMoves: 0 }
  const group = (limit: number, level: number, token: string | null): GroupSnapshot => ({
    limits: { 'iops-total': limit },
    ring: ['db'],
    members: ['db'],
    read: { ...half, token },
    write: { ...half, token: null },
    buckets: { 'iops-total': { level, size: limit / 10, burstLevel: null, burstSize: null, errorUnits: 0 } },
    estimated: false,
  })
  return {
    source: 'lab',
    revision: 1,
    appliedRevision: 0,
    state: 'running',
    nowNs: 1e9,
    groups: { web01: group(900, 20, 'db'), 'db-own': group(200, 19, null) },
    devices: { db: device },
    events: [],
  }
}

test('a card with limits of its own says what is used of them, how many wait there, and where a wait arises', () => {
  const root = document.createElement('div')
  root.innerHTML = `<span data-part="read-token"></span> <span data-part="wait"></span> <span data-part="levels" hidden></span>
    <div data-level="1" data-group="db-own"><i data-part="line"></i> <b data-part="use"></b>
      <span data-part="queue"><b data-part="queued"></b></span></div>`
  const levels = (own: number): readonly LevelSnapshot[] => [
    { group: 'web01', queued: 1, waitMeanNs: 3e6, throttledShare: 1 },
    { group: 'db-own', queued: 3, waitMeanNs: own, throttledShare: 1 },
  ]
  const text = (part: string) => root.querySelector(`[data-part=${part}]`)?.textContent
  const paint = (snapshot: Snapshot) => {
    pushSnapshot(snapshot)
    paintCard(root, snapshot, { id: 'db', lane: 'web01', width: 100, units: 'binary' })
  }
  paint(snapshotOf(levels(9e6)))
  expect([text('levels'), text('use'), text('queued')]).toEqual(['waits 12 ms: web01 3, own 9', '200 / 200', '3'])
  expect(root.querySelector('[data-part=line]')?.getAttribute('data-value')).toBe('19')
  expect(root.querySelector('[data-part=wait]')?.hasAttribute('hidden')).toBe(true)
  expect(root.querySelector('[data-part=read-token]')?.getAttribute('data-held')).toBe('true')
  expect(root.querySelector('[data-level]')?.hasAttribute('data-binds')).toBe(true)
  paint({ ...snapshotOf(levels(1e6)), nowNs: 2e9 })
  expect(text('levels')).toBe('waits 4 ms: web01 3, own 1')
  expect(root.querySelector('[data-level]')?.hasAttribute('data-binds')).toBe(false)
})

test('a wait by level that is estimated looks it, and the latency that is measured stays beside it', () => {
  const root = document.createElement('div')
  root.innerHTML = `<span data-part="wait"></span> <span data-part="levels" hidden></span> <span data-part="outstanding"></span>`
  const lab = snapshotOf([
    { group: 'web01', queued: null, waitMeanNs: 0, throttledShare: null },
    { group: 'db-own', queued: null, waitMeanNs: 9e6, throttledShare: null },
  ])
  const { db } = lab.devices
  const [web01, own] = Object.values(lab.groups)
  if (!db || !web01 || !own) throw new Error('made above')
  const flow = { ...FLOW, queued: null, waitP50Ns: null, waitP99Ns: null, latencyMeanNs: 9.3e6 }
  const live: Snapshot = {
    ...lab,
    source: 'qemu',
    groups: { web01: { ...web01, estimated: true }, 'db-own': { ...own, estimated: true } },
    devices: { db: { ...db, read: flow, write: flow, outstanding: 2 } },
  }
  pushSnapshot(live)
  paintCard(root, live, { id: 'db', lane: 'web01', width: 100, units: 'binary' })
  const part = (name: string) => root.querySelector(`[data-part=${name}]`)
  expect(part('levels')?.textContent).toBe('waits ≈ 9 ms: web01 0, own 9')
  expect([part('wait'), part('outstanding')].map((each) => each?.hasAttribute('hidden'))).toEqual([false, true])
})
