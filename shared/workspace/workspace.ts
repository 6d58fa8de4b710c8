import type { Limits } from '../throttle/limits.ts'
import { isIn, isThrottled } from './chain.ts'

// What the user wants, as one whole value. Plain data: it is the file's JSON with every optional part filled in.
// Order matters where people see it: groups are the lanes from top to bottom, devices the cards from left to right.

export const WORKSPACE_FORMAT = 'weir-workspace/1'

export const MAX_GROUPS = 1024
export const MAX_DEVICES = 1024
/** Levels of all devices' chains together. */
export const MAX_LEVELS_TOGETHER = 4096
export const MAX_IOTHREADS = 64
export const MAX_IODEPTH = 1024
/** Requests a second of a load. */
export const MAX_RATE_IOPS = 1e9
/** Of a load's start, stop and phases. */
export const MAX_LOAD_S = 1e9
/** QEMU refuses requests of 2 GiB and more; nothing real is above 64 MiB. */
export const MAX_REQUEST_BYTES = 64 * 1024 * 1024
export const MAX_DISK_BYTES = 2 ** 50
export const MAX_SCRIPT_STEPS = 10_000
export const MAX_GOALS = 1024

export interface Workspace {
  readonly format: typeof WORKSPACE_FORMAT
  readonly name: string
  /** Every random choice of the loads follows from it. */
  readonly seed: number
  readonly iothreads: number
  readonly groups: Readonly<Record<string, Limits>>
  readonly devices: readonly Device[]
  readonly script: readonly ScriptStep[]
  /** What the limits are for; left out: nothing is promised. */
  readonly goals?: readonly Goal[]
}

/** So many percent of a device's requests (100: all) wait no longer, reads and writes each. */
export interface Goal {
  readonly device: string
  readonly percentile: 50 | 95 | 99 | 100
  readonly waitMs: number
}

export interface Device {
  readonly id: string
  /** Its chain of throttle groups, in the order in which a request meets them, the guest's side first; []: not throttled. */
  readonly groups: readonly string[]
  /** Index of the iothread that serves it; null lets Weir choose. */
  readonly iothread: number | null
  readonly disk: Disk
  readonly workload: Workload
  /** What QEMU calls it, where that differs from `id`. */
  readonly qemu: QemuNames
}

/** Names of one disk in QEMU; those left out follow from the device's id. */
export interface QemuNames {
  /** `-drive id=`, what `block_set_io_throttle` takes as `device`. */
  readonly drive?: string
  /** qdev id or QOM path, what `block_set_io_throttle` takes as `id`. */
  readonly qdev?: string
  /** Node name of the disk below the throttle filter. */
  readonly node?: string
  /** Node name of the throttle filter itself. */
  readonly filter?: string
  /** How its group is set in QEMU: by device limits or by a throttle filter node. Left out: not known yet. */
  readonly style?: 'legacy' | 'filter'
}

export type Disk = FileDisk | NullDisk

export interface FileDisk {
  readonly kind: 'file'
  readonly sizeBytes: number
  /** O_DIRECT instead of the page cache. */
  readonly direct: boolean
  /** A file of the user's. Left out: Weir makes a sparse one of its own and removes it with the workspace. */
  readonly path?: string
  /** Whether a file of the user's may be written to. */
  readonly write?: boolean
  /** How long a request takes in the simulator; the lab measures the real disk. */
  readonly service?: Service
}

export interface NullDisk {
  readonly kind: 'null'
  readonly sizeBytes: number
  /** How long a request takes; left out: no time at all. */
  readonly service?: Service
}

/** Time a disk needs for one request, in microseconds. With O_DIRECT it has several in flight, each for that long. */
export type Service =
  | { readonly kind: 'fixed'; readonly us: number }
  | { readonly kind: 'exponential'; readonly us: number }
  | { readonly kind: 'sampled'; readonly us: readonly number[] }

export type Workload = IdleWorkload | SyntheticWorkload | TraceWorkload

export interface IdleWorkload {
  readonly kind: 'idle'
}

export interface SyntheticWorkload {
  readonly kind: 'synthetic'
  readonly pattern: 'random' | 'sequential'
  readonly readPercent: number
  /** One size, or sizes with weights. */
  readonly blockBytes: number | readonly BlockShare[]
  /** Requests kept outstanding at most. */
  readonly iodepth: number
  /** closed: a ceiling, 0 = none. fixed and poisson: the rate itself. Requests per second. */
  readonly rateIops: number
  /** closed alone: a ceiling of reads, whatever those of the other direction do. Left out: none. Requests per second. */
  readonly readRateIops?: number
  /** closed alone: a ceiling of writes. */
  readonly writeRateIops?: number
  /** closed keeps `iodepth` outstanding; fixed and poisson are open loops at `rateIops`. */
  readonly arrivals: 'closed' | 'fixed' | 'poisson'
  readonly startS: number
  /** null: never. */
  readonly stopS: number | null
  /** On for `onS`, off for `offS`, and so on from `startS`; null: always on. */
  readonly onS: number | null
  readonly offS: number | null
}

export interface BlockShare {
  readonly bytes: number
  readonly weight: number
}

export interface TraceWorkload {
  readonly kind: 'trace'
  /** CSV of recorded requests: time_s,op,offset,bytes. Relative paths start at the workspace file. */
  readonly path: string
  readonly iodepth: number
  /** 2 plays it twice as fast. */
  readonly speed: number
  /** Start again at its end. */
  readonly loop: boolean
}

export type ScriptStep = SetLimitsStep | MoveDeviceStep | SetWorkloadStep

export interface SetLimitsStep {
  readonly atS: number
  /** Replaces the group's limits whole. */
  readonly setLimits: { readonly group: string; readonly limits: Limits }
}

export interface MoveDeviceStep {
  readonly atS: number
  /** Its chain from then on, whole. */
  readonly moveDevice: { readonly device: string; readonly groups: readonly string[] }
}

export interface SetWorkloadStep {
  readonly atS: number
  readonly setWorkload: { readonly device: string; readonly workload: Workload }
}

export const IDLE: IdleWorkload = { kind: 'idle' }

export const DEFAULT_WORKLOAD: SyntheticWorkload = {
  kind: 'synthetic',
  pattern: 'random',
  readPercent: 70,
  blockBytes: 4096,
  iodepth: 16,
  rateIops: 0,
  arrivals: 'closed',
  startS: 0,
  stopS: null,
  onS: null,
  offS: null,
}

export const DEFAULT_DISK: FileDisk = { kind: 'file', sizeBytes: 256 * 1024 * 1024, direct: false }

export const EMPTY_WORKSPACE: Workspace = {
  format: WORKSPACE_FORMAT,
  name: 'Untitled',
  seed: 1,
  iothreads: 2,
  groups: {},
  devices: [],
  script: [],
}

export function findDevice(workspace: Workspace, id: string): Device | undefined {
  return workspace.devices.find((device) => device.id === id)
}

/** The devices that `group` holds at some level, or the free ones for null, in the order of the cards. */
export function membersOf(workspace: Workspace, group: string | null): readonly Device[] {
  return workspace.devices.filter((device) => (group === null ? !isThrottled(device) : isIn(device, group)))
}
