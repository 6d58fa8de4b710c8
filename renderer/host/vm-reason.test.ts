import { expect, test } from 'vitest'
import type { BucketLook, DiskFlowLook, GroupLook, VmLook } from '#shared/host-look.ts'
import { hostRows } from '#shared/host-rows.ts'
import { reasonOf } from './vm-reason.ts'

const MS = 1e6

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
function reason(part: Partial<VmLook>) {
  const vms = [vm(part), vm({ id: 'other', name: 'other', bps: 4500 })]
  const row = hostRows({ host: '', nowNs: 0, wallMs: 0, problems: [], vms }, 'name').find(
    (each) => each.vm.id === 'etl',
  )
  const found = row === undefined ? null : reasonOf(row, 'binary')
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
    'held: Held by its write bandwidth limit. gold is at 98 % of 1 MiB/s and its bucket is full. A write of vda waits for it ≈ 38 ms of 40 ms; the rest is the disk’s.',
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
