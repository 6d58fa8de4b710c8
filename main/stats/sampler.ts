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
import { BUCKETS, type Bucket } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import { DeviceSampler } from './device-sampler.ts'
import type { DeviceSlot, GroupSlot, SlotNames } from './slot-names.ts'
import type { StatsMemory } from './stats-memory.ts'

// Reads the memory of throttle and stats and makes snapshots of it. Reads only: it takes no lock and stops no iothread.
// The lab and the simulator share it; one sampler serves one run, since rates are gains since its previous snapshot.
// It runs ten times a second for every device: records are written out field by field, because Node copies a spread
// object property by property, which took half of the time.

export interface SampleMoment {
  readonly source: SourceKind
  readonly revision: number
  readonly appliedRevision: number
  readonly state: RunState
  readonly nowNs: number
  readonly events: readonly SourceEvent[]
}

export class Sampler {
  readonly #throttle: ThrottleMemory
  readonly #stats: StatsMemory
  readonly #devices = new Map<string, { readonly slot: number; readonly sampler: DeviceSampler }>()
  /** The last, by group. */
  readonly #groupSamples = new Map<string, { readonly slot: number; readonly sample: GroupSample }>()
  #previousNs = 0

  constructor(throttle: ThrottleMemory, stats: StatsMemory) {
    this.#throttle = throttle
    this.#stats = stats
  }

  sample(slots: SlotNames, moment: SampleMoment): Snapshot {
    const { nowNs } = moment
    // Nothing has a rate while time stands still, not even what was finished a moment before.
    const spanNs = moment.state === 'running' ? nowNs - this.#previousNs : 0
    this.#previousNs = nowNs
    const devices: Record<string, DeviceSnapshot> = {}
    for (const device of slots.devices) {
      devices[device.id] = this.#samplerOf(device).sample(device, nowNs, spanNs)
    }
    const at = { names: namesBySlot(slots), nowNs, spanNs }
    const members = membersByGroup(slots)
    const groups: Record<string, GroupSnapshot> = {}
    for (const group of slots.groups) groups[group.name] = this.#group(group, members.get(group.name) ?? [], at)
    if (this.#groupSamples.size > slots.groups.length) this.#forgetGroupsBut(groups)
    return { ...moment, groups, devices }
  }

  /** Its slot may serve another device next. */
  forget(id: string): void {
    this.#devices.delete(id)
  }

  #forgetGroupsBut(present: Readonly<Record<string, GroupSnapshot>>): void {
    for (const name of this.#groupSamples.keys()) if (!Object.hasOwn(present, name)) this.#groupSamples.delete(name)
  }

  #samplerOf(device: DeviceSlot): DeviceSampler {
    const { id, slot } = device
    const known = this.#devices.get(id)
    if (known?.slot === slot) return known.sampler
    const sampler = new DeviceSampler(this.#throttle, this.#stats, device)
    this.#devices.set(id, { slot, sampler })
    return sampler
  }

  #groupSample({ name, slot }: GroupSlot, nowNs: number): GroupSample {
    const known = this.#groupSamples.get(name)
    const sample = sampleGroup(this.#throttle, slot, nowNs, known?.slot === slot ? known.sample : null)
    this.#groupSamples.set(name, { slot, sample })
    return sample
  }

  #group(
    group: GroupSlot,
    members: readonly DeviceSlot[],
    at: { readonly names: readonly string[]; readonly nowNs: number; readonly spanNs: number },
  ): GroupSnapshot {
    const sample = this.#groupSample(group, at.nowNs)
    const buckets: Partial<Record<Bucket, BucketSnapshot>> = {}
    for (const bucket of sample.buckets) buckets[BUCKETS[bucket.bucket]!] = level(bucket)
    const snapshot: GroupSnapshot = {
      limits: sample.limits,
      ring: ringNames(sample.members, at.names),
      members: members.map((device) => device.id),
      read: this.#direction(sample.read, members, 0, at),
      write: this.#direction(sample.write, members, 1, at),
      buckets,
      estimated: false,
    }
    return sample.isWhole ? snapshot : { ...snapshot, stale: true }
  }

  #direction(
    { token, armed, deadlineNs, pending, tokenMoves }: DirectionSample,
    members: readonly DeviceSlot[],
    direction: 0 | 1,
    at: { readonly names: readonly string[]; readonly nowNs: number; readonly spanNs: number },
  ): DirectionSnapshot {
    let [requests, bytes] = [0, 0]
    for (const device of members) {
      const delta = this.#samplerOf(device).deltas[direction]
      requests += delta.requests
      bytes += delta.bytes
    }
    const perSecond = at.spanNs > 0 ? NS_PER_S / at.spanNs : 0
    return {
      iops: requests * perSecond,
      bps: bytes * perSecond,
      token: at.names[token] ?? null,
      timerInNs: armed === -1 ? null : Math.max(0, deadlineNs - at.nowNs),
      queued: pending,
      tokenMoves,
    }
  }
}

/** Who has no name is on its way into the group, or out of it. */
function ringNames(members: readonly number[], names: readonly string[]): readonly string[] {
  const ring: string[] = []
  for (const member of members) {
    const name = names[member]
    if (name !== undefined) ring.push(name)
  }
  return ring
}

function namesBySlot(slots: SlotNames): readonly string[] {
  const names: string[] = []
  for (const device of slots.devices) for (const member of device.members) names[member] = device.id
  return names
}

function membersByGroup(slots: SlotNames): ReadonlyMap<string, readonly DeviceSlot[]> {
  const members = new Map<string, DeviceSlot[]>()
  for (const device of slots.devices) {
    for (const group of device.groups) {
      const known = members.get(group)
      if (known === undefined) members.set(group, [device])
      else if (known.at(-1) !== device) known.push(device) // it may be in the group at two levels
    }
  }
  return members
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
