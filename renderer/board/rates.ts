import type { Snapshot } from '#shared/snapshot.ts'
import { directionsOf } from '#shared/throttle/counting.ts'
import { BUCKETS, DIRECTIONS, type Limits, limitOf } from '#shared/throttle/limits.ts'
import { type FlowOf, flowUse } from '../store/group-use.ts'
import { shownRates } from '../store/shown-rates.ts'

// What a rate means against a limit.

/** Requests per second a device with this mix and size of requests may do alone under `limits`; null: as many as it likes. */
function allowedIops(flowOf: FlowOf, id: string, limits: Limits): number | null {
  const total = shownRates(flowOf, id).iops
  if (total === 0) return null
  let allowed = Number.POSITIVE_INFINITY
  for (const bucket of BUCKETS) {
    const limit = limitOf(limits, bucket)
    if (limit === 0) continue
    const used = directionsOf(bucket).reduce(
      (sum, direction) => sum + flowUse(flowOf(id, direction), bucket, limitOf(limits, 'iops-size')),
      0,
    )
    if (used > 0) allowed = Math.min(allowed, (limit * total) / used)
  }
  return Number.isFinite(allowed) ? allowed : null
}

/** An even part of the group's limit among the members that want something, in this device's own requests per second; of
    a chain, the least of its levels. It is a line to hold the device against, no promise: QEMU's turns are even per
    request, so that a member with large requests takes more than its even part and stands above the line. */
export function limitShareIops(snapshot: Snapshot, id: string, flowOf: FlowOf): number | null {
  const device = snapshot.devices[id]
  if (!device) return null
  const groups = device.levels?.map(({ group }) => group) ?? (device.group === null ? [] : [device.group])
  let least: number | null = null
  for (const name of new Set(groups)) {
    const group = snapshot.groups[name]
    const allowed = group ? allowedIops(flowOf, id, group.limits) : null
    if (!group || allowed === null) continue
    const busy = group.members.filter((each) => isBusy(snapshot, each, flowOf)).length
    least = Math.min(least ?? Number.POSITIVE_INFINITY, allowed / Math.max(1, busy))
  }
  return least
}

function isBusy(snapshot: Snapshot, id: string, flowOf: FlowOf): boolean {
  const device = snapshot.devices[id]
  if (!device) return false
  return DIRECTIONS.some((direction) => flowOf(id, direction).iops > 0 || (device[direction].queued ?? 0) > 0)
}
