import type { BucketLook, DiskFlowLook, HostLook } from '#shared/host-look.ts'
import { DIRECTIONS, LIMIT_KEYS, limitOf } from '#shared/throttle/limits.ts'
import { NS_PER_S } from '#shared/units.ts'
import { type LabelledDisk, type LabelledGroup, type LabelledVm, withLabels } from './labels.ts'
import { latencySamples } from './latency-samples.ts'
import type { Sample } from './sample.ts'

// What a scrape gives, as plain data. What is not known is absent, never 0. docs/fleet.md lists every family with its number
// of series: a test holds the two together.

export interface Family {
  readonly name: string
  readonly kind: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  readonly samples: readonly Sample[]
}

/** One family: its name, what it says, and its samples of a VM. */
interface Definition {
  readonly kind: Family['kind']
  readonly help: string
  readonly of: (vm: LabelledVm) => readonly Sample[]
}

const DISK: Readonly<Record<string, Definition>> = {
  weir_disk_requests_total: flowCounter("Requests completed, from QEMU's own counter.", (flow) => flow.requests),
  weir_disk_bytes_total: flowCounter("Bytes read or written, from QEMU's own counter.", (flow) => flow.bytes),
  weir_disk_failed_requests_total: flowCounter("Requests that failed, from QEMU's own counter.", (flow) => flow.failed),
  weir_disk_request_seconds_total: flowCounter(
    'Time from submission to completion, summed over requests, waits for limits included.',
    (flow) => flow.totalTimeNs / NS_PER_S,
  ),
  weir_disk_latency_seconds: {
    kind: 'histogram',
    help: 'The same for each request, since Weir began to watch, where --percentiles asks QEMU for it.',
    of: disks(latencySamples),
  },
  weir_disk_wait_seconds_total: flowCounter('Estimated part of that time spent waiting for limits.', (flow) =>
    seconds(flow.waitNs),
  ),
  weir_disk_throttled_seconds_total: {
    kind: 'counter',
    help: 'Estimated time in which a request of the disk waited for a limit.',
    of: disks(({ disk, labels }) => [{ labels, value: seconds(disk.throttledNs) }]),
  },
  weir_disk_in_flight: {
    kind: 'gauge',
    help: 'Requests in flight on average over the latest second, waiting ones included.',
    of: disks(({ disk, labels }) => [{ labels, value: disk.inFlight }]),
  },
  weir_disk_size_bytes: {
    kind: 'gauge',
    help: 'Size of the disk as the guest sees it.',
    of: disks(({ disk, labels }) => [{ labels, value: disk.sizeBytes }]),
  },
  weir_disk_throttle_group: {
    kind: 'gauge',
    help: 'Always 1: the throttle groups of a disk; level 0 faces the guest.',
    of: disks(({ levels }) => levels.map((labels) => ({ labels, value: 1 }))),
  },
}

const GROUP: Readonly<Record<string, Definition>> = {
  weir_group_limit: {
    kind: 'gauge',
    help: "Limits, bursts and burst lengths by QEMU's names; bps is bytes per second. A limit that is not set is absent.",
    of: groups(limitSamples),
  },
  weir_group_throttled_seconds_total: {
    kind: 'counter',
    help: 'Estimated time in which a request of the group waited for a limit.',
    of: groups(({ group, labels }) => [{ labels, value: seconds(group.throttledNs) }]),
  },
  weir_group_resets_total: {
    kind: 'counter',
    help: 'How often the limits of the group changed while Weir watched; each change empties its buckets.',
    of: groups(({ group, labels }) => [{ labels, value: group.resets }]),
  },
}

const BUCKET: Readonly<Record<string, Definition>> = {
  weir_bucket_use_ratio: bucketGauge('Rate over the limit; above 1 while a burst lasts.', (bucket) => bucket.share),
  weir_bucket_level_ratio: bucketGauge('Estimated level of the bucket over its size; 1 is full.', ({ level }) =>
    level === null ? null : level.likely / level.size,
  ),
  weir_bucket_level_low_ratio: bucketGauge('The level is at least this.', ({ level }) =>
    level === null ? null : level.low / level.size,
  ),
  weir_bucket_level_high_ratio: bucketGauge('The level is at most this.', ({ level }) =>
    level === null ? null : level.high / level.size,
  ),
  weir_bucket_headroom_seconds: bucketGauge(
    'Estimated time until the bucket is full at the rate of the latest second; absent while it does not fill.',
    ({ level }) => seconds(level?.headroomNs ?? null),
  ),
  weir_bucket_at_limit_seconds_total: {
    kind: 'counter',
    help: 'Estimated time in which the limit held requests back; its rate is the share of the time.',
    of: buckets(({ atLimitNs }) => seconds(atLimitNs)),
  },
}

const VM: Readonly<Record<string, Definition>> = {
  weir_vm_up: { kind: 'gauge', help: '1 if the VM answered the latest poll, else 0.', of: upSample },
  weir_vm_state: {
    kind: 'gauge',
    help: 'Always 1: what the VM does, or why it does not answer.',
    of: ({ vm, labels }) => [{ labels: { ...labels, state: vm.state }, value: 1 }],
  },
  weir_vm_looks_total: {
    kind: 'counter',
    help: 'Polls of the VM, answered or failed.',
    of: ({ vm, labels }) =>
      (['answered', 'failed'] as const).map((result) => ({ labels: { ...labels, result }, value: vm.looks[result] })),
  },
  weir_vm_look_seconds_total: {
    kind: 'counter',
    help: 'Time that looks at the VM took.',
    of: ({ vm, labels }) => [{ labels, value: vm.looks.spentNs / NS_PER_S }],
  },
  weir_vm_drift: {
    kind: 'gauge',
    help: 'Differences from the policy; absent where no policy speaks of the VM.',
    of: ({ vm, labels }) => (vm.drift === null ? [] : [{ labels, value: vm.drift.length }]),
  },
}

/** Every family, in the order of the docs. */
export const FAMILIES: Readonly<Record<string, Definition>> = { ...VM, ...DISK, ...GROUP, ...BUCKET }

/** One after the other, each put together when it is asked for: all samples of hundreds of VMs at once are megabytes. */
export function* hostFamilies(look: HostLook, version: string): Generator<Family> {
  yield gauge('weir_build_info', 'Always 1: the version of Weir.', [{ labels: { version }, value: 1 }])
  yield gauge('weir_host_vms', 'VMs found.', [{ labels: {}, value: look.vms.length }])
  yield gauge('weir_host_problems', 'Reasons why VMs may be missing.', [{ labels: {}, value: look.problems.length }])
  const vms = look.vms.map(withLabels)
  for (const [name, { kind, help, of }] of Object.entries(FAMILIES)) {
    yield { name, kind, help, samples: vms.flatMap(of) }
  }
}

function gauge(name: string, help: string, samples: readonly Sample[]): Family {
  return { name, kind: 'gauge', help, samples }
}

type MaybeSample = Omit<Sample, 'value'> & {
  /** null: not known, so it is left out. */
  readonly value: number | null
}

function disks(of: (disk: LabelledDisk) => readonly MaybeSample[]): Definition['of'] {
  return (vm) => vm.disks.flatMap((disk) => of(disk).filter(isKnown))
}

function groups(of: (group: LabelledGroup) => readonly MaybeSample[]): Definition['of'] {
  return (vm) => vm.groups.flatMap((group) => of(group).filter(isKnown))
}

function buckets(of: (bucket: BucketLook) => number | null): Definition['of'] {
  return groups(({ group, limit }) =>
    group.buckets.map((bucket) => ({ labels: limit(bucket.bucket), value: of(bucket) })),
  )
}

function bucketGauge(help: string, of: (bucket: BucketLook) => number | null): Definition {
  return { kind: 'gauge', help, of: buckets(of) }
}

function flowCounter(help: string, of: (flow: DiskFlowLook) => number | null): Definition {
  const samples = ({ disk, flows }: LabelledDisk) =>
    DIRECTIONS.map((direction) => {
      const flow = disk[direction]
      return { labels: flows[direction], value: flow === null ? null : of(flow) }
    })
  return { kind: 'counter', help, of: disks(samples) }
}

function upSample({ vm, labels }: LabelledVm): readonly Sample[] {
  // Not looked at yet, or held by a session of Weir's own: neither up nor down.
  return vm.state === 'new' || vm.state === 'opened' ? [] : [{ labels, value: vm.up ? 1 : 0 }]
}

/** Lengths only where they mean something: behind a burst. */
function limitSamples({ group: { limits }, limit }: LabelledGroup): readonly MaybeSample[] {
  if (limits === null) return []
  return LIMIT_KEYS.filter((key) => {
    const base = key.endsWith('-max-length') ? (key.replace(/-length$/, '') as typeof key) : key // a burst's name
    return limitOf(limits, base) > 0
  }).map((key) => ({ labels: limit(key), value: limitOf(limits, key) }))
}

function isKnown(sample: MaybeSample): sample is Sample {
  return sample.value !== null
}

function seconds(ns: number | null): number | null {
  return ns === null ? null : ns / NS_PER_S
}
