import { requestUnits } from '#shared/throttle/counting.ts'
import { type Limits, limitOf } from '#shared/throttle/limits.ts'
import { NS_PER_S, NS_PER_US } from '#shared/units.ts'
import { askedIops, hasCeilings } from '#shared/workspace/asked-rate.ts'
import { isDeep } from '#shared/workspace/disk-depth.ts'
import type { Device, Service, SyntheticWorkload, Workload, Workspace } from '#shared/workspace/workspace.ts'
import { serviceOf } from './disk-model.ts'

// About how much work a part is, to divide parts among threads: requests a second that its limits, loads and disks let
// come about. Nothing but the time it takes depends on it, so the script is left out.

/** A load that runs freely costs next to nothing. */
const FREE_PER_S = 1
const US_PER_S = NS_PER_S / NS_PER_US

export function requestsPerS(workspace: Workspace): number {
  const members = new Map<string, number>()
  for (const { groups } of workspace.devices) {
    for (const group of groups) members.set(group, (members.get(group) ?? 0) + 1)
  }
  return workspace.devices.reduce((sum, device) => {
    const shares = device.groups.map(
      (group) => limitPerS(workspace.groups[group] ?? {}, blockOf(device.workload)) / (members.get(group) ?? 1),
    )
    return sum + Math.min(demandOf(device), ...shares)
  }, 0)
}

function demandOf({ groups, disk, workload }: Device): number {
  if (workload.kind === 'idle') return 0
  const diskPerS = (US_PER_S / Math.max(meanUs(serviceOf(disk)), 1)) * (isDeep(disk) ? workload.iodepth : 1)
  if (workload.kind === 'trace') return diskPerS / 10
  const asked = askedIops(workload)
  const isSteady = workload.arrivals === 'closed' && asked === null && !hasCeilings(workload)
  // In whole rounds only where each request takes the same time.
  if (groups.length === 0 && isSteady && serviceOf(disk).kind === 'fixed') return FREE_PER_S
  return asked === null ? diskPerS : Math.min(asked, diskPerS)
}

function meanUs(service: Service): number {
  if (service.kind !== 'sampled') return service.us
  return service.us.reduce((sum, us) => sum + us, 0) / Math.max(service.us.length, 1)
}

function blockOf(workload: Workload): number {
  if (workload.kind !== 'synthetic') return 4096
  return meanBlock(workload)
}

function meanBlock({ blockBytes }: SyntheticWorkload): number {
  if (typeof blockBytes === 'number') return blockBytes
  const weight = blockBytes.reduce((sum, share) => sum + share.weight, 0)
  return blockBytes.reduce((sum, share) => sum + share.bytes * share.weight, 0) / weight
}

/** Requests of `bytes` each that the limits let through; Infinity: no limit. */
function limitPerS(limits: Limits, bytes: number): number {
  const units = requestUnits(bytes, limitOf(limits, 'iops-size'))
  return Math.min(rateOf(limits, 'iops') / units, rateOf(limits, 'bps') / bytes)
}

function rateOf(limits: Limits, unit: 'iops' | 'bps'): number {
  const or = (rate: number) => (rate > 0 ? rate : Number.POSITIVE_INFINITY)
  const [total, read, write] = [`${unit}-total`, `${unit}-read`, `${unit}-write`] as const
  return Math.min(or(limitOf(limits, total)), or(limitOf(limits, read)) + or(limitOf(limits, write)))
}
