import type { Snapshot } from '#shared/snapshot.ts'
import type { RequestSizes } from '#shared/throttle/iops-size-words.ts'
import type { LimitUnit } from '#shared/throttle/limit-edits.ts'
import type { MemberLoad } from '#shared/throttle/starvation.ts'
import type { Device } from '#shared/workspace/workspace.ts'

// What the members of a group do: from their loads where Weir makes them, from what was measured on a live VM.

export function memberLoad(device: Device, isLive: boolean): MemberLoad {
  const { workload, id } = device
  if (isLive) return { id, outstanding: null, readShare: 0.5 }
  if (workload.kind === 'idle') return { id, outstanding: 0, readShare: 0.5 }
  if (workload.kind === 'trace') return { id, outstanding: workload.iodepth, readShare: 0.5 }
  return { id, outstanding: workload.iodepth, readShare: workload.readPercent / 100 }
}

/** Sizes of its requests as the load says; null: only measuring tells. */
export function declaredSizes({ id, workload }: Device): RequestSizes | null {
  if (workload.kind !== 'synthetic') return null
  const { blockBytes } = workload
  return { id, sizes: typeof blockBytes === 'number' ? [{ bytes: blockBytes, weight: 1 }] : blockBytes }
}

/** Mean size of the requests measured last, as one size per direction; null: none were measured. */
export function measuredSizes(id: string, snapshot: Snapshot | null): RequestSizes | null {
  const device = snapshot?.devices[id]
  if (!device) return null
  const sizes = [device.read, device.write]
    .filter(({ iops, bps }) => iops > 0 && bps > 0)
    .map(({ iops, bps }) => ({ bytes: roundToPower(bps / iops), weight: iops }))
  return sizes.length === 0 ? null : { id, sizes }
}

/** A mean wanders with every sample; words shall not. Eight steps per doubling are close enough for a sentence. */
function roundToPower(bytes: number): number {
  return Math.round(2 ** (Math.round(Math.log2(bytes) * 8) / 8))
}

/** Share of reads in what is measured now, else in what the loads ask for, else one half. */
export function readShareOf(
  group: string,
  members: readonly Device[],
  unit: LimitUnit,
  snapshot: Snapshot | null,
): number {
  const measured = snapshot?.groups[group]
  const column = unit === 'iops' ? 'iops' : 'bps'
  const sum = measured ? measured.read[column] + measured.write[column] : 0
  if (measured && sum > 0) return measured.read[column] / sum
  const busy = members.map((device) => memberLoad(device, false)).filter(({ outstanding }) => outstanding !== 0)
  return busy.length === 0 ? 0.5 : busy.reduce((all, { readShare }) => all + readShare, 0) / busy.length
}

/** What the group's members would do unthrottled, in units per second; Infinity: unknown for one of them. */
export function groupDemand(group: string, unit: LimitUnit, snapshot: Snapshot | null): number {
  const members = snapshot?.groups[group]?.members ?? []
  if (members.length === 0) return Infinity
  let sum = 0
  for (const id of members) {
    const device = snapshot?.devices[id]
    const demand = device?.demandIops ?? null
    if (!device || demand === null) return Infinity
    const iops = device.read.iops + device.write.iops
    const bytes = iops > 0 ? (device.read.bps + device.write.bps) / iops : 0
    if (unit === 'bps' && bytes === 0 && demand > 0) return Infinity
    sum += unit === 'iops' ? demand : demand * bytes
  }
  return sum
}
