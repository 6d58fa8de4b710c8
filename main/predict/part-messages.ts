import type { Traces } from '#main/load/trace.ts'
import type { PartSnapshot } from '#main/simulate/part-simulation.ts'
import type { Part } from '#main/simulate/parts.ts'
import type { RunResult } from '#shared/result.ts'
import type { RunSteps } from './run-steps.ts'

/** What a thread that simulates some parts is started with. */
export interface PartsOrder {
  readonly thread: number
  readonly parts: readonly Part[]
  readonly traces: Traces
  readonly steps: RunSteps
  readonly takesSnapshots: boolean
  /** Of the `StepGate`. */
  readonly gate: SharedArrayBuffer
}

/** What it says: often on the way, once at the end. */
export interface PartsNews {
  /** Done so far. */
  readonly requests: number
  /** Since it last said something: per sample, one for each part. */
  readonly samples: readonly (readonly PartSnapshot[])[]
  /** At the end: one for each part, and of which time they tell. */
  readonly end: { readonly nowNs: number; readonly results: readonly RunResult[] } | null
}
