import { expect, test } from 'vitest'
import type { QemuState } from '#shared/ipc/contract.ts'
import type { Snapshot } from '#shared/snapshot.ts'
import { readingOfSession } from './session-reading.ts'

test('what a limit is used is counted as QEMU counts it: with iops-size a large request is several', () => {
  const flow = { iops: 20, bps: 20 * 16_384 }
  const idle = { iops: 0, bps: 0 }
  const snapshot = {
    groups: {
      gold: { limits: { 'iops-total': 50, 'iops-size': 4096, 'bps-write': 1000 }, members: ['vda'], buckets: {} },
    },
    devices: { vda: { read: flow, write: idle } },
  } as unknown as Snapshot
  const { limits } = readingOfSession(snapshot, { status: 'attached', drift: [] } as unknown as QemuState)
  expect(limits.map(({ bucket, avg, rate }) => [bucket, avg, rate])).toEqual([
    ['bps-write', 1000, 0],
    ['iops-total', 50, 80],
  ])
})
