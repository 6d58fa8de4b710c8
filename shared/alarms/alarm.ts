import type { LatencyBounds } from '../snapshot.ts'
import type { Bucket, Direction } from '../throttle/limits.ts'

// An alarm is a condition of a running VM that lasts: it begins once and ends once. Plain data and pure functions; the
// window and `weir watch` see with the same eyes.

export const ALARM_KINDS = ['at-limit', 'latency', 'failed', 'burst', 'drift', 'lost'] as const
/**
 * at-limit: a limit holds requests back. latency: requests take long. failed: operations failed. burst: a burst is soon
 * spent. drift: the VM has not the limits it should have. lost: it does not answer.
 */
export type AlarmKind = (typeof ALARM_KINDS)[number]

export interface AlarmRules {
  readonly kinds: readonly AlarmKind[]
  /** A limit must hold requests back for so long. */
  readonly atLimitNs: number
  /** Mean latency of a disk's reads or writes that is too long. */
  readonly latencyNs: number
  /** A burst that is spent sooner than this. */
  readonly burstNs: number
}

const S = 1_000_000_000

export const USUAL_ALARM_RULES: AlarmRules = {
  kinds: ALARM_KINDS,
  atLimitNs: 10 * S,
  latencyNs: S / 10,
  burstNs: 60 * S,
}

/** What one look at a VM says about alarms. null: not known. */
export interface AlarmReading {
  /** Why it does not answer; null: it does. */
  readonly problem: string | null
  readonly limits: readonly LimitReading[]
  readonly disks: readonly DiskReading[]
  /** null: nothing to compare with. */
  readonly drift: readonly string[] | null
}

export interface LimitReading {
  readonly group: string
  readonly bucket: Bucket
  readonly avg: number
  /** Units per second. */
  readonly rate: number | null
  readonly atLimit: boolean | null
  /** It allows bursts. */
  readonly bursts: boolean
  /** Ns until the bucket is full at this rate; null: it does not fill, or not known. */
  readonly headroomNs: number | null
}

export interface DiskReading {
  readonly id: string
  readonly latencyNs: Readonly<Record<Direction, number | null>>
  /** Where the disk has a latency histogram. */
  readonly p99?: Readonly<Record<Direction, LatencyBounds | null>>
  /** Ever. */
  readonly failed: Readonly<Record<Direction, number | null>>
}

/** What an alarm is about. Equal keys are the same alarm. */
export interface AlarmSubject {
  readonly kind: AlarmKind
  /** Group or disk; null: the VM as a whole. */
  readonly subject: string | null
  readonly bucket: Bucket | null
  readonly direction: Direction | null
}

export interface Alarm extends AlarmSubject {
  readonly key: string
  /** Since when the condition holds, on the clock of the readings. */
  readonly sinceNs: number
  /** `gold: at its IOPS limit of 1 000 for 10 s`. */
  readonly text: string
  /** The figure it is about: units/s, ns, a count. null: none. */
  readonly value: number | null
  /** What it is held against, in the same unit; null: nothing. */
  readonly threshold: number | null
}

export interface AlarmEvent {
  readonly event: 'begin' | 'end'
  readonly atNs: number
  readonly alarm: Alarm
}
