import type { GroupCurves } from './report/group-curves.ts'
import type { LatencyPercentiles } from './snapshot.ts'
import type { Limits } from './throttle/limits.ts'
import type { Goal, Workspace } from './workspace/workspace.ts'

// What `weir run` and `weir simulate` say at the end: one object for people's scripts. A published form: add, never rename.

export const RESULT_FORMAT = 'weir-result/1'

export interface RunResult {
  readonly format: typeof RESULT_FORMAT
  readonly source: 'lab' | 'simulation'
  readonly name: string
  readonly durationS: number
  readonly seed: number
  readonly devices: Readonly<Record<string, DeviceResult>>
  readonly groups: Readonly<Record<string, GroupResult>>
  /** What was run, with absolute paths. Left out by older versions, and where nobody keeps it. */
  readonly workspace?: Workspace
  /** What the groups did over time. Left out as `workspace` is. */
  readonly overTime?: GroupCurves
  /** Of recorded loads that are played; left out: none of them is known to hide any. */
  readonly hidden?: readonly HiddenDemand[]
  /** Of recorded loads that are played; left out: of none was latency recorded. */
  readonly recordedLatency?: readonly RecordedLatency[]
  /** The workspace's goals; left out: it has none. */
  readonly goals?: readonly JudgedGoal[]
}

/** A recorded load that may have wanted more than it was given. */
export interface HiddenDemand {
  readonly device: string
  /** Share of the time in which it was at a limit, 0…1; null: it is a closed loop, and took what it was given. */
  readonly timeShare: number | null
  /** As many requests were under way all the time: perhaps a closed loop. */
  readonly isSteady?: true
}

/** How long the requests of a recorded load took while it was recorded, measured by QEMU: waits in the throttle included. */
export interface RecordedLatency {
  readonly device: string
  /** null: none was recorded. */
  readonly read: LatencyFigures | null
  readonly write: LatencyFigures | null
}

export type LatencyFigures = Pick<LatencyPercentiles, 'requests' | 'p50' | 'p99'>

export interface DeviceResult {
  /** The outermost of its chain, or its only one. */
  readonly group: string | null
  /** Its chain, from guest to disk. Left out where it is one group or none. */
  readonly groups?: readonly string[]
  /** Each level of that chain. Left out as `groups` is, and by older versions. */
  readonly levels?: readonly LevelResult[]
  readonly read: FlowResult
  readonly write: FlowResult
  /** The most that ever waited; of a chain, at one of its levels. */
  readonly queuedMax: number
  /** Seconds in which at least one of its requests waited; of a chain, at the level where they waited the longest. */
  readonly throttledS: number
  /** A simulated disk of which the workspace names no time: what Weir took it to need for a request, in µs. */
  readonly assumedServiceUs?: number
  /** Of a simulation: no limit held it at any time, so that its requests were not gone through one event at a time. */
  readonly unlimited?: true
  /** Why it stopped early; left out when it did not. */
  readonly failed?: string
}

/** One level of a device's chain, for as long as it had that chain. */
export interface LevelResult {
  readonly group: string
  /** Mean wait at this level of all requests that were done; null: none was. */
  readonly waitMeanNs: number | null
  /** Seconds in which at least one of its requests waited here. */
  readonly throttledS: number
}

export interface FlowResult {
  readonly requests: number
  readonly bytes: number
  readonly iops: number
  readonly bps: number
  readonly delayed: number
  readonly waitNs: Percentiles
  readonly serviceNs: Percentiles
}

export interface Percentiles {
  readonly p50: number
  readonly p95: number
  readonly p99: number
  readonly max: number
}

export interface GroupResult {
  readonly members: readonly string[]
  readonly limits: Limits
  readonly iops: number
  readonly bps: number
  /** Jain's index over the members' rates of requests: 1 is perfectly fair, 1/n is one member taking all. */
  readonly fairness: number
  /**
   * Waits of all requests of its members, reads and writes together, while they were in it; where a member's chain has
   * several groups, of the whole chain. Left out where there was none, and by older versions.
   */
  readonly waitNs?: GroupWaits
}

/** The longest wait is not known of a member that came from another group. */
export type GroupWaits = Omit<Percentiles, 'max'>

/** A goal and what a run says to it. */
export interface JudgedGoal {
  readonly goal: Goal
  /** The wait at the goal's percentile, of the slower direction; null: the device did no request, or is not in the result. */
  readonly waitNs: number | null
  readonly met: boolean
}
