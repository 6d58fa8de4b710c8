import type { AlarmReading, DiskReading, LimitReading } from '#shared/alarms/alarm.ts'
import type { QemuState } from '#shared/ipc/contract.ts'
import type { GroupSnapshot, Snapshot } from '#shared/snapshot.ts'
import { BUCKETS, limitOf, maxKey } from '#shared/throttle/limits.ts'

/** What a snapshot of the VM on the board says about alarms. */
export function readingOfSession(snapshot: Snapshot, qemu: QemuState): AlarmReading {
  return {
    problem: qemu.status === 'lost' ? (qemu.message ?? 'It does not answer.') : null,
    limits: Object.entries(snapshot.groups).flatMap(([name, group]) => limitReadings(name, group)),
    disks: Object.entries(snapshot.devices).map(
      ([id, { read, write }]): DiskReading => ({
        id,
        latencyNs: { read: read.latencyMeanNs ?? null, write: write.latencyMeanNs ?? null },
        p99: { read: read.latency?.p99 ?? null, write: write.latency?.p99 ?? null },
        failed: { read: read.failed ?? null, write: write.failed ?? null },
      }),
    ),
    drift: qemu.drift,
  }
}

function limitReadings(name: string, { limits, buckets, read, write }: GroupSnapshot): readonly LimitReading[] {
  return BUCKETS.filter((bucket) => limitOf(limits, bucket) > 0).map((bucket) => {
    const flows = bucket.endsWith('-read') ? [read] : bucket.endsWith('-write') ? [write] : [read, write]
    const isBytes = bucket.startsWith('bps')
    return {
      group: name,
      bucket,
      avg: limitOf(limits, bucket),
      rate: flows.reduce((sum, flow) => sum + (isBytes ? flow.bps : flow.iops), 0),
      atLimit: buckets[bucket]?.atLimit ?? null,
      bursts: limitOf(limits, maxKey(bucket)) > 0,
      headroomNs: buckets[bucket]?.throttleInNs ?? null,
    }
  })
}
