import {
  type BucketSample,
  type DirectionSample,
  type GroupSample,
  sampleGroup,
} from '#main/throttle/sample-throttle.ts'
import type { ThrottleMemory } from '#main/throttle/throttle-memory.ts'
import type {
  BucketSnapshot,
  DeviceSnapshot,
  DirectionSnapshot,
  GroupSnapshot,
  RunState,
  Snapshot,
  SourceEvent,
  SourceKind,
} from '#shared/snapshot.ts'
import { BUCKETS } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import type { Board, BoardDevice, BoardGroup } from './board.ts'
import { DeviceSampler, type FlowDelta } from './device-sampler.ts'
import type { StatsMemory } from './stats-memory.ts'

// Reads the memory of throttle and stats and makes snapshots of it. Reads only: it takes no lock and stops no iothread.
// The lab and the simulator share it; one sampler serves one run, since rates are gains since its previous snapshot.

export interface SampleMoment {
  readonly source: SourceKind
  readonly revision: number
  readonly appliedRevision: number
  readonly state: RunState
  readonly nowNs: number
  readonly events: readonly SourceEvent[]
}

export class Sampler {
  private readonly throttle: ThrottleMemory
  private readonly stats: StatsMemory
  private readonly devices = new Map<string, { readonly slot: number; readonly sampler: DeviceSampler }>()
  /** By group: the last that was of one piece. */
  private readonly wholeSamples = new Map<string, { readonly slot: number; readonly sample: GroupSample }>()
  private previousNs = 0

  constructor(throttle: ThrottleMemory, stats: StatsMemory) {
    this.throttle = throttle
    this.stats = stats
  }

  sample(board: Board, moment: SampleMoment): Snapshot {
    const { nowNs } = moment
    // Nothing has a rate while time stands still, not even what was finished a moment before.
    const spanNs = moment.state === 'running' ? nowNs - this.previousNs : 0
    this.previousNs = nowNs
    const devices: Record<string, DeviceSnapshot> = {}
    for (const device of board.devices) {
      devices[device.id] = this.samplerOf(device.id, device.slot).sample(device, nowNs, spanNs)
    }
    const at = { names: namesBySlot(board), nowNs, spanNs }
    const members = membersByGroup(board)
    const groups: Record<string, GroupSnapshot> = {}
    for (const group of board.groups) groups[group.name] = this.group(group, members.get(group.name) ?? [], at)
    return { ...moment, groups, devices }
  }

  /** Its slot may serve another device next. */
  forget(id: string): void {
    this.devices.delete(id)
  }

  private samplerOf(id: string, slot: number): DeviceSampler {
    const known = this.devices.get(id)
    if (known?.slot === slot) return known.sampler
    const sampler = new DeviceSampler(this.throttle, this.stats, slot)
    this.devices.set(id, { slot, sampler })
    return sampler
  }

  /**
   * A writer that was put to sleep inside the group's lock leaves parts that do not fit together, for as long as it
   * sleeps; what was seen before it began is then the better picture.
   */
  private wholeSample({ name, slot }: BoardGroup, nowNs: number): GroupSample {
    const known = this.wholeSamples.get(name)
    const before = known?.slot === slot ? known.sample : null
    const sample = sampleGroup(this.throttle, slot, nowNs, before)
    if (!sample.isWhole && before !== null) return before
    this.wholeSamples.set(name, { slot, sample })
    return sample
  }

  private group(
    group: BoardGroup,
    members: readonly BoardDevice[],
    at: { readonly names: readonly string[]; readonly nowNs: number; readonly spanNs: number },
  ): GroupSnapshot {
    const { names, nowNs } = at
    const sample = this.wholeSample(group, nowNs)
    const name = (member: number) => names[member] ?? null
    const flow = (direction: 0 | 1) => {
      const deltas = members.map((device) => this.samplerOf(device.id, device.slot).deltas[direction])
      return rates(deltas, at.spanNs)
    }
    return {
      limits: sample.limits,
      ring: sample.members.map(name).filter((each) => each !== null),
      members: members.map((device) => device.id),
      read: { ...flow(0), ...direction(sample.read, name, nowNs) },
      write: { ...flow(1), ...direction(sample.write, name, nowNs) },
      buckets: Object.fromEntries(sample.buckets.map((bucket) => [BUCKETS[bucket.bucket], level(bucket)])),
      estimated: false,
    }
  }
}

function namesBySlot(board: Board): readonly string[] {
  const names: string[] = []
  for (const device of board.devices) names[device.slot] = device.id
  return names
}

function membersByGroup(board: Board): ReadonlyMap<string, readonly BoardDevice[]> {
  const members = new Map<string, BoardDevice[]>()
  for (const device of board.devices) {
    if (device.group === null) continue
    const known = members.get(device.group)
    if (known) known.push(device)
    else members.set(device.group, [device])
  }
  return members
}

function rates(deltas: readonly FlowDelta[], spanNs: number): { readonly iops: number; readonly bps: number } {
  const perSecond = spanNs > 0 ? NS_PER_S / spanNs : 0
  return {
    iops: deltas.reduce((sum, delta) => sum + delta.requests, 0) * perSecond,
    bps: deltas.reduce((sum, delta) => sum + delta.bytes, 0) * perSecond,
  }
}

function direction(
  sample: DirectionSample,
  name: (member: number) => string | null,
  nowNs: number,
): Omit<DirectionSnapshot, 'iops' | 'bps'> {
  return {
    token: name(sample.token),
    timerInNs: sample.armed === -1 ? null : Math.max(0, sample.deadlineNs - nowNs),
    queued: sample.pending,
    tokenMoves: sample.tokenMoves,
  }
}

function level(bucket: BucketSample): BucketSnapshot {
  const hasBurst = bucket.burstSize > 0
  return {
    level: bucket.level,
    size: bucket.size,
    burstLevel: hasBurst ? bucket.burstLevel : null,
    burstSize: hasBurst ? bucket.burstSize : null,
    errorUnits: 0,
  }
}
