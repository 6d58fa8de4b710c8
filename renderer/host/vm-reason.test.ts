import { expect, test } from 'vitest'
import type { BucketLook, DiskFlowLook, GroupLook, VmLook } from '#shared/host-look.ts'
import { hostRows } from '#shared/host-rows.ts'
import type { HeldSince } from '../store/host-held.ts'
import { heldLines } from './held-words.ts'
import { reasonOf } from './vm-reason.ts'

const MS = 1e6
const NOW_MS = new Date(2026, 10, 29, 14, 30).getTime()

function bucket(part: Partial<BucketLook>): BucketLook {
  return { bucket: 'iops-total', avg: 100, rate: 50, share: 0.5, level: null, atLimit: false, atLimitNs: 0, ...part }
}

function group(name: string, ...buckets: readonly BucketLook[]): GroupLook {
  const throttled = { throttledShare: 0.9, throttledNs: 0, resets: 0 }
  return { name, limits: { 'iops-total': 100 }, disks: ['vda'], buckets, ...throttled }
}

function flow(latencyMeanNs: number, waitMeanNs: number): DiskFlowLook {
  const totals = { requests: 1, bytes: 1, failed: 0, totalTimeNs: 1, waitNs: 0 }
  return { iops: 10, bps: 10, latencyMeanNs, waitMeanNs, ...totals }
}

function vm(part: Partial<VmLook>): VmLook {
  const looks = { answered: 2, failed: 0, spentNs: 0 }
  const about = { id: 'etl', name: 'etl', title: null, state: 'running', up: true, problem: null, seenNs: 0 } as const
  return { ...about, looks, iops: 50, bps: 500, disks: [], groups: [], drift: null, ...part }
}

/** Beside a VM that does as many requests and nine times the bytes. */
function reason(part: Partial<VmLook>, since: HeldSince | null = null) {
  const vms = [vm(part), vm({ id: 'other', name: 'other', bps: 4500 })]
  const row = hostRows({ host: '', nowNs: 0, wallMs: 0, problems: [], vms }, 'name').find(
    (each) => each.vm.id === 'etl',
  )
  const found = row === undefined ? null : reasonOf(row, { units: 'binary', sinceOf: () => since, nowMs: NOW_MS })
  return found === null ? null : `${found.tone}: ${found.lead} ${found.text}`.trim()
}

test('who is held hears by which limit, and what of the latency is its', () => {
  const level = { likely: 10, low: 10, high: 10, size: 10, headroomNs: null }
  const held = bucket({ bucket: 'bps-write', avg: 2 ** 20, share: 0.98, atLimit: true, level })
  const free = { sizeBytes: null, groups: ['gold'], counted: true, inFlight: 1, throttledShare: 0, throttledNs: 0 }
  const disks = [{ id: 'vda', ...free, read: flow(2 * MS, 0), write: flow(40 * MS, 38 * MS) }]
  const elsewhere = { ...free, id: 'vdb', groups: ['quiet'], read: flow(90 * MS, 90 * MS), write: null }
  expect(
    reason({ groups: [group('quiet', bucket({ share: 0.99 })), group('gold', held)], disks: [...disks, elsewhere] }),
  ).toBe(
    'held: Held by its write bandwidth limit. gold is at 98 % of 1 MiB/s and its bucket is full. A write of vda waits for it ≈ 38 ms of 40 ms; the rest is the disk.',
  )
})

test('a burst says how long it lasts', () => {
  const level = { likely: 5, low: 5, high: 5, size: 10, headroomNs: 18e9 }
  expect(reason({ groups: [group('gold', bucket({ share: 1.46, level }))] })).toBe(
    'burst: Bursts past its IOPS limit. gold is at 146 % of 100. Its bucket is full in ≈ 18 s at this rate.',
  )
})

test('who is free hears its share of the host, by what that is largest of', () => {
  expect(reason({ groups: [group('gold', bucket({}))] })).toBe(
    'plain: It has 50 % of the host’s IOPS. No limit holds it back: gold is at 50 % of 100.',
  )
  expect(reason({ bps: 45_000 })).toBe('plain: It has 91 % of the host’s bandwidth. No limit holds it.')
  expect([reason({ iops: 0, bps: 0 }), reason({ up: false })]).toEqual([null, null])
})

test('a wait that is next to nothing of a latency gets no sentence', () => {
  const free = { sizeBytes: null, groups: ['gold'], counted: true, inFlight: 1, throttledShare: 0, throttledNs: 0 }
  const disks = [{ id: 'vda', ...free, read: flow(40 * MS, MS), write: null }]
  expect(reason({ groups: [group('gold', bucket({ share: 0.98, atLimit: true }))], disks })).toBe(
    'held: Held by its IOPS limit. gold is at 98 % of 100.',
  )
})

test('since when it is held is said, as far as anybody has looked', () => {
  const groups = [group('gold', bucket({ share: 0.98, atLimit: true }))]
  const at = (orBefore: boolean, ...time: readonly [number, number, number]) => ({
    sinceMs: new Date(2026, 10, ...time).getTime(),
    orBefore,
  })
  expect(reason({ groups }, at(false, 29, 14, 2))).toContain('held: Held by its IOPS limit since 14:02. gold is')
  expect(reason({ groups }, at(true, 29, 9, 5))).toContain('limit since 09:05 or before. gold')
  expect(reason({ groups }, at(false, 28, 23, 59))).toContain('limit since 2026-11-28 23:59. gold')
  const two = [...groups, group('free', bucket({})), group('bulk', bucket({ bucket: 'bps-read', atLimit: true }))]
  expect(heldLines(vm({ groups: two }), () => at(false, 29, 14, 2), NOW_MS)).toEqual([
    'gold: at its IOPS limit since 14:02',
    'bulk: at its read bandwidth limit since 14:02',
  ])
})
