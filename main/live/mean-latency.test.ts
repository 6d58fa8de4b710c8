import { afterEach, describe, expect, test } from 'vitest'
import { missingQemu, RealQemu } from '#main/qmp/testing/real-qemu.ts'
import { NS_PER_MS } from '#shared/units.ts'
import { attach, cleanUp, closeAll, PATIENCE_MS, snapshotWhere } from './testing/session.ts'

// The mean latency of a snapshot against waits known from QEMU's arithmetic. A disk that takes 500 ms for a request, and
// 10 IOPS of which one may wait in the bucket: of requests submitted at once the k-th waits (k - 2) / 10 s from the third on.

afterEach(closeAll)

const SERVICE_MS = 500
const DEPTHS = [1, 4, 16] as const

function knownMeanMs(depth: number): number {
  const waits = Array.from({ length: depth }, (_each, index) => Math.max(0, index - 1) * 100)
  return SERVICE_MS + waits.reduce((sum, wait) => sum + wait, 0) / depth
}

const absent = missingQemu()
describe.skipIf(absent !== null)(`a real QEMU ${absent ?? ''}`, () => {
  test(
    'the mean latency is within 5 % of the known one at depths of 1, 4 and 16, flushes and failures are counted',
    async () => {
      const disks = DEPTHS.flatMap((depth) => [
        '-drive',
        `if=none,id=q${depth},driver=null-co,latency-ns=${SERVICE_MS * NS_PER_MS},throttling.iops-total=10,throttling.group=g${depth}`,
      ])
      const qemu = await RealQemu.start(disks)
      cleanUp(() => qemu.close())
      const session = await attach({ address: qemu.address, pollMs: 200 })
      const done = snapshotWhere(session, ({ devices }) =>
        DEPTHS.every((depth) => devices[`q${depth}`]?.read.requests === depth),
      )
      await qemu.outside('human-monitor-command', { 'command-line': 'qemu-io q1 "flush"' })
      for (const depth of DEPTHS) await qemu.io(`q${depth}`, 'read', { count: depth })
      const { devices } = await done
      for (const depth of DEPTHS) {
        const meanMs = (devices[`q${depth}`]?.read.latencyMeanNs ?? 0) / NS_PER_MS
        expect(Math.abs(meanMs / knownMeanMs(depth) - 1), `depth ${depth}: ${meanMs} ms`).toBeLessThan(0.05)
      }
      expect(devices.q16?.read.failed).toBe(0)
      expect(devices.q1?.outstanding).toBeGreaterThan(0)
    },
    PATIENCE_MS,
  )
})
