import { NS_PER_S } from '#shared/units.ts'
import type { SyntheticWorkload } from '#shared/workspace/workspace.ts'

// When a load is on. Open loops are reckoned in *on-time*, which stands still while the load is off, so that a phase
// break moves arrivals instead of losing them:
//
//   clock    start ──on──▶ off ──▶ ──on──▶ off … stop
//   on-time  0 ───────▶ on         on ───▶ 2·on

export interface Phases {
  readonly startNs: number
  /** Infinity: never. */
  readonly stopNs: number
  /** Infinity: always on. */
  readonly onNs: number
  readonly offNs: number
}

export function phasesOf(workload: SyntheticWorkload): Phases {
  const always = workload.onS === null || workload.offS === null
  return {
    startNs: Math.round(workload.startS * NS_PER_S),
    stopNs: workload.stopS === null ? Number.POSITIVE_INFINITY : Math.round(workload.stopS * NS_PER_S),
    onNs: always ? Number.POSITIVE_INFINITY : Math.max(1, Math.round(workload.onS * NS_PER_S)),
    offNs: always ? 0 : Math.max(1, Math.round(workload.offS * NS_PER_S)),
  }
}

/** The first instant at or after `atNs` at which the load is on; Infinity once it has stopped. */
export function firstOnNs(phases: Phases, atNs: number): number {
  const clampedNs = Math.max(atNs, phases.startNs)
  const periodNs = phases.onNs + phases.offNs
  const intoNs = periodNs === Number.POSITIVE_INFINITY ? 0 : (clampedNs - phases.startNs) % periodNs
  const onNs = intoNs < phases.onNs ? clampedNs : clampedNs - intoNs + periodNs
  return onNs < phases.stopNs ? onNs : Number.POSITIVE_INFINITY
}

/** How long the load has been on at `atNs`. */
export function onTimeAtNs(phases: Phases, atNs: number): number {
  const sinceNs = Math.max(0, Math.min(atNs, phases.stopNs) - phases.startNs)
  if (phases.onNs === Number.POSITIVE_INFINITY) return sinceNs
  const periodNs = phases.onNs + phases.offNs
  return Math.floor(sinceNs / periodNs) * phases.onNs + Math.min(sinceNs % periodNs, phases.onNs)
}

/** The clock when the load has been on for `onTimeNs`, rounded up to a whole ns; Infinity if it stops before. */
export function clockOfOnTimeNs(phases: Phases, onTimeNs: number): number {
  const offsNs = phases.onNs === Number.POSITIVE_INFINITY ? 0 : Math.floor(onTimeNs / phases.onNs) * phases.offNs
  const clockNs = phases.startNs + Math.ceil(onTimeNs) + offsNs
  return clockNs < phases.stopNs ? clockNs : Number.POSITIVE_INFINITY
}
