import type { LiveJob } from './block-job.ts'
import type { Bucket, Limits } from './throttle/limits.ts'

// What happened, as one whole value. The lab, the simulator and a live QEMU emit the same shape; what a source cannot
// know is null (and `estimated` says where a number is Weir's guess), never 0.
//
// Rates are per second over the time since the previous snapshot. Times are ns on the source's clock, which starts at 0.

export type SourceKind = 'lab' | 'simulation' | 'qemu'
export type RunState = 'stopped' | 'running' | 'paused'

export interface Snapshot {
  readonly source: SourceKind
  /** Counts up by one per snapshot of a source. */
  readonly revision: number
  /** Revision of the `apply` whose workspace is in force. */
  readonly appliedRevision: number
  readonly state: RunState
  readonly nowNs: number
  /** In the order of the lanes. */
  readonly groups: Readonly<Record<string, GroupSnapshot>>
  readonly devices: Readonly<Record<string, DeviceSnapshot>>
  /** What happened since the previous snapshot. */
  readonly events: readonly SourceEvent[]
  /** Block jobs of a live VM; left out where there are none. */
  readonly jobs?: readonly LiveJob[]
}

export interface GroupSnapshot {
  /** In force now, which may differ from what is desired. */
  readonly limits: Limits
  /** In ring order, newest first; null where the ring cannot be known: see `members`. */
  readonly ring: readonly string[] | null
  readonly members: readonly string[]
  readonly read: DirectionSnapshot
  readonly write: DirectionSnapshot
  /** Only the buckets that have a limit. */
  readonly buckets: Readonly<Partial<Record<Bucket, BucketSnapshot>>>
  /** True where the levels are Weir's own reckoning from counters, as on a live QEMU. */
  readonly estimated: boolean
  /** On a live QEMU: the limit that the group has been held at for some seconds, by its rate; null: at none. Left out where queues tell it. */
  readonly heldAt?: HeldAt | null
  /** Set where a writer held the group all the while it was read, one that was put to sleep: parts of it are of the snapshot before. */
  readonly stale?: true
}

/** A rate that sits on a limit. */
export interface HeldAt {
  readonly bucket: Bucket
  /** avg: the limit itself. max: the burst rate. */
  readonly at: 'avg' | 'max'
  /** Rate over the last seconds ÷ that limit. */
  readonly share: number
}

/** One direction of a group. On a live QEMU token, timer and queue cannot be known: null. */
export interface DirectionSnapshot {
  readonly iops: number
  readonly bps: number
  /** Device that holds the token. */
  readonly token: string | null
  /** Ns until the armed timer fires, never below 0; null: not armed, or not known. */
  readonly timerInNs: number | null
  /** Requests that wait; null: not known. */
  readonly queued: number | null
  /** How often the token moved to another member since the source started; null: not known. */
  readonly tokenMoves: number | null
}

export interface BucketSnapshot {
  /** Units in the bucket now, already leaked to `nowNs`: bytes or (weighted) requests. */
  readonly level: number
  /** Units it holds before requests wait: max × length, or avg / 10. */
  readonly size: number
  /** Of the burst bucket, which exists for length > 1 only. */
  readonly burstLevel: number | null
  readonly burstSize: number | null
  /** Estimated levels may be off by this many units either way; 0 where the level is exact. */
  readonly errorUnits: number
  /** Estimated: whether the limit holds requests back now, by its rate and this level. Left out where levels are exact. */
  readonly atLimit?: boolean
  /** Estimated: ns until the bucket is full if requests go on as lately; null: they do not fill it. Left out where levels are exact. */
  readonly throttleInNs?: number | null
  /** Estimated: ns until the bucket is empty again if no request comes. Left out where levels are exact. */
  readonly refillInNs?: number
}

export type DeviceStatus = 'running' | 'idle' | 'failed' | 'no-medium' | 'gone'

export interface DeviceSnapshot {
  /** The outermost of its chain, or its only one. */
  readonly group: string | null
  /** From guest to disk. Left out where its chain is one group or none: then all it says stands beside it. */
  readonly levels?: readonly LevelSnapshot[]
  readonly iothread: number | null
  readonly status: DeviceStatus
  /** Why it is failed or gone, for people. */
  readonly reason: string | null
  /** What to do about it, for people. Left out: nothing, or the reason says it. */
  readonly advice?: string
  readonly read: FlowSnapshot
  readonly write: FlowSnapshot
  /** Requests per second it would do unthrottled: from its open loop, its ceiling, or its disk's service time; null: not known. */
  readonly demandIops: number | null
  /** Share of the time since the previous snapshot in which at least one request waited, 0…1; null: not known. */
  readonly throttledShare: number | null
  /** Counts of throttle waits since the previous snapshot: entry 0 is "did not wait", entry b ≥ 1 is [2^(b-1), 2^b) µs. Trailing zeros left out. */
  readonly waitCounts: readonly number[]
  /** Requests under way on average over the last second or some more, the waiting ones included; null: not known yet. Left out where queues are known. */
  readonly outstanding?: number | null
  /** The same since the last look alone, as a recording has it. */
  readonly underWay?: number | null
  /** Who set the latency histograms that the VM keeps of this disk. Left out: nobody did. */
  readonly histograms?: 'weir' | 'other'
  /** Left out where the source counts no flushes. */
  readonly flush?: FlushSnapshot
  /** Set where nothing is counted for this device, so that its rates are unknown rather than 0: by QEMU's storage daemon, or in a look that libvirt gave no figures of it. */
  readonly uncounted?: true
}

/** Flushes pass no throttle, and wait for the disk alone. */
export interface FlushSnapshot {
  readonly perSecond: number
  readonly latencyMeanNs: number | null
  /** null: not known. */
  readonly failed: number | null
}

/** One level of a device's chain. */
export interface LevelSnapshot {
  readonly group: string
  /** Requests that wait at this level; null: not known. */
  readonly queued: number | null
  /** Mean wait of a request at this level over about the last second; null: no request went, or not known. */
  readonly waitMeanNs: number | null
  /** Share of the time since the previous snapshot in which at least one request waited here, 0…1; null: not known. */
  readonly throttledShare: number | null
}

/** One direction of a device. */
export interface FlowSnapshot {
  readonly iops: number
  readonly bps: number
  /** Totals since the source started. */
  readonly requests: number
  readonly bytes: number
  /** Requests that had to wait, ever; null: not known. */
  readonly delayed: number | null
  readonly queued: number | null
  /** Over about the last second; null: no request in it, or not known. */
  readonly waitP50Ns: number | null
  readonly waitP99Ns: number | null
  readonly serviceP50Ns: number | null
  readonly serviceP99Ns: number | null
  /** Estimated mean wait since the previous snapshot, where percentiles cannot be known (a live QEMU); null: not known. */
  readonly waitMeanNs?: number | null
  /**
   * Measured by QEMU: mean time of a request from the guest's submission to its completion, wait in the throttle included,
   * over the last second, or up to ten where requests are rare; null: none lately. Left out where percentiles are known.
   */
  readonly latencyMeanNs?: number | null
  /** Measured by QEMU's latency histogram, over the last ten seconds; null: no request was completed. Left out: it has none. */
  readonly latency?: LatencyPercentiles | null
  /** Requests that failed since the source started. Left out where the source does not count them. */
  readonly failed?: number
}

/** How long requests took, from the guest's submission to completion, wait in the throttle included. */
export interface LatencyPercentiles {
  readonly p50: LatencyBounds
  readonly p95: LatencyBounds
  readonly p99: LatencyBounds
  /** Requests of which they are. */
  readonly requests: number
  /** Time in which these were completed, ns. */
  readonly spanNs: number
}

/** A histogram tells between which of its boundaries a time lies. */
export interface LatencyBounds {
  readonly fromNs: number
  /** null: beyond the last boundary. */
  readonly toNs: number | null
}

export type SourceEventKind =
  | 'limits'
  | 'moved'
  | 'workload'
  | 'added'
  | 'renamed'
  | 'removed'
  | 'started'
  | 'paused'
  | 'failed'
  | 'recovered'
  | 'connected'
  | 'disconnected'
  | 'note'

export interface SourceEvent {
  readonly atNs: number
  readonly kind: SourceEventKind
  /** `etl moved bulk → gold`, `gold: IOPS 1 000 → 500`. */
  readonly text: string
  readonly group: string | null
  readonly device: string | null
  /** What the group or device that was `renamed` was called before; its history goes on. */
  readonly from?: string
}
