import type { DeviceSnapshot, Snapshot } from '#shared/snapshot.ts'
import { BUCKETS, type Limits, limitOf } from '#shared/throttle/limits.ts'
import { countedIops, flowsOf } from '../store/group-use.ts'

// What a rate means against a limit.

/** Requests per second a device with this mix and size of requests may do alone under `limits`; null: as many as it likes. */
export function allowedIops(device: DeviceSnapshot, limits: Limits): number | null {
  const total = device.read.iops + device.write.iops
  if (total === 0) return null
  let allowed = Number.POSITIVE_INFINITY
  for (const bucket of BUCKETS) {
    const limit = limitOf(limits, bucket)
    if (limit === 0) continue
    const used = flowsOf(bucket, device).reduce(
      (sum, flow) => sum + (bucket.startsWith('bps') ? flow.bps : countedIops(flow, limitOf(limits, 'iops-size'))),
      0,
    )
    if (used > 0) allowed = Math.min(allowed, (limit * total) / used)
  }
  return Number.isFinite(allowed) ? allowed : null
}

/** An even part of the group's limits among the members that want something, in this device's own requests per second. It
    is a line to hold the device against, no promise: QEMU's turns are even per request, so that a member with large
    requests takes more than its even part and stands above the line. */
export function limitShareIops(snapshot: Snapshot, id: string): number | null {
  const device = snapshot.devices[id]
  const group = device && device.group !== null ? snapshot.groups[device.group] : undefined
  if (!device || !group) return null
  const allowed = allowedIops(device, group.limits)
  if (allowed === null) return null
  const busy = group.members.filter((each) => isBusy(snapshot.devices[each])).length
  return allowed / Math.max(1, busy)
}

function isBusy(device: DeviceSnapshot | undefined): boolean {
  if (!device) return false
  const { read, write } = device
  return read.iops + write.iops > 0 || (read.queued ?? 0) + (write.queued ?? 0) > 0
}
