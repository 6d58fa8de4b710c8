/** When a timer is due that does not run. */
export const NEVER_NS = Number.POSITIVE_INFINITY

/** The time and the timers of a simulation's groups (`StaticGroup`). In arrays: a time as an argument can cost an allocation. */
export interface StaticClock {
  /** One number: now, in ns. */
  readonly nowNs: Float64Array
  /** Per group and direction: when the timer fires; Infinity: it does not run. */
  readonly timers: Float64Array
  /** Of each timer that runs: how many were set before it. */
  readonly orders: Float64Array
  /** One number: timers set so far. */
  readonly setSoFar: Float64Array
}

export function createStaticClock(groups: number): StaticClock {
  return {
    nowNs: new Float64Array(1),
    timers: new Float64Array(Math.max(groups, 1) * 2).fill(NEVER_NS),
    orders: new Float64Array(Math.max(groups, 1) * 2),
    setSoFar: new Float64Array(1),
  }
}
