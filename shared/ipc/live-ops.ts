import { z } from 'zod'

// What a window asks and is told beside limits: lifts of a live VM, and what it calls an alarm.

/** A VM that *Connect* offers. */
export interface QemuSocket {
  readonly address: string
  readonly label: string
  readonly origin: 'recent' | 'found'
}

/** Limits of a VM that are lifted now. */
export interface LiftState {
  /** Wall clock, ms since 1970; null: until the job ends. */
  readonly untilMs: number | null
  /** Id of a block job; null: the time alone decides. */
  readonly job: string | null
  /** Groups without limits and disks out of their groups. */
  readonly names: readonly string[]
  /** Another Weir has lifted them and puts them back: `weir lift` in a terminal. */
  readonly isOthers: boolean
  /** Why they could not be put back when it was time; null: all is well. */
  readonly problem: string | null
}

/** A recording of the VM on the board. */
export interface RecordingState {
  readonly fileName: string
  /** Wall clock, ms since 1970. */
  readonly startedMs: number
  /** null: it goes on. */
  readonly end: {
    readonly requests: number
    readonly seconds: number
    /** What ended it; null: the user did. */
    readonly why: string | null
    /** Why the file is not complete; null: it is. */
    readonly problem: string | null
  } | null
}

/** Latency histograms that Weir sets in a VM: the one on the board, or one of a host. */
export interface HistogramState {
  readonly isOn: boolean
  /** Of which disks there are none all the same, and which stay where they should have gone, in sentences. */
  readonly problems: readonly string[]
  /** Setting them would taint the domain, which the user has not allowed: libvirt keeps QEMU's monitor. */
  readonly taints: boolean
}

/** Id of a VM of the host that is watched; null: the one on the board. */
const VM = z.string().max(4096).nullable()

const LIFT_REQUEST = z.strictObject({
  /** Both empty: everything. */
  groups: z.array(z.string().max(1024)).max(1024),
  devices: z.array(z.string().max(1024)).max(1024),
  /** null: until the job ends. */
  seconds: z
    .number()
    .gt(0)
    .max(7 * 86_400)
    .nullable(),
  job: z.string().max(4096).nullable(),
})
export type LiftRequest = z.infer<typeof LIFT_REQUEST>

export const LIVE_REQUESTS = {
  /** Lifts limits of a VM for a time. */
  'lift/begin': LIFT_REQUEST.extend({ vm: VM }),
  'lift/put-back': z.strictObject({ vm: VM }),
  /**
   * Sets latency histograms in the VM of the board, or removes those of Weir's own. `mayTaint`: the user has just allowed
   * libvirt's `qemu-monitor-command` for as long as this VM is connected.
   */
  'qemu/percentiles': z.strictObject({ isOn: z.boolean(), mayTaint: z.boolean() }),
  /** Save dialog; then the VM on the board is recorded there. */
  'record/start': z.null(),
  /** Ends the recording; one that has ended is no longer shown. */
  'record/stop': z.null(),
  /** Whether Apply also writes what the next start of a libvirt domain has. */
  'qemu/next-start': z.strictObject({ isOn: z.boolean() }),
  /** Stages a speed of a block job, 0 for none; null gives up what was staged for it. */
  'qemu/job-speed': z.strictObject({ id: z.string().max(4096), speedBps: z.int().min(0).nullable() }),
  /** Which VM of the host stands beside the table: its block jobs are looked at each second. null: none. */
  'host/select': z.strictObject({ id: VM }),
  /**
   * Sets latency histograms in a VM of the host, or removes those of Weir's own. `mayTaint`: the user has just allowed
   * libvirt's `qemu-monitor-command` for this VM, for as long as the host's connection to it lasts.
   */
  'host/percentiles': z.strictObject({ vm: z.string().max(4096), isOn: z.boolean(), mayTaint: z.boolean() }),
  /** Sets the speed of a block job of a VM of the host, 0 for none. At once: there is no board to stage it on. */
  'host/job-speed': z.strictObject({
    vm: z.string().max(4096),
    job: z.string().max(4096),
    speedBps: z.int().min(0),
  }),
} as const

export interface AlarmSettings {
  readonly isOn: boolean
  readonly atLimitS: number
  readonly latencyMs: number
  readonly burstS: number
}

export const USUAL_ALARM_SETTINGS: AlarmSettings = { isOn: true, atLimitS: 10, latencyMs: 100, burstS: 60 }

export const ALARM_SETTINGS = z.strictObject({
  isOn: z.boolean(),
  atLimitS: z.number().gt(0).max(86_400),
  latencyMs: z.number().gt(0).max(86_400_000),
  burstS: z.number().gt(0).max(86_400),
})
