import type { DiskLook, VmLook } from '../host-look.ts'
import { limitOf, maxKey } from '../throttle/limits.ts'
import type { AlarmReading, DiskReading } from './alarm.ts'

/** What a look at a VM of a host says about alarms; null: it was not looked at yet, or a session of Weir's own has it. */
export function readingOfVm(vm: VmLook): AlarmReading | null {
  if (vm.state === 'new' || vm.state === 'opened') return null
  return {
    problem: vm.up ? null : (vm.problem ?? 'it does not answer'),
    limits: vm.groups.flatMap(({ name, limits, buckets }) =>
      buckets.map(({ bucket, avg, rate, atLimit, level }) => ({
        group: name,
        bucket,
        avg,
        rate,
        atLimit,
        bursts: limits !== null && limitOf(limits, maxKey(bucket)) > 0,
        headroomNs: level?.headroomNs ?? null,
      })),
    ),
    disks: vm.disks.map(diskReading),
    drift: vm.drift,
  }
}

function diskReading({ id, read, write }: DiskLook): DiskReading {
  return {
    id,
    latencyNs: { read: read?.latencyMeanNs ?? null, write: write?.latencyMeanNs ?? null },
    p99: { read: read?.latency?.p99 ?? null, write: write?.latency?.p99 ?? null },
    failed: { read: read?.failed ?? null, write: write?.failed ?? null },
  }
}
