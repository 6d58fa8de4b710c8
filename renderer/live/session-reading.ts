import type { AlarmReading, DiskReading, LimitReading } from '#shared/alarms/alarm.ts'
import type { QemuState } from '#shared/ipc/contract.ts'
import type { GroupSnapshot, Snapshot } from '#shared/snapshot.ts'
import { BUCKETS, limitOf, maxKey } from '#shared/throttle/limits.ts'
import { type FlowOf, groupUse, measuredFlows } from '../store/group-use.ts'

/** What a snapshot of the VM on the board says about alarms. */
export function readingOfSession(snapshot: Snapshot, qemu: QemuState): AlarmReading {
  const flows = measuredFlows(snapshot)
  return {
    problem: qemu.status === 'lost' ? (qemu.message ?? 'It does not answer.') : null,
    limits: Object.entries(snapshot.groups).flatMap(([name, group]) => limitReadings(name, group, flows)),
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

function limitReadings(name: string, group: GroupSnapshot, flows: FlowOf): readonly LimitReading[] {
  const { limits, buckets } = group
  return BUCKETS.filter((bucket) => limitOf(limits, bucket) > 0).map((bucket) => ({
    group: name,
    bucket,
    avg: limitOf(limits, bucket),
    rate: groupUse(group, bucket, flows),
    atLimit: buckets[bucket]?.atLimit ?? null,
    bursts: limitOf(limits, maxKey(bucket)) > 0,
    headroomNs: buckets[bucket]?.throttleInNs ?? null,
  }))
}
