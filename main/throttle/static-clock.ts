/** When a timer is due that does not run. */
export const NEVER_NS = Number.POSITIVE_INFINITY

/** The time of a simulation, and the timers of its groups (`StaticGroup`): group * 2 + direction. */
export interface StaticClock {
  /** One number: now, in ns. In an array: a time as an argument can cost an allocation. */
  readonly nowNs: Float64Array
  readonly timers: Timers
}

export interface Timers {
  /** When the timer fires; Infinity: it does not run. */
  timeNs(timer: number): number
  /** It does not run: from now on it does. */
  set(timer: number, timeNs: number): void
}
