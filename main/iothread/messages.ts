import type { EngineErrorCode } from '#main/engine-error.ts'
import type { Trace } from '#main/load/trace.ts'
import type { Limits } from '#shared/throttle/limits.ts'
import type { Disk, Workload } from '#shared/workspace/workspace.ts'
import type { LabBuffers } from './lab-memory.ts'

// What crosses between the main process and an iothread, as plain data. A batch's operations are carried out in
// order, between two requests, never in the middle of one; then the batch is answered.

export interface IothreadStart {
  readonly buffers: LabBuffers
  /** Its slot in the shared tables. */
  readonly iothread: number
  /** The hrtime at which the engine's clock was 0. */
  readonly epoch: bigint
  /** Whether it tells of every request that its loads ask for. */
  readonly logsArrivals: boolean
}

export interface DeviceSpec {
  /** Its member in the throttle and its device in the stats. */
  readonly slot: number
  readonly id: string
  readonly seed: number
  /** Paths are absolute. */
  readonly disk: Disk
  /** Backing file of Weir's own, for a file disk without a path. */
  readonly ownFile: OwnFile | null
  readonly load: LoadSpec
}

export interface OwnFile {
  readonly file: string
  /** `make`: it must not be there yet. `take`: another iothread made it. `remake`: whatever is there goes. */
  readonly how: 'make' | 'take' | 'remake'
}

export interface LoadSpec {
  readonly workload: Workload
  readonly trace: Trace | null
}

export type Operation =
  /**
   * Opens the disk and gets ready; the device does nothing until the source runs. If the disk cannot be opened the
   * operation fails, and the device is refused, or sits there all the same and can be rewound.
   */
  | { readonly kind: 'open'; readonly device: DeviceSpec; readonly ifBroken: 'refuse' | 'keep' }
  /** Lets go of a device that is in no group. Its file stays. */
  | { readonly kind: 'close'; readonly slot: number }
  /** The device, which is in no group, joins those of its chain, from guest to disk. */
  | { readonly kind: 'join'; readonly slot: number; readonly levels: readonly Level[] }
  /** Drains the device, then takes it out of its groups. */
  | { readonly kind: 'leave'; readonly slot: number }
  /** Limits that differ from those in force. */
  | { readonly kind: 'configure'; readonly group: number; readonly limits: Limits }
  | { readonly kind: 'set-load'; readonly slot: number; readonly load: LoadSpec }
  | { readonly kind: 'pause' }
  | { readonly kind: 'resume' }
  /** While paused and in no group: forgets every request, restarts the load at time 0, reopens a failed disk. */
  | { readonly kind: 'rewind'; readonly slot: number }
  /** Takes a member of a dead iothread out of its group. */
  | { readonly kind: 'release'; readonly member: number }
  /** Takes the group's lock once, which frees it if a dead iothread holds it. */
  | { readonly kind: 'look'; readonly group: number }

export interface Level {
  /** In the throttle's table of members. */
  readonly member: number
  readonly group: number
}

export interface OperationBatch {
  readonly id: number
  readonly operations: readonly Operation[]
}

export interface Failure {
  readonly code: EngineErrorCode
  readonly message: string
  readonly advice: string
}

export type IothreadMessage =
  | { readonly kind: 'ready' }
  /** All operations of the batch were carried out, but those that failed, by their index. */
  | { readonly kind: 'done'; readonly id: number; readonly failures: readonly OperationFailure[] }
  /** Requests that loads asked for, as `ArrivalLog` lays them out. */
  | { readonly kind: 'arrivals'; readonly rows: Float64Array<ArrayBuffer> }
  /** The disk of a device opened with O_DIRECT does one request at a time. */
  | { readonly kind: 'disk-shallow'; readonly slot: number; readonly why: string }
  /** The disk of a device gave up; the others run on. */
  | { readonly kind: 'disk-failed'; readonly slot: number; readonly failure: Failure; readonly atNs: number }

export interface OperationFailure {
  readonly index: number
  readonly failure: Failure
}
