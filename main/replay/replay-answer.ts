import type { FullLimits } from '#shared/throttle/limits.ts'
import type { QemuOutcome } from './qemu-outcome.ts'

// What a replay says: the `expected` form of a recorded scenario, member by member, so that it can be held against a
// real QEMU's answer.

export type Letter = 'r' | 'w'
export interface ReplayAnswer {
  readonly completions: Readonly<
    Record<string, { readonly read: readonly number[]; readonly write: readonly number[] }>
  >
  /** [ns, device, direction, n-th submitted of that device and direction], in the order of completion. */
  readonly order: readonly (readonly [number, string, Letter, number])[]
  readonly totals: Readonly<Record<string, Totals>>
  readonly pending: Readonly<Record<string, { readonly read: number; readonly write: number }>>
  readonly config_events: readonly ({ readonly event: number } & QemuOutcome)[]
  readonly final: {
    readonly 'query-block': Readonly<Record<string, Readonly<Record<string, number | string>>>>
    readonly 'qom-limits'?: Readonly<Record<string, FullLimits>>
    readonly 'throttle-group-of'?: Readonly<Record<string, string | null>>
  }
}

export interface Totals {
  readonly rd_operations: number
  readonly rd_bytes: number
  readonly wr_operations: number
  readonly wr_bytes: number
}
