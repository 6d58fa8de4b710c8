import type { LiveJob } from './block-job.ts'
import type { HistogramState, LiftState } from './ipc/live-ops.ts'
import type { LatencyPercentiles } from './snapshot.ts'
import type { Bucket, Limits } from './throttle/limits.ts'

// Every VM of a host at one moment, as plain data: the window's table, `weir top` and the exporter all read this. What is
// not known is null, never 0. Rates are per second over the time between the latest two looks at that VM; totals only
// grow while a VM runs, whether anybody reads them or not.

export interface HostLook {
  /** What is watched: `libvirt:qemu:///system`, or folders of QMP sockets. */
  readonly host: string
  /** Ns since the watching began. */
  readonly nowNs: number
  /** The same moment on the wall clock, ms since 1970. */
  readonly wallMs: number
  /** By name. */
  readonly vms: readonly VmLook[]
  /** Why VMs may be missing: a folder cannot be read, libvirt does not answer. Empty: all is well. */
  readonly problems: readonly string[]
}

/** A host that is watched. */
export interface HostState {
  readonly look: HostLook
  /** Id of the VM whose board is open; null: the table of VMs is shown. */
  readonly opened: string | null
  /** Id of a VM → what is lifted of it; VMs of which nothing is are left out. */
  readonly lifts: Readonly<Record<string, LiftState>>
  /** Id of a VM → its latency histograms; VMs that are not reached are left out. */
  readonly histograms: Readonly<Record<string, HistogramState>>
}

/**
 * silent: it does not answer in time. busy: another client holds its monitor. denied: this user may not reach it. ended:
 * nothing listens there any more. opened: a session of Weir's own holds it, so the host does not look. new: not looked at yet.
 */
export type VmState =
  | 'running'
  | 'paused'
  | 'failed'
  | 'shutdown'
  | 'migrated'
  | 'silent'
  | 'busy'
  | 'denied'
  | 'ended'
  | 'opened'
  | 'new'

export interface VmLook {
  /** Stays the same while the VM is there: its address. */
  readonly id: string
  /** Unique on the host: the VM's own name, else that of its socket. */
  readonly name: string
  /** For people, where somebody gave it one (libvirt's <title>). */
  readonly title: string | null
  readonly state: VmState
  /** Whether the latest look at it was answered. */
  readonly up: boolean
  /** Why it is not up, in a sentence. */
  readonly problem: string | null
  /** When it was last seen, ns on the host's clock; null: never. */
  readonly seenNs: number | null
  readonly looks: LookCounts
  /** Over all disks. null: not known, as of a VM that is not up. */
  readonly iops: number | null
  readonly bps: number | null
  readonly disks: readonly DiskLook[]
  readonly groups: readonly GroupLook[]
  /** Block jobs as they were last looked at. Left out: nobody looked. */
  readonly jobs?: readonly LiveJob[]
  /** Differences from what was asked for, in sentences; null: nothing to compare with. */
  readonly drift: readonly string[] | null
}

export interface LookCounts {
  readonly answered: number
  readonly failed: number
  /** Time spent waiting for answers, ns, ever. */
  readonly spentNs: number
}

export interface DiskLook {
  /** What the VM calls it: `vda` where libvirt tells, else its -drive, qdev or node name. */
  readonly id: string
  readonly sizeBytes: number | null
  /** Its chain of groups, the guest's side first; [] is not throttled. */
  readonly groups: readonly string[]
  /** False: nothing counts its requests, so its flows are null. */
  readonly counted: boolean
  readonly read: DiskFlowLook | null
  readonly write: DiskFlowLook | null
  /** Who set the latency histograms that the VM keeps of this disk. Left out: nobody did, so there are no percentiles. */
  readonly histograms?: 'weir' | 'other'
  /** Requests in flight on average, waiting ones included. */
  readonly inFlight: number | null
  /** Estimated share of the latest second in which a request waited for a limit, 0…1. */
  readonly throttledShare: number | null
  /** Estimated time in which a request waited for a limit, ever. */
  readonly throttledNs: number | null
}

export interface DiskFlowLook {
  /** null: it was looked at once only. */
  readonly iops: number | null
  readonly bps: number | null
  /** Measured, wait in the throttle included; null: no request was completed. */
  readonly latencyMeanNs: number | null
  /** Measured by QEMU's histogram over the last ten seconds; null: no request was completed. Left out: it has none. */
  readonly latency?: LatencyPercentiles | null
  /** Since Weir looks. Left out: nobody asked for it, or the disk has none. */
  readonly latencyTotals?: LatencyHistogram
  /** Estimated part of it that is the throttle's. */
  readonly waitMeanNs: number | null
  /** QEMU's own counters. */
  readonly requests: number
  readonly bytes: number
  /** null: libvirt does not count them. */
  readonly failed: number | null
  readonly totalTimeNs: number
  /** Estimated sum of the waits, ever. */
  readonly waitNs: number | null
}

/** Requests by how long they took, the wait in the throttle included. */
export interface LatencyHistogram {
  /** Ascending. */
  readonly boundariesNs: readonly number[]
  /** Below the first boundary, between each two, from the last on: one more than boundaries. */
  readonly counts: readonly number[]
  /** Of all of them together. */
  readonly totalTimeNs: number
}

export interface GroupLook {
  readonly name: string
  /** null: QEMU does not report. */
  readonly limits: Limits | null
  /** Ids of the disks that it holds. */
  readonly disks: readonly string[]
  readonly buckets: readonly BucketLook[]
  /** Estimated share of the latest second in which a request of it waited, 0…1. */
  readonly throttledShare: number | null
  /** Estimated time in which a request of it waited, ever. */
  readonly throttledNs: number | null
  /** How often its limits were set while Weir looked, which empties its buckets. */
  readonly resets: number
}

/** One limit. Units are requests or bytes. */
export interface BucketLook {
  readonly bucket: Bucket
  readonly avg: number
  /** Units per second that pass, as the guest counts them; null: not known. */
  readonly rate: number | null
  /** `rate / avg`: above 1 while a burst lasts. */
  readonly share: number | null
  /** null: its level is not known. */
  readonly level: BucketLevel | null
  /** Whether it holds requests back now; null: not known. */
  readonly atLimit: boolean | null
  /** Time it held requests back, ever; null: not known. */
  readonly atLimitNs: number | null
}

/** Estimated. `low` and `high` hold the truth between them. */
export interface BucketLevel {
  readonly likely: number
  readonly low: number
  readonly high: number
  /** Units it holds before requests wait. */
  readonly size: number
  /** Ns until it is full if requests go on as lately; null: they do not fill it. */
  readonly headroomNs: number | null
}

/** The limit of a VM of which the largest share is used; null: no share is known. */
export function nearestLimit(vm: VmLook): { readonly group: string; readonly bucket: BucketLook } | null {
  const all = vm.groups.flatMap((group) => group.buckets.map((bucket) => ({ group: group.name, bucket })))
  return all.reduce<(typeof all)[number] | null>(
    (most, each) => (each.bucket.share !== null && each.bucket.share > (most?.bucket.share ?? -1) ? each : most),
    null,
  )
}

/** Share of a limit past which it is a burst: about a second is not measured to the request. */
export const PAST_LIMIT = 1.05
